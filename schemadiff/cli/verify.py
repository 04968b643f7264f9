"""`schemadiff verify`: second opinions on whether the database is as the files say."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemadiff.cli import options, say
from schemadiff.cli.app import DONE
from schemadiff.cli.managed import registry_of
from schemadiff.cli.settings import Flags, Settings, settings_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError, InspectError

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.cli.work import Planned

With = Annotated[
    str | None, typer.Option("--with", metavar="migra", help="Ask an independent differ as well.")
]


def command(
    *,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    shadow: options.Shadow = None,
    with_: With = None,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Ask others than schemadiff whether the database is as the files say. Changes nothing.

    The files' own SQL is run in a scratch database, without schemadiff's reading of it; pg_dump
    writes both, and each object that it writes differently is an error that shows both sides, with
    owners, grants, comments and default privileges. What the files leave as it is (owners that
    they do not name, what is out of scope) is taken from the database. The exit code is 0 when they
    agree, and 1 when they do not. Roles and rows are not compared.
    """
    say.configure(verbose=verbose, color=not no_color)
    if with_ not in (None, "migra"):
        message = f"there is no second opinion {with_!r}"
        raise ConfigError(Diagnostic(code="SD200", message=message, hint="--with migra"))
    from schemadiff.cli.work import planned

    settings = settings_of(Flags(config=config, db=db, env=env, schemas=schemas, shadow=shadow))
    with planned(settings) as found, ExitStack() as stack:
        scratch, without = _desired(found, settings, stack)
        if without:
            say.line(f"owners and grants are not compared: {without}")
        wrong = _by_pg_dump(found.live.connection, scratch, rights=not without)
        if with_:
            wrong += _by_migra(found.live.connection, scratch)
    if wrong:
        raise InspectError(*wrong)
    return DONE


def _desired(found: Planned, settings: Settings, stack: ExitStack) -> tuple[Connection[Any], str]:
    """Build what the files say in a scratch database; gives also why it lacks owners and grants."""
    from schemadiff.shadow.roles import roles_of
    from schemadiff.shadow.server import ShadowOptions, scratch_database
    from schemadiff.verify.copied import copy

    assert found.resolved is not None
    assert found.spec is not None
    kinds = registry_of(settings.manage)
    resolved, raw = found.resolved.desired, found.spec.catalog
    # What the files do not speak of is kept: as the database has it.
    kept = (o for i, o in resolved.objects.items() if i not in raw and kinds.of(o).built)
    raw = raw.with_objects([*raw.objects.values(), *kept])
    brought = {k.name for k in kinds if k.brings}
    extensions = [i.name for i in raw.objects if i.kind in brought]
    options, roles = ShadowOptions(settings.shadow), roles_of(resolved, kinds)
    live = found.live.connection
    scratch = stack.enter_context(scratch_database(live, options, extensions, roles))
    return scratch, copy(scratch, raw, resolved, kinds, found.spec.schema_of)


def _by_pg_dump(
    live: Connection[Any], desired: Connection[Any], *, rights: bool
) -> list[Diagnostic]:
    from schemadiff.verify.dumped import client, differences, dumped

    binaries = client("pg_dump", max(c.info.server_version for c in (live, desired)) // 10000)
    one, other = (dumped(c, binaries, rights=rights) for c in (live, desired))
    wrong = []
    for name, here, there in differences(one, other):
        shown = f"in the database:\n{_inset(here)}\n  in the files:\n{_inset(there)}"
        message = f"pg_dump sees a difference: {name}"
        wrong.append(Diagnostic(code="SD524", message=f"{message}\n  {shown}"))
    if not wrong:
        count = len(one)
        say.line(f"pg_dump {binaries.version} sees no difference in {count} objects.")
    return wrong


def _inset(text: str) -> str:
    return "\n".join(f"    {row}" for row in (text or "(nothing)").split("\n"))


def _by_migra(live: Connection[Any], desired: Connection[Any]) -> list[Diagnostic]:
    from schemadiff.verify.by_migra import migra

    statements = migra(live, desired)
    if not statements:
        say.line("migra sees no difference.")
    message = "migra sees a difference, and would bring the database to the files with:\n"
    return [Diagnostic(code="SD525", message=message + _inset(s)) for s in statements]
