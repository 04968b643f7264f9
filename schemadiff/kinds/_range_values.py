"""Values of a range type and of its multirange, as the type goes from one form to another.

The surprising fact: a bound that is missing and one that is NULL are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.sql import qualified
from schemadiff.kinds._elements import Elements, Many, array_of, convert_many
from schemadiff.kinds._fields_by_name import recast
from schemadiff.kinds._moving import element, said_alike
from schemadiff.kinds._table.anew_types import told
from schemadiff.kinds._told_sql import multirange_told, range_told

_LONGEST = 63
_MULTIRANGE = """
DECLARE
    part {old};
    result {new}[] := '{{}}';
BEGIN
    FOR part IN SELECT pg_catalog.unnest($1)
    LOOP
        result := pg_catalog.array_append(result, {said});
    END LOOP;
    RETURN {made}(VARIADIC result);
END"""


class RangeValues(Elements):
    """What a range type says of values that follow it."""

    def told_by_text(self, obj: Any) -> bool:
        """A range reads as its bounds."""
        del obj
        return True

    def told(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str | None:
        """A range reads as its bounds; a multirange as its ranges."""
        value_, many = ("e", True) if type_ == qualified(*old.multirange_path) else (value, False)
        low, high = (
            told(f"pg_catalog.{end}({value_})", old.subtype, new.subtype, context)
            for end in ("lower", "upper")
        )
        if low is None or high is None:
            return None
        if low == f"pg_catalog.lower({value_})::text":
            return f"{value}::text"
        said = range_told(value_, low, high)
        return multirange_told(value, said) if many else said

    def opened(self, obj: Any, source: str, type_: str) -> Iterable[tuple[str, str]]:
        """The bounds that there are; of a multirange its ranges."""
        if type_ == qualified(*obj.multirange_path):
            yield f"SELECT pg_catalog.unnest(v) AS v FROM ({source}) AS s", obj.identity.sql
            return
        bounds = "ARRAY[pg_catalog.lower(v), pg_catalog.upper(v)]"
        each = f"SELECT pg_catalog.unnest({bounds}) AS v FROM ({source}) AS s"
        yield f"SELECT v FROM ({each}) AS s WHERE v IS DISTINCT FROM NULL", obj.subtype

    def converted(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str:
        """A range of other bounds reads as it did, or is made of its bounds as they are now."""
        if said_alike(old.subtype, context):
            return f"{value}::text{'[]' if element(type_)[1] else ''}::{type_}"
        if type_ != new.identity.sql:
            return convert_many(value, context.put_away[old.identity])
        low, high = (
            recast(f"pg_catalog.{end}({value})", old.subtype, new.subtype, context)
            for end in ("lower", "upper")
        )
        made = (
            f"{type_}({low}, {high}, CASE WHEN pg_catalog.lower_inc({value}) THEN '[' ELSE '(' END "
            f"|| CASE WHEN pg_catalog.upper_inc({value}) THEN ']' ELSE ')' END)"
        )
        empty = f"WHEN pg_catalog.isempty({value}) THEN 'empty'::{type_}"
        return f"(CASE WHEN {value} IS NULL THEN NULL {empty} ELSE {made} END)"

    def many(self, old: Any, new: Any, away: Identity, context: Context) -> Iterable[Many]:
        """Its array, its multirange, and the array of that."""
        yield from super().many(old, new, away, context)
        name, made = qualified(*old.multirange_path), qualified(*new.multirange_path)
        put_away = qualified(old.multirange_path[0], usual_multirange(away.name))
        said = self.converted(old, new, "part", new.identity.sql, context)
        body = _MULTIRANGE.format(old=away.sql, new=new.identity.sql, made=made, said=said)
        yield Many(name, put_away, made, body)
        yield array_of(name, put_away, made, convert_many("(flat)[i]", away))

    def said_alike(self, old: Any, new: Any, context: Context) -> bool:
        """What the bounds say."""
        del new
        return said_alike(old.subtype, context)


def usual_multirange(name: str) -> str:
    """Give the name that PostgreSQL chooses for the multirange of a range type."""
    if "range" in name:
        return _cut(name.replace("range", "multirange", 1))
    return _cut(name, "_multirange")


def _cut(name: str, tail: str = "") -> str:
    limit = _LONGEST - len(tail)
    return name.encode()[:limit].decode(errors="ignore") + tail
