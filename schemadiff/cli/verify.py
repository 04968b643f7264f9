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

    What the files say is built in a scratch database; pg_dump writes both, and each object that it
    writes differently is an error that shows both sides. The exit code is 0 when they agree, and 1
    when they do not. Owners, grants, roles and rows are not compared.
    """
    say.configure(verbose=verbose, color=not no_color)
    if with_ not in (None, "migra"):
        message = f"there is no second opinion {with_!r}"
        raise ConfigError(Diagnostic(code="SD200", message=message, hint="--with migra"))
    from schemadiff.cli.work import planned

    settings = settings_of(Flags(config=config, db=db, env=env, schemas=schemas, shadow=shadow))
    with planned(settings) as found, ExitStack() as stack:
        scratch = _desired(found, settings, stack)
        wrong = _by_pg_dump(found.live.connection, scratch)
        if with_:
            wrong += _by_migra(found.live.connection, scratch)
    if wrong:
        raise InspectError(*wrong)
    return DONE


def _desired(found: Planned, settings: Settings, stack: ExitStack) -> Connection[Any]:
    """Build what the files say in a scratch database."""
    from schemadiff.core.request import Unread
    from schemadiff.shadow.build import build
    from schemadiff.shadow.server import ShadowOptions, scratch_database

    assert found.resolved is not None
    kinds = registry_of(settings.manage)
    wanted = found.resolved.desired
    unread = {k.name for k in kinds if isinstance(k, Unread)}
    wanted = wanted.with_objects(o for i, o in wanted.objects.items() if i.kind not in unread)
    brought = {k.name for k in kinds if k.brings}
    extensions = [i.name for i in wanted.objects if i.kind in brought]
    live = found.live.connection
    scratch = stack.enter_context(
        scratch_database(live, ShadowOptions(settings.shadow), extensions)
    )
    build(scratch, wanted, kinds, lambda i: i.path[0], lambda _: None)
    return scratch


def _by_pg_dump(live: Connection[Any], desired: Connection[Any]) -> list[Diagnostic]:
    from schemadiff.verify.dumped import differences, dumped, dumper

    binaries = dumper(max(c.info.server_version for c in (live, desired)) // 10000)
    sides = dumped(live, binaries), dumped(desired, binaries)
    wrong = []
    for name, one, other in differences(*sides):
        shown = f"in the database:\n{_inset(one)}\n  in the files:\n{_inset(other)}"
        message = f"pg_dump sees a difference: {name}"
        wrong.append(Diagnostic(code="SD524", message=f"{message}\n  {shown}"))
    if not wrong:
        count = len(sides[0])
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
