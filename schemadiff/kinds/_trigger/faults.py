"""What a trigger cannot be (manual, CREATE TRIGGER), and what its function must be like (37.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity


class WithFunction(Checked):
    """A kind whose objects call a function that returns nothing else than their kind of trigger."""

    returns: ClassVar[str] = "trigger"

    def faults(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look at the function without arguments; others of its name are no trigger's."""
        called = next(iter(self.calls(obj)))
        found: Any = catalog.get(Identity("function", (*called, "")))
        if found is not None and found.returns != self.returns:
            message = f"{obj.identity}: function {found.identity.path[1]}() returns {found.returns}"
            yield Fault("SD099", message, f"returns: {self.returns}")

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look for one without arguments, unless an extension may have brought it."""
        called = next(iter(self.calls(obj)))
        extended = any(i.kind == "extension" for i in catalog.objects)
        if extended or Identity("function", (*called, "")) in catalog:
            return
        if with_arguments := _others(called, catalog):
            message = f"{obj.identity}: function {with_arguments.path[1]} takes arguments"
            hint = "declare it without; what the trigger gives it stands in TG_ARGV"
            yield Fault("SD099", message, hint)


class WithEvents(WithFunction):
    """A trigger of a table or view."""

    def faults(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look also at what excludes each other."""
        for message, hint in _excluded(obj):
            yield Fault("SD099", f"{obj.identity}: {message}", hint)
        yield from super().faults(obj, catalog)


def _excluded(obj: Any) -> Iterator[tuple[str, str]]:
    by_row, instead = obj.for_each == "row", obj.timing == "instead of"
    if obj.parent_kind == "view":
        if by_row and not instead:
            yield "a trigger for each row of a view is INSTEAD OF", "timing: instead of"
        if "truncate" in obj.events:
            yield "nothing truncates a view", "leave the event out"
    elif instead:
        yield "INSTEAD OF is for views", "timing: before, or after"
    if instead and not by_row:
        yield "INSTEAD OF is for each row", "for_each: row"
    if instead and (obj.when is not None or obj.update_of):
        yield "INSTEAD OF has neither a condition nor columns", "say it in the function"
    if by_row and "truncate" in obj.events:
        yield "TRUNCATE is for each statement", "for_each: statement"
    if obj.constraint and (obj.timing != "after" or not by_row):
        yield "a constraint trigger is AFTER and for each row", "timing: after, for_each: row"
    yield from _transition(obj)


def _transition(obj: Any) -> Iterator[tuple[str, str]]:
    if obj.old_table is None and obj.new_table is None:
        return
    if obj.timing != "after":
        yield "only an AFTER trigger has transition tables", "timing: after"
    if obj.constraint or obj.update_of or len(obj.events) > 1 or "truncate" in obj.events:
        message = "transition tables are for one event, without columns, and no constraint's"
        yield message, "make a trigger for each event"
    elif (obj.old_table and "insert" in obj.events) or (obj.new_table and "delete" in obj.events):
        yield "an INSERT has no old rows, and a DELETE no new ones", "leave that table out"


def _others(name: tuple[str, str], catalog: Catalog) -> Identity | None:
    """Give a function of that name with arguments, where the files have no other."""
    schema = Identity("schema", name[:1])
    near = (i for i in catalog.children.get(schema) if i.kind == "function" and i.path[:2] == name)
    return next(near, None)
