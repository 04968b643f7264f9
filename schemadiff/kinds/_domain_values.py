"""Values of a domain, as the domain or the type below it goes from one form to another.

The surprising fact: a value goes by the type below, so the domain's checks are asked at last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.kind import Context
from schemadiff.core.preflight import Cast, last_of
from schemadiff.kinds._elements import Elements, convert_many
from schemadiff.kinds._fields_by_name import recast
from schemadiff.kinds._moving import element, keeps_values, moved, said_alike
from schemadiff.kinds._table.anew_types import told
from schemadiff.kinds._type_change import longest_text, type_change


class Values(Elements):
    """What a domain says of values that follow it."""

    cast_hint = "make another domain, and give it to the columns with `using:`"

    def losses(self, old: Any, new: Any, context: Context) -> Iterable[Hazard]:
        """A type below that takes less."""
        del context
        if old.type != new.type and type_change(old.type, new.type).narrows:
            message = f"{old.identity.sql} changes from {old.type} to {new.type}: "
            message += "values may not fit."
            yield data_loss("narrow-type", old.identity, message)

    def told(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str | None:
        """A value is told as one of the type below."""
        del type_
        below = f"{value}::{old.type}"
        text = told(below, old.type, new.type, context)
        return f"{value}::text" if text == f"{below}::text" else text

    def castable(
        self, old: Any, new: Any, changed: frozenset[str], sides: Sequence[Catalog]
    ) -> Iterable[Cast]:
        """Cast a value of the type below, where columns have some."""
        told = "type" not in changed or "." in f"{old.type}{new.type}"  # types may change, too
        if not told and keeps_values(new.identity, sides):
            yield last_of((old.type, *(type_change(old.type, new.type).using or (new.type,))))

    def told_by_text(self, obj: Any) -> bool:
        """A value of a domain is one of the type below."""
        return element(obj.type) == (obj.type, False)

    def opened(self, obj: Any, source: str, type_: str) -> Iterable[tuple[str, str]]:
        """A value of the type below."""
        del type_
        yield f"SELECT v::{obj.type} AS v FROM ({source}) AS s", obj.type

    def converted(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str:
        """A value goes by the type below, and into the new domain at last."""
        casts = type_change(old.type, new.type).using if old.type != new.type else ()
        if not element(type_)[1]:
            below = recast(value, old.type, new.type, context)
            assigned = f"::{new.type}" if old.type != new.type and not casts else ""
            return f"{below}{assigned}::{type_}"
        if not said_alike(old.type, context):
            return convert_many(value, context.put_away[old.identity])
        if moved(old.type, context) or element(old.type)[1] or element(new.type)[1]:
            return f"{value}::text[]::{type_}"
        through = ("text[]",) if "text" in casts else ()
        steps = (*through, f"{new.type}[]") if old.type != new.type else ()
        return "::".join((value, *steps, type_))

    def said_alike(self, old: Any, new: Any, context: Context) -> bool:
        """What the type below says, unless it cuts texts, which reading them does not."""
        return said_alike(old.type, context) and longest_text(old.type, new.type) is None
