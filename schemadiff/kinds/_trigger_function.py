"""The function of a trigger: what it must be like (manual, 37.1), where the files hold it."""

from __future__ import annotations

from collections.abc import Iterable
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
        elif found is None and (with_arguments := _others(called, catalog)):
            message = f"{obj.identity}: function {with_arguments.path[1]} takes arguments"
            hint = "declare it without; what the trigger gives it stands in TG_ARGV"
            yield Fault("SD099", message, hint)


def _others(name: tuple[str, str], catalog: Catalog) -> Identity | None:
    """Give a function of that name with arguments, where the files have no other."""
    schema = Identity("schema", name[:1])
    near = (i for i in catalog.children.get(schema) if i.kind == "function" and i.path[:2] == name)
    return next(near, None)
