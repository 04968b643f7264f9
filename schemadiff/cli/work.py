"""From settings to a plan: the stages put together, for all commands that compare.

The live database is read in a thread while the YAML is parsed; the two wait for each other only
where names of the one have to be known to the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.scope import Narrowed, check_untouched
from schemadiff.cli import say
from schemadiff.cli.files import SchemaFiles
from schemadiff.cli.managed import registry_of, requested
from schemadiff.cli.newcomer import warning
from schemadiff.cli.settings import Settings
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import InspectError
from schemadiff.core.kind import Registry
from schemadiff.core.plan import Plan
from schemadiff.spec.expand import Spec
from schemadiff.spec.folder import Known

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.shadow.resolve import Resolved


@dataclass(frozen=True)
class Live:
    """An open database, what is in it, and what of that no kind manages."""

    connection: Connection[Any]
    inspection: Inspection
    unmanaged: tuple[Unmanaged, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    scratch: bool = False  # made from files: its tables have no rows, which says nothing


@dataclass(frozen=True)
class Planned:
    """A plan, where it would run, and what the files said."""

    live: Live
    plan: Plan
    files: SchemaFiles
    resolved: Resolved | None = None
    spec: Spec | None = None  # as written, narrowed to the scope


@contextmanager
def live(settings: Settings) -> Iterator[Live]:
    """Open a database and read it."""
    with _reading(settings) as reading:
        yield reading.found.result()


@contextmanager
def planned(settings: Settings, *, reverse: bool = False) -> Iterator[Planned]:
    """Compare the files with the database; raises SchemaDiffError of any stage.

    With `reverse` the plan is the one that takes the other back, once that has been applied.
    """
    with _reading(settings) as reading:
        files = SchemaFiles(settings.schemas)
        spec = files.spec(reading.known.result)
        found = reading.found.result()
        plan, resolved, spec = _compared(settings, files, found, spec, reverse=reverse)
        yield Planned(found, plan, files, resolved, spec)


def again(settings: Settings, before: Planned) -> Planned:
    """Read the database anew and compare it with the same files."""
    found = replace(
        before.live, inspection=inspect_now(before.live.connection, registry_of(settings.manage))
    )
    return replace(before, live=found, plan=plan_of(settings, before.files, found))


def plan_of(settings: Settings, files: SchemaFiles, found: Live, spec: Spec | None = None) -> Plan:
    """Make the plan that brings a live database to what the files say, or to a spec of them."""
    return _compared(settings, files, found, spec)[0]


def _compared(
    settings: Settings,
    files: SchemaFiles,
    found: Live,
    spec: Spec | None = None,
    *,
    reverse: bool = False,
) -> tuple[Plan, Resolved, Spec]:
    """Make the plan, or its way back, and give what it was made from."""
    from schemadiff.catalog.sizes import measuring
    from schemadiff.plan.planner import Options, make_plan
    from schemadiff.plan.touched import Sides, pinned
    from schemadiff.shadow.convertible import check_conversions
    from schemadiff.shadow.resolve import resolve
    from schemadiff.shadow.server import ShadowOptions

    begun = time.perf_counter()
    current = found.inspection.catalog
    kinds = registry_of(settings.manage)
    spec = spec or files.spec(lambda: found.inspection.known(kinds))
    spec = requested(spec, current, settings.manage)
    narrowed = settings.scope.narrowed(spec.catalog, current)
    questions = {i: o for i, o in spec.questions.items() if o.parent not in narrowed.outside}
    spec = replace(spec, catalog=narrowed.desired, questions=questions)
    resolved = resolve(
        spec, found.inspection, found.connection, kinds, ShadowOptions(settings.shadow)
    )
    version = found.connection.info.server_version
    options = Options(
        online=not settings.offline, measure=None if found.scratch else measuring(found.connection)
    )
    plan = make_plan(
        resolved.current,
        resolved.desired,
        kinds,
        renames=resolved.renames,
        version=version,
        options=options,
    )
    check_conversions(plan, found.connection, kinds, spec.place)
    sides = Sides(resolved.inspection.catalog, resolved.current, resolved.desired)
    if reverse:
        from schemadiff.cli.backwards import reversed_plan

        plan, sides = reversed_plan(plan, resolved, found.connection, kinds, settings)
    check_untouched(plan, narrowed.outside)
    say.detail(f"compared and ordered in {time.perf_counter() - begun:.2f} s")
    plan = _dressed(plan, settings, found, narrowed, tuple(_kept(resolved.kept)))
    return (plan if plan.empty else pinned(plan, sides, kinds)), resolved, spec


def asked(plan: Plan, found: Live, settings: Settings) -> Plan:
    """Ask the rows what would fail or be lost; those of a scratch database say nothing."""
    from schemadiff.apply.preflight import TIMEOUT, preflight
    from schemadiff.cli.apply import seconds

    if found.scratch or plan.empty:
        return plan
    said = settings.preflight_timeout
    return preflight(found.connection, plan, TIMEOUT if said is None else seconds(said))


def _kept(counts: Mapping[str, int]) -> Iterator[Diagnostic]:
    """Say what the files do not speak of and is kept, which is a choice and no error."""
    if not counts:
        return
    said = ", ".join(f"{words} {n} object{'s'[: n != 1]}" for words, n in counts.items())
    yield Diagnostic(
        code="SD221",
        message=f"kept as they are, for the files do not speak of them: {said}",
        hint="`schemadiff pull` writes them",
        severity=Severity.INFO,
    )


def _dressed(
    plan: Plan,
    settings: Settings,
    found: Live,
    narrowed: Narrowed,
    kept: tuple[Diagnostic, ...],
) -> Plan:
    """Say in the plan where it belongs, and what else is worth knowing."""
    from schemadiff.catalog.session import database_id, database_name

    current = found.inspection.catalog
    if not plan.empty:
        plan = replace(plan, database_id=database_id(found.connection))
    left = unmanaged(found, settings)
    newcomer = warning(plan, current, narrowed.outside, str(settings.schemas))
    notes = (*((newcomer,) if newcomer else ()), *narrowed.notes, *kept, *plan.notes)
    name = database_name(found.connection)
    return replace(plan, database=name, unmanaged=left, notes=notes, allowed=settings.allow).judged(
        settings.policy
    )


def unmanaged(found: Live, settings: Settings) -> tuple[Unmanaged, ...]:
    """Name what is in scope and no kind manages; InspectError where that is asked for.

    Secrets are left to the server on purpose, for they must stand in no file.
    """
    from schemadiff.catalog.unmanaged_attributes import ATTRIBUTES

    seen = tuple(u for u in found.unmanaged if settings.scope.covers(u))
    refused = [u for u in seen if u.reason != ATTRIBUTES["secret"].words]
    if settings.strict and refused:
        hint = "leave out --strict to go on without it, or exclude it by a `scope:`"
        raise InspectError(*(_not_managed(u, hint if u is refused[-1] else "") for u in refused))
    return seen


def _not_managed(what: Unmanaged, hint: str) -> Diagnostic:
    reason = f" ({what.reason})" if what.reason else ""
    message = f"{what.kind} {what.name} is not managed by schemadiff{reason}"
    return Diagnostic(code="SD220", message=message, hint=hint)


@dataclass(frozen=True)
class _Reading:
    """A database that is being read: first comes which names there are, then everything."""

    known: Future[Known]
    found: Future[Live]


@contextmanager
def _reading(settings: Settings) -> Iterator[_Reading]:
    """Begin to read a database in a thread.

    A daemon, so that a mistake in the files ends the run without waiting for a slow server.
    """
    from schemadiff.cli.target import opened

    reading = _Reading(Future(), Future())
    stack = ExitStack()

    def read() -> None:
        try:
            begun = time.perf_counter()
            connection = stack.enter_context(opened(settings.target))
            kinds = registry_of(settings.manage)
            seen = look(connection, kinds, reading.known.set_result)
            count = len(seen.inspection.catalog.objects)
            say.detail(f"{count} objects inspected in {time.perf_counter() - begun:.2f} s")
            reading.found.set_result(seen)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            reading.found.set_exception(error)
            if not reading.known.done():
                reading.known.set_exception(error)

    thread = threading.Thread(target=read, daemon=True, name="inspect")
    thread.start()
    try:
        yield reading
    finally:
        if reading.found.done():
            stack.close()


def look(
    connection: Connection[Any], kinds: Registry, tell: Callable[[Known], None] | None = None
) -> Live:
    """Read a database, and what no kind manages of it, in one transaction."""
    from schemadiff.catalog.inspector import inspect
    from schemadiff.catalog.session import reading
    from schemadiff.catalog.unmanaged import find_unmanaged

    with reading(connection):
        inspection = inspect(connection, kinds, tell=tell)
        left = find_unmanaged(connection, inspection, kinds)
        inspection = replace(inspection, outsiders=left.objects)
        return Live(connection, inspection, left.everything())


def inspect_now(connection: Connection[Any], kinds: Registry) -> Inspection:
    """Read a database in a transaction of its own."""
    from schemadiff.catalog.inspector import inspect
    from schemadiff.catalog.session import reading

    with reading(connection):
        return inspect(connection, kinds)
