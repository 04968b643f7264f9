"""What the server is asked of a column that changes its type: casts, and the names in USING."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Cast, PreflightKind, last_of
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._fields_by_name import casts_of_fields
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._table.heirs import belongings
from schemadiff.kinds._type_change import by_label, type_change

_SYSTEM = frozenset("cmax cmin ctid tableoid xmax xmin".split())


class Conversions(PreflightKind):
    """The questions that need no rows."""

    def castable(
        self, old: Any, new: Any, changed: frozenset[str], sides: Sequence[Catalog]
    ) -> Iterable[Cast]:
        """Cast a value as ALTER COLUMN … TYPE will, where the user does not say how."""
        if new.generated is not None or new.of == FOREIGN or "type" not in changed:
            return
        if new.using is not None:
            yield from map(last_of, casts_of_fields(old, new, (sides[0], sides[1])))
            return
        casts = type_change(old.type, new.type).using or (new.type,)
        yield last_of((old.type, *by_label(old, new, sides), *casts))

    def conversion(self, old: Any, new: Any) -> str:
        """An array of the value, or a value of the array."""
        name, arrays = ident(old.identity.name), [t.endswith("[]") for t in (old.type, new.type)]
        if arrays[0] == arrays[1]:
            return ""
        return f"array[{name}]" if arrays[1] else f"{name}[1]"

    def naming(self, new: Any, changed: frozenset[str], sides: Sequence[Catalog]) -> Iterable[str]:
        """Ask whether USING names columns that there are, of which some may go afterwards."""
        path, types = new.identity.path, dict[str, str]()
        if new.using is None or "type" not in changed or _SYSTEM.intersection(names(new.using)):
            return
        for side in reversed(sides):
            if Identity("of_type", path[:2]) in side:
                return
            parts = belongings(side, path[:2])
            types |= {
                i.name: getattr(o, "type", "") for i, o in parts.items() if i.kind == "column"
            }
        row = comma(f"NULL::{type_} AS {ident(name)}" for name, type_ in types.items())
        yield f"SELECT {new.using} FROM (SELECT {row}) AS {ident(path[1])} LIMIT 0"
