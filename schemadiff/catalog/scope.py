"""What schemadiff may touch: a pure function over catalogs that knows no kind by name.

What is out of scope stays in both catalogs, as it is: the planner has to see it to know what a
change would break. The surprising fact: so nothing is filtered away but the differences.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from fnmatch import fnmatchcase
from functools import cached_property

from schemadiff.core.catalog import Catalog, Unmanaged
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import fits
from schemadiff.core.identity import Identity
from schemadiff.core.plan import Plan
from schemadiff.core.record import record, replace

_HINT = "widen `scope:` in schemadiff.yaml, or leave it out of this change"
_SHOWN = 20


@record(frozen=True, slots=True)
class Narrowed:
    """The desired catalog, what must not be touched, and what the files name in vain."""

    desired: Catalog
    outside: frozenset[Identity] = frozenset()
    notes: tuple[Diagnostic, ...] = ()


@record(frozen=True)
class Scope:
    """Schemas by name or pattern, and patterns `kind:name`; without any, everything.

    A pattern says `table:public.tmp_*`, or just a name, which means any kind; what lives in an
    object (its columns, its indexes, its comment) goes with it.
    """

    schemas: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Tell whether there is no limit."""
        return not (self.schemas or self.include or self.exclude)

    def idle(self, *catalogs: Catalog) -> list[str]:
        """Name the schemas and patterns of which there is nothing: a slip of the pen, likely."""
        every = [i for c in catalogs for i in c.objects]
        roots = {i.schema for i in every}
        schemas = [s for s in self.schemas if not any(fnmatchcase(r, s) for r in roots)]
        return schemas + [p for p in self.include if not any(_matches(i, (p,)) for i in every)]

    def pieces(self, catalog: Catalog) -> list[tuple[str, Identity]]:
        """Name the patterns of mere parts, each with a thing out of scope that has one of them."""
        seen = _Seen(self, catalog)
        found: list[tuple[str, Identity]] = []
        for pattern in self.include:
            every = (i for i in sorted(catalog.objects) if _matches(i, (pattern,)))
            wholes = [seen.torn_from(each) for each in every]
            if wholes and None not in wholes:
                found += [(pattern, whole) for whole in wholes[:1] if whole is not None]
        return found

    def outside(
        self, catalog: Catalog, named: Container[Identity] = frozenset()
    ) -> frozenset[Identity]:
        """Name the objects of a catalog that are out of scope.

        What lives in no schema (an extension) is in a scope of schemas if it is among `named`.
        """
        if self.everything:
            return frozenset()
        seen = _Seen(self, catalog, named)
        return frozenset(i for i in catalog.objects if not seen.inside(i))

    def narrowed(self, desired: Catalog, current: Catalog) -> Narrowed:
        """Give the desired catalog with everything out of scope as it is now."""
        if self.everything:
            return Narrowed(desired)
        outside = self.outside(current, named=desired.objects)
        ignored = self.outside(desired, named=desired.objects)
        objects = {i: o for i, o in desired.objects.items() if i not in ignored}
        # The schema of something in scope is made when it is missing.
        needed = {a for i in objects for a in ancestors(i, desired)}
        objects.update((i, desired.objects[i]) for i in ignored & needed)
        objects.update((i, current.objects[i]) for i in outside)
        edges = {i: e for i, e in desired.dependencies.items() if i not in outside}
        edges.update((i, current.dependencies[i]) for i in outside & set(current.dependencies))
        lost = {i for i in ignored if objects.get(i) != desired.objects[i]}
        vain = sorted(i for i in lost if lost.isdisjoint(ancestors(i, desired)))
        notes = tuple(_vain(i) for i in vain[:_SHOWN])
        notes += tuple(_idle(p) for p in self.idle(current, desired))
        return Narrowed(desired.with_objects(objects.values(), edges), outside, notes)

    def covers(self, seen: Unmanaged) -> bool:
        """Tell whether something that no kind manages is in scope, going by its name."""
        path = seen.name.split(".")
        wholes = [".".join(path[:end]) for end in range(len(path), 0, -1)]
        excluded = (pattern.rpartition(":")[2].strip() for pattern in self.exclude)
        if any(
            fnmatchcase(w, p) or fnmatchcase(w, f"public.{p}") for p in excluded for w in wholes
        ):
            return False
        included = (pattern.rpartition(":")[2].strip() for pattern in self.include)
        if any(
            fnmatchcase(w, p) or fnmatchcase(w, f"public.{p}") for p in included for w in wholes
        ):
            return True
        if not self.schemas:
            return not self.include
        return len(path) > 1 and any(fnmatchcase(path[0], p) for p in self.schemas)


def check_untouched(plan: Plan, outside: frozenset[Identity]) -> None:
    """Raise PlanError when a plan would touch what is out of scope, with all the names."""
    if not outside:
        return
    targets = {c.identity for c in (*plan.changes, *plan.rebuilt)}
    targets |= {op.target for op in plan.operations()}
    touched = sorted(targets & outside)
    if touched:
        raise PlanError(*_broken(touched, plan))


def out_of_scope(found: Diagnostic, outside: frozenset[Identity]) -> Diagnostic:
    """Give a refusal with that it is about something out of scope, if it is."""
    for each in found.about:
        if each in outside:
            message = f"{found.message}; {each} is out of scope"
            return replace(found, message=message, hint=_HINT)
    return found


@record(frozen=True)
class _Seen:
    """A scope and the catalog it is asked about."""

    scope: Scope
    catalog: Catalog
    named: Container[Identity] = frozenset()

    @cached_property
    def containers(self) -> frozenset[str]:
        """The kinds that other objects of two names live in: schemas."""
        found = self.catalog.objects.values()
        return frozenset(p.kind for o in found if (p := o.parent) is not None and len(p.path) == 1)

    @cached_property
    def _known(self) -> dict[Identity, bool]:
        return {}

    def inside(self, identity: Identity) -> bool:
        """Tell whether an object is in scope."""
        known = self._known.get(identity)
        if known is None:
            known = self._known[identity] = self._decide(identity)
        return known

    def torn_from(self, identity: Identity) -> Identity | None:
        """Give the thing out of scope that something in scope is a part of, schemas aside."""
        above = ancestors(identity, self.catalog)
        wholes = (a for a in above if a.kind not in self.containers and not self.inside(a))
        return next(wholes, None)

    def _decide(self, identity: Identity) -> bool:
        scope = self.scope
        chain = [identity, *ancestors(identity, self.catalog)]
        if any(_matches(each, scope.exclude) for each in chain):
            return False
        if scope.include and any(_matches(each, scope.include) for each in chain):
            return True
        if not scope.schemas:
            return not scope.include
        root = chain[-1]
        if len(root.path) == 1 and root.kind not in self.containers:
            return root in self.named
        return any(fnmatchcase(root.schema, pattern) for pattern in scope.schemas)


def ancestors(identity: Identity, catalog: Catalog) -> list[Identity]:
    """Give what an object lives in, and that in turn, nearest first."""
    found: list[Identity] = []
    obj = catalog.get(identity)
    while obj is not None and (above := obj.parent) is not None:
        found.append(above)
        obj = catalog.get(above)
    return found


def _matches(identity: Identity, patterns: Iterable[str]) -> bool:
    for pattern in patterns:
        kind, colon, name = pattern.partition(":")
        if not colon:
            kind, name = "*", pattern
        if not fnmatchcase(identity.kind, kind.strip().replace(" ", "_").replace("-", "_")):
            continue
        if fits(identity, name.strip()):
            return True
    return False


def _vain(identity: Identity) -> Diagnostic:
    return Diagnostic(
        code="SD211",
        message=f"{identity} is out of scope: what the files say about it is ignored",
        hint="widen `scope:` in schemadiff.yaml, or remove it from the files",
        severity=Severity.WARNING,
    )


def _idle(pattern: str) -> Diagnostic:
    return Diagnostic(
        code="SD214",
        message=f"the scope names {pattern}, and nothing is called so, here or in the files",
        hint="mend `scope:` in schemadiff.yaml",
        severity=Severity.WARNING,
    )


def _broken(touched: list[Identity], plan: Plan) -> Iterable[Diagnostic]:
    causes = {c.identity: getattr(c, "cause", None) for c in plan.rebuilt}
    for identity in touched[:_SHOWN]:
        cause = causes.get(identity)
        why = f"it depends on {cause}, which this plan changes" if cause else "this plan changes it"
        message = f"{identity} is out of scope, and {why}"
        yield Diagnostic(code="SD210", message=message, hint=_HINT)
    if len(touched) > _SHOWN:
        yield Diagnostic(code="SD210", message=f"and {len(touched) - _SHOWN} more", hint=_HINT)
