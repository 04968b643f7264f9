"""From settings to a plan: the stages put together, for all commands that compare."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schemadiff.catalog.scope import Narrowed, check_untouched, out_of_scope
from schemadiff.cli import remembered, say
from schemadiff.cli.files import SchemaFiles
from schemadiff.cli.live import Expected, Live, being_read, inspect_now
from schemadiff.cli.newcomer import dotted, idle_policies, warning
from schemadiff.cli.settings import Settings, seconds
from schemadiff.cli.unsaid import unsaid
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import InspectError, PlanError, SchemaDiffError, SpecError
from schemadiff.core.plan import Plan
from schemadiff.core.record import record, replace

if TYPE_CHECKING:
    from schemadiff.cli.excerpt import Excerpt
    from schemadiff.core.identity import Identity
    from schemadiff.shadow.resolve import Resolved
    from schemadiff.spec.result import Spec


@record(frozen=True)
class Planned:
    """A plan, where it would run, and what the files said."""

    live: Live
    plan: Plan
    files: SchemaFiles
    resolved: Resolved | None = None
    spec: Spec | None = None  # as written, narrowed to the scope


@contextmanager
def planned(settings: Settings, *, reverse: bool = False, brief: bool = False) -> Iterator[Planned]:
    """Compare the files with the database; raises SchemaDiffError of any stage.

    With `reverse` the plan is the one that takes the other back, once that has been applied. With
    `brief` a plan without changes may be the one of the last run, and all that is given.
    """
    with being_read(settings, brief=brief and not reverse) as reading:
        files = SchemaFiles(settings.schemas, whole=settings.scope.everything)
        key = remembered.key_for(files.key, settings) if brief and not reverse else None
        same = remembered.recalled(key)
        parts = remembered.parts_for(files, settings) if key is not None and not same else None
        kept = same or parts
        reading.expect(Expected(kept.told, kept.unmanaged, files=kept is same) if kept else None)
        cut = files.excerpt(parts) if parts is not None else None
        if cut is not None:
            _load()
        if met := kept is not None and reading.as_expected.result():
            found = reading.found.result()
            if same is not None:
                say.detail("the files and the database are as in the last run")
                yield Planned(found, _addressed(same.plan, settings, found), files)
                return
            if cut is not None and (plan := _of_excerpt(cut, settings, files, found)) is not None:
                yield Planned(found, plan, files)
                return
        spec = None if met else files.spec(reading.known.result)
        _load()
        found = reading.found.result()
        if reading.others.is_set():
            spec = None  # some of the names are gone by which the files were read
        plan, resolved, spec = _compared(settings, files, found, spec, reverse=reverse)
        if key is not None:
            _remember(key, settings, Planned(found, plan, files, resolved, spec))
        yield Planned(found, plan, files, resolved, spec)


def _of_excerpt(cut: Excerpt, settings: Settings, files: SchemaFiles, found: Live) -> Plan | None:
    """Make the plan of what few changed files are about; None where the whole has to be seen."""
    try:
        found = replace(found, seen=cut.inspection, excerpt=True)
        plan = _compared(settings, files, found, cut.spec)[0]
    except Exception:  # noqa: BLE001  what an excerpt lacks may show anywhere
        say.detail("something is wrong, and is said when everything has been read")
        return None
    return plan if cut.holds(plan) else None


def _load() -> None:
    """Load what comparing needs, while the server is at work."""
    import schemadiff.catalog.sizes
    import schemadiff.plan.planner
    import schemadiff.plan.touched
    import schemadiff.shadow.convertible
    import schemadiff.shadow.resolve  # noqa: F401 - all of them are used a moment later


def _remember(key: str, settings: Settings, done: Planned) -> None:
    """Keep what the next run may begin with, and the plan itself where it is what was looked for.

    What the server made of the files' words follows from its version and from what is there. But
    of rows this transcript says nothing.
    """
    from schemadiff.spec.memory import WORTH

    said, spec, resolved = done.live.transcript, done.spec, done.resolved
    if said is None or spec is None or resolved is None:
        return
    if len(done.live.inspection.catalog.objects) < WORTH:
        return
    if not said.was_expected:
        remembered.keep_questions(done.live.connection, settings, said)
    if done.plan.empty and not spec.questions and (told := said.asked) is not None:
        plan = replace(done.plan, unmanaged=(), allowed=())
        same = remembered.Same(told, dict(done.files.bodies), plan, done.live.unmanaged)
        remembered.keep(key, same)
        if not resolved.kept:
            _keep_parts(settings, done, spec, told)


def _keep_parts(settings: Settings, done: Planned, spec: Spec, told: str) -> None:
    """Keep the database in parts, for the plans of a few changed files."""
    from schemadiff.catalog.inspector import with_dependencies
    from schemadiff.cli.filing import Stock
    from schemadiff.cli.managed import registry_of

    inspection = with_dependencies(done.live.connection, done.live.inspection)
    kinds, files = registry_of(settings.manage), done.files
    bodies, unmanaged = files.bodies_inside, done.live.unmanaged
    stock = Stock(inspection, spec, files.digests, bodies, files.inside, kinds, unmanaged)
    remembered.keep_parts(settings, stock, told)


def again(settings: Settings, before: Planned) -> Planned:
    """Read the database anew and compare it with the same files."""
    from schemadiff.cli.live import look
    from schemadiff.cli.managed import registry_of

    connection, kinds = before.live.connection, registry_of(settings.manage)
    if not remembered.questions(connection, settings):
        found = replace(before.live, seen=inspect_now(connection, kinds))
        return replace(before, live=found, plan=plan_of(settings, before.files, found))
    found = replace(look(connection, kinds, keeping=True), manage=settings.manage)
    return _kept(settings, before.files, found)


def keep_for_next(settings: Settings, found: Live) -> None:
    """Compare a large database with files that were written of it, for the next plan to know."""
    from schemadiff.spec.memory import WORTH

    if found.transcript is None or len(found.inspection.catalog.objects) < WORTH:
        return
    begun = time.perf_counter()
    files = SchemaFiles(settings.schemas, whole=settings.scope.everything)
    if files.key is not None:
        with contextlib.suppress(SchemaDiffError):  # which the next plan says
            _kept(settings, files, found)
            say.detail(f"compared for the next plan in {time.perf_counter() - begun:.2f} s")


def _kept(settings: Settings, files: SchemaFiles, found: Live) -> Planned:
    plan, resolved, spec = _compared(settings, files, found)
    done = Planned(found, plan, files, resolved, spec)
    if (key := remembered.key_for(files.key, settings)) is not None:
        _remember(key, settings, done)
    return done


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
    from schemadiff.catalog.sizes import measuring, supposing
    from schemadiff.cli.managed import registry_of, requested
    from schemadiff.plan.planner import Options, make_plan
    from schemadiff.plan.touched import Sides, pinned
    from schemadiff.shadow.brought import Coming
    from schemadiff.shadow.convertible import check_conversions
    from schemadiff.shadow.resolve import resolve
    from schemadiff.shadow.server import ShadowOptions

    begun = time.perf_counter()
    current = found.inspection.catalog
    kinds = registry_of(settings.manage)
    where = ShadowOptions(settings.shadow)
    spec = _clear(spec or files.spec(lambda: found.inspection.known(kinds)), files, found, settings)
    spec = requested(spec, current, settings.manage, settings.keep)
    narrowed = settings.scope.narrowed(spec.catalog, current)
    questions = {i: o for i, o in spec.questions.items() if o.parent not in narrowed.outside}
    spec = replace(spec, catalog=narrowed.desired, questions=questions)
    resolved = resolve(spec, found.inspection, found.connection, kinds, where)
    both = (resolved.current, resolved.desired)
    coming = Coming(both, found.connection, kinds, where)
    measure = (supposing if found.scratch else measuring)(found.connection)
    options = Options(online=not settings.offline, measure=coming.measuring(measure))
    with _placed(spec, narrowed.outside):
        plan = make_plan(
            *both,
            kinds,
            renames=resolved.renames,
            version=found.connection.info.server_version,
            options=options,
        )
    check_conversions(plan, both, found.connection, kinds, spec.place, coming=coming)
    sides = Sides(resolved.inspection.catalog, resolved.current, resolved.desired)
    if reverse:
        from schemadiff.cli.backwards import reversed_plan

        plan, sides = reversed_plan(plan, resolved, found.connection, kinds, settings)
    check_untouched(plan, narrowed.outside)
    say.detail(f"compared and ordered in {time.perf_counter() - begun:.2f} s")
    plan = _dressed(plan, settings, found, narrowed, resolved)
    return (plan if plan.empty else pinned(plan, sides, kinds)), resolved, spec


def _clear(spec: Spec, files: SchemaFiles, found: Live, settings: Settings) -> Spec:
    """Read the files again with the types of extensions to come, where these are not clear."""
    from schemadiff.cli.managed import registry_of
    from schemadiff.shadow.brought import types_to_come
    from schemadiff.shadow.server import ShadowOptions

    if not spec.unclear:
        return spec
    kinds, current = registry_of(settings.manage), found.inspection.catalog
    where = ShadowOptions(settings.shadow)
    known = found.inspection.known(kinds)
    known["type"] |= types_to_come(spec.catalog, current, found.connection, kinds, where)
    return files.spec(lambda: known)


@contextmanager
def _placed(spec: Spec, outside: frozenset[Identity]) -> Iterator[None]:
    """Say where in the files that stands which the planner refuses, or that it is out of scope."""
    try:
        yield
    except (PlanError, SpecError) as error:
        told = SpecError if isinstance(error, SpecError) else PlanError
        found = (d.placed(spec.place) for d in error.diagnostics)
        raise told(*(out_of_scope(d, outside) for d in found)) from error


def asked(plan: Plan, found: Live, settings: Settings) -> Plan:
    """Ask the rows what would fail or be lost; those of a scratch database say nothing."""
    from schemadiff.apply.preflight import TIMEOUT, preflight

    if found.scratch or plan.empty:
        return plan
    said = settings.preflight_timeout
    return preflight(found.connection, plan, TIMEOUT if said is None else seconds(said))


def _kept_notes(counts: Mapping[str, int]) -> Iterator[Diagnostic]:
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
    resolved: Resolved,
) -> Plan:
    """Say in the plan where it belongs, and what else is worth knowing."""
    from schemadiff.catalog.session import database_id

    current = found.inspection.catalog
    if not plan.empty:
        plan = replace(plan, database_id=database_id(found.connection))
    # Of an excerpt most of the rest is as the files say.
    newcomer = (
        None if found.excerpt else warning(plan, current, narrowed.outside, str(settings.schemas))
    )
    notes = [*((newcomer,) if newcomer else ()), *narrowed.notes]
    notes += [*_kept_notes(resolved.kept), *plan.notes, *idle_policies(plan, resolved.desired)]
    notes += dotted(plan, found.inspection.names.namespaces.values())
    notes += unsaid(resolved.current, resolved.desired)
    return _addressed(replace(plan, notes=tuple(notes)), settings, found)


def _addressed(plan: Plan, settings: Settings, found: Live) -> Plan:
    """Say in the plan whose it is, and what is thought of it there."""
    from schemadiff.catalog.session import database_name

    left, name = unmanaged(found, settings), database_name(found.connection)
    plan = replace(plan, database=name, unmanaged=left, allowed=settings.allow)
    return plan.judged(settings.policy)


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
