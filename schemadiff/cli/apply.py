"""`schemadiff apply`: show the plan, ask, run it, look again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemadiff.cli import options, say
from schemadiff.cli.app import DONE, FAILED, INTERRUPTED, PENDING, REFUSED
from schemadiff.cli.settings import Flags, Settings, seconds, settings_of
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ApplyError, ConfigError, HazardRefused, SchemaDiffError
from schemadiff.core.plan import Plan
from schemadiff.core.record import record, replace

if TYPE_CHECKING:
    from schemadiff.cli.live import Live
    from schemadiff.core.catalog import Catalog

Planfile = Annotated[
    Path | None,
    typer.Argument(metavar="[PLANFILE]", help="A plan of `plan --out FILE.json`."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Timeout = Annotated[
    str | None,
    typer.Option(
        "--lock-timeout",
        metavar="TIME",
        help="Wait so long for a lock; 0 is no limit.  [default: 3s]",
    ),
]

Limit = Annotated[
    str | None,
    typer.Option(
        "--statement-timeout",
        metavar="TIME",
        help="Let a statement keep others out so long, 0 is no limit.  [default: 1min, without "
        "limit where the plan says that a table is read or rewritten]",
    ),
]

NoPreflight = Annotated[
    bool,
    typer.Option("--no-preflight", help="Do not ask the rows first what would fail or be lost."),
]


@record(frozen=True, slots=True)
class _How:
    """What is done without asking."""

    yes: bool
    preflight: bool


def command(
    *,
    planfile: Planfile = None,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    shadow: options.Shadow = None,
    yes: Yes = False,
    allow: options.Allow = None,
    lock_timeout: Timeout = None,
    statement_timeout: Limit = None,
    detailed_exitcode: options.Detailed = False,
    strict: options.Strict = False,
    offline: options.Offline = False,
    no_preflight: NoPreflight = False,
    preflight_timeout: options.PreflightTimeout = None,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Show the plan, ask, run it, and look again whether anything is left.

    What loses data is refused unless it is allowed by --allow, which the refusal spells out.
    """
    say.configure(verbose=verbose, color=not no_color)
    flags = Flags(
        config=config,
        db=db,
        env=env,
        schemas=schemas,
        shadow=shadow,
        allow=tuple(allow or ()),
        lock_timeout=lock_timeout,
        statement_timeout=statement_timeout,
        strict=strict,
        offline=offline,
        preflight_timeout=preflight_timeout,
    )
    settings, how = settings_of(flags), _How(yes=yes, preflight=not no_preflight)
    try:
        done = _saved(planfile, settings, how) if planfile else _fresh(settings, how)
    except HazardRefused as refused:
        say.failure(refused)
        return REFUSED if detailed_exitcode else FAILED
    except ApplyError as error:
        say.failure(error)
        return INTERRUPTED if any(d.code == "SD507" for d in error.diagnostics) else FAILED
    if done:
        return DONE
    return PENDING if detailed_exitcode else FAILED


def _fresh(settings: Settings, how: _How) -> bool:
    """Plan and apply; False when the person said no."""
    from schemadiff.apply.gate import not_converged
    from schemadiff.cli.work import again, planned

    with planned(settings, brief=True) as found:
        if not _consented(found.plan, found.live, settings, how):
            return False
        if found.plan.empty:
            return True
        _run(found.plan, found.live, settings)
        not_converged(again(settings, found).plan)
        say.line("Nothing is left to do.")
        return True


def _saved(file: Path, settings: Settings, how: _How) -> bool:
    """Apply a plan that was made and reviewed before; False when the person said no."""
    from schemadiff.cli.live import live

    plan = replace(_read(file), allowed=settings.allow).judged(settings.policy)
    with live(settings) as found:
        _check_database(plan, found, file)
        if not _consented(plan, found, settings, how):
            return False
        if not plan.empty:
            _run(plan, found, settings)
            say.line(_left(settings, found))
        return True


def _left(settings: Settings, found: Live) -> str:
    """Look again after a saved plan, and compare with the files where there are any.

    These may have gone on since it was made, so that what is left is no error.
    """
    from schemadiff.cli.files import SchemaFiles
    from schemadiff.cli.live import inspect_now
    from schemadiff.cli.managed import registry_of
    from schemadiff.cli.work import plan_of

    done = "The plan was applied"
    if not settings.schemas.exists():
        return f"{done}; there is no {settings.schemas} here to compare with."
    try:
        now = replace(found, seen=inspect_now(found.connection, registry_of(settings.manage)))
        files = SchemaFiles(settings.schemas, whole=settings.scope.everything)
        left = plan_of(settings, files, now)
    except SchemaDiffError as error:
        return f"{done}; whether anything is left cannot be said: {error.diagnostics[0].message}"
    if left.empty:
        return "Nothing is left to do."
    changes = f"{len(left.changes)} change{'s'[: len(left.changes) != 1]}"
    return f"{done}; {settings.schemas} says more by now ({changes}): see `schemadiff plan`."


def _read(file: Path) -> Plan:
    from schemadiff.render.json_plan import from_json

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        hint = "write it with: schemadiff plan --out FILE.json"
        place = Place(str(file))
        raise ConfigError(
            Diagnostic(code="SD206", message=f"cannot be read: {reason}", hint=hint, place=place)
        ) from None
    return from_json(text, file=str(file))


def _check_database(plan: Plan, found: Live, file: Path) -> None:
    """Refuse a plan that was made for another database, or version, whatever it is called."""
    from schemadiff.catalog.session import database_id, database_name

    here, name = database_id(found.connection), database_name(found.connection)
    major = found.connection.info.server_version // 10000
    if plan.server_version and plan.server_version // 10000 != major:
        # What a statement locks and writes, and how expressions are printed, is each version's own.
        made = f"this plan was made for PostgreSQL {plan.server_version // 10000}"
        message = f"{made}, and this is PostgreSQL {major}"
    elif plan.database_id and here and plan.database_id != here:
        message = f"this plan was made for another database than {name} on this server"
        if plan.database != name:
            message = f"this plan was made for database {plan.database}, and this is {name}"
    elif plan.database and plan.database != name:
        message = f"this plan was made for database {plan.database}, and this is {name}"
    else:
        return
    hint = "name the database that it was made for, or make a plan for this one"
    place = Place(str(file))
    raise ConfigError(Diagnostic(code="SD313", message=message, hint=hint, place=place))


def _consented(plan: Plan, found: Live, settings: Settings, how: _How) -> bool:
    """Ask the rows, show the plan, refuse what hurts or fails, and ask.

    Raises HazardRefused, PreflightRefused and ConfigError.
    """
    from schemadiff.apply.gate import refuse, takes_changes
    from schemadiff.apply.preflight import refuse as refuse_failing
    from schemadiff.cli.output import show
    from schemadiff.cli.work import asked

    if not plan.empty:
        takes_changes(found.connection)
    if how.preflight and settings.preflight:
        plan = asked(plan, found, settings)
    show(plan, "text")
    if plan.empty:
        return True
    refuse(plan, settings.allow)
    refuse_failing(plan)
    if how.yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        message = "there is no terminal to ask on, so nothing was applied"
        hint = "--yes applies without asking"
        raise ConfigError(Diagnostic(code="SD207", message=message, hint=hint))
    sys.stderr.write(f"Apply this to database {plan.database}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say.line("Nothing was applied.")
    return False


def _run(plan: Plan, found: Live, settings: Settings) -> None:
    """Run the plan, provided that the database is still as it was planned for."""
    from schemadiff.apply.executor import apply_plan
    from schemadiff.apply.settings import ApplySettings
    from schemadiff.cli.live import inspect_now
    from schemadiff.cli.managed import registry_of
    from schemadiff.cli.owners import of_others
    from schemadiff.cli.progress import Progress
    from schemadiff.cli.rights import lacking
    from schemadiff.plan.touched import changed_since
    from schemadiff.shadow.watch import with_watched

    kinds = registry_of(settings.manage)

    seen: list[Catalog] = []

    def changed() -> list[Diagnostic]:
        live = inspect_now(found.connection, kinds).catalog
        seen.append(with_watched(live, plan.watches, found.connection, kinds))
        return changed_since(plan.expected, seen[-1], kinds)

    def denied() -> list[Diagnostic]:
        return [*of_others(plan, seen[-1], found, kinds), *lacking(plan, seen[-1], found)]

    limits = ApplySettings(changed=changed, denied=denied)
    if settings.lock_timeout is not None:
        limits = replace(limits, lock_timeout=seconds(settings.lock_timeout))
    if settings.statement_timeout is not None:
        limits = replace(limits, statement_timeout=seconds(settings.statement_timeout))
    applied = apply_plan(
        found.connection,
        plan,
        settings=limits,
        report=Progress(plan),
    )
    skipped = f", {applied.skipped} skipped" if applied.skipped else ""
    say.line(f"Applied: {_count(applied.done)}{skipped} in {applied.seconds:.2f} s.")


def _count(number: int) -> str:
    return f"{number} {'statement' if number == 1 else 'statements'}"
