"""Values of one composite type that become values of another one, field by field.

The surprising fact: PostgreSQL converts one composite to another by its text alone, which says the
fields by their place; where the attributes stand in another order each would get another's value.
USING takes no subquery, so elements of arrays are converted by functions that live as long as the
statement does, in the schema of what is temporary: nobody else meets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.preflight import Cast, last_of
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, qualified
from schemadiff.kinds._composite_fields import pairs, unless_null
from schemadiff.kinds._elements import Elements, array_of
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import converted, element, keeps_values
from schemadiff.kinds._table.heirs import belongings, parents
from schemadiff.kinds._type_change import converts_always, is_words, type_change

_Sides = tuple[Catalog, Catalog]
_Functions = dict[str, str]  # what makes them, by their names and arguments


@dataclass(frozen=True, slots=True)
class _Way:
    """Between what values go, of which column, and by which functions, if there may be any."""

    sides: _Sides
    subject: Identity | None = None
    functions: _Functions | None = None
    asked: bool = False  # in a query, which takes subqueries and needs no shape
    away: Mapping[str, str] = field(default_factory=dict)  # names of types that are made anew


class _Rows(NamedTuple):
    """A type of rows; `fields` has the types by the names."""

    identity: Identity
    fields: dict[str, str]


def columns_by_name(current: Catalog, desired: Catalog) -> Catalog:
    """Say how the columns are converted that go from one composite type to another."""
    sides, found = (current, desired), dict[Identity, DbObject]()
    for identity in current.of("column"):
        old: Any = current.objects[identity]
        new: Any = desired.get(identity)
        if new is None or new is old or old.type == new.type:
            continue
        if new.using is not None or new.of == FOREIGN:
            continue
        plain = old.generated is None and new.generated is None
        if plain and (said := _of_column(old, new, sides)):
            found[identity] = replace(new, using=said)
    if not found:
        return desired
    return desired.with_objects(found.get(i, obj) for i, obj in desired.objects.items())


def is_by_name(old: Any, new: Any, sides: _Sides) -> bool:
    """Tell whether what USING says of a column is not the user's word."""
    plain = new.using is not None and old.generated is None and new.generated is None
    return plain and new.using == _of_column(old, new, sides)


def casts_of_fields(old: Any, new: Any, sides: _Sides) -> Iterator[tuple[str, ...]]:
    """Give the types that the values of each field go through, where the user does not say how."""
    if is_by_name(old, new, sides):
        yield from _casts(old.type, new.type, sides)


class Fields(Elements):
    """What a composite type says of values whose fields are assigned one by one."""

    cast_hint = "make another composite type, and give it to the columns with `using:`"

    def castable(
        self, old: Any, new: Any, changed: frozenset[str], sides: Sequence[Catalog]
    ) -> Iterable[Cast]:
        """Cast each field that becomes one of another type, where columns have values."""
        if "attributes" in changed and keeps_values(new.identity, sides):
            for each, was in pairs(old, new):
                if was is not None:
                    casts = _casts(was.type, each.type, (sides[0], sides[1]))
                    yield from map(last_of, casts)

    def is_judged_otherwise(self, old: Any, new: Any) -> bool:
        """An attribute of another type may have another value."""
        return _narrows(old, new)


def _casts(old: str, new: str, sides: _Sides) -> Iterator[tuple[str, ...]]:
    pair = apart(element(old)[0], element(new)[0], sides)
    if pair is not None:
        (_, before), (_, after) = pair
        for name in (n for n in after if n in before):
            yield from _casts(before[name], after[name], sides)
    elif old != new:
        yield (old, *(type_change(old, new).using or (new,)))


def in_query(old: Any, new: Any, sides: _Sides) -> str:
    """Write what USING says of a column for a query: no function of ours is there yet."""
    if not is_by_name(old, new, sides):
        return str(new.using)
    way = _Way(sides, new.identity, {}, asked=True)
    return by_name(ident(new.identity.name), old.type, new.type, way) or ""


def with_functions(sql: str, columns: Iterable[tuple[Any, Any]], context: Context) -> str:
    """Have a statement make the functions before it that its USING calls, and drop them after."""
    made: _Functions = {}
    sides = (context.current, context.desired)
    away = {old.sql: there.sql for old, there in context.put_away.items()}
    for old, new in columns:
        if is_by_name(old, new, sides):
            way = _Way(sides, new.identity, made, away=away)
            by_name(ident(new.identity.name), old.type, new.type, way)
    drops = "".join(f";\n    DROP FUNCTION {name}" for name in made)
    return "".join(f"{each};\n    " for each in made.values()) + sql + drops


def _of_column(old: Any, new: Any, sides: _Sides) -> str | None:
    way = _Way(sides, new.identity, {})
    return by_name(ident(new.identity.name), old.type, new.type, way)


def recast(value: str, old: str, new: str, context: Context) -> str:
    """Give the SQL of a value that changes its type, which may itself be made anew."""
    if said := by_name(value, old, new, _Way((context.current, context.desired))):
        return said
    casts = type_change(old, new).using if old != new else ()
    read = casts[:1] in (("text",), ("text[]",)) or (old != new and not casts and is_words(new))
    if not read:  # what another type reads is what was there
        value = converted(value, old, context)
    return "::".join((value, *casts))


def by_name(value: str, old: str, new: str, way: _Way) -> str | None:
    """Write a value of a composite type as one of another; None where its text says the same."""
    (inner, many), (result, often) = element(old), element(new)
    if (pair := apart(inner, result, way.sides)) is None:
        return None
    if many and often and way.functions is not None:
        return _each(value, inner, result, way)
    if many or often:
        raise _by_place(pair, way.subject)
    (_, before), (_, after), fields = *pair, list[str]()
    for name, type_ in after.items():
        was, field = before.get(name), f"({value}).{ident(name)}"
        fields.append("NULL" if was is None else _field(field, was, type_, way))
    return unless_null(value, f"ROW({', '.join(fields)})::{new}")


def _each(value: str, old: str, new: str, way: _Way) -> str:
    """Convert the elements of an array one by one, by a function that keeps its shape."""
    if way.asked:
        said = by_name("e", old, new, way)
        one = f"SELECT {said} FROM (SELECT pg_catalog.unnest({value}) AS e) AS each"
        return unless_null(value, f"ARRAY({one})::{new}[]")
    name = qualified("pg_temp", temporary_name("each", old, new))
    made, was = way.functions, way.away.get(old, old)
    if made is not None and (signature := f"{name}({was}[])") not in made:
        made[signature] = ""
        said = by_name("(flat)[i]", old, new, way) or ""
        made[signature] = (
            f"CREATE FUNCTION {signature} RETURNS {new}[] LANGUAGE plpgsql STRICT AS "
            + dollar(array_of(old, was, new, said).body, "each")
        )
    return f"{name}({value})"


def _field(field: str, old: str, new: str, way: _Way) -> str:
    if said := by_name(field, old, new, way):
        return said
    casts = type_change(old, new).using if old != new else ()
    if old == new and _anew(element(new)[0], way.sides):
        casts = ("text[]" if element(new)[1] else "text", new)
    return "::".join((field, *casts))


def _by_place(pair: tuple[_Rows, _Rows], subject: Identity | None) -> PlanError:
    old, new = (each.identity for each in pair)
    message = f"the attributes of {new} are not those of {old} in their order, "
    message += "and the text of an array's element says them by their place"
    hint = f"say `renamed_from:` of the type {new.sql}, or with `using:` of the column how its "
    hint += "values become those of the new type"
    about = (subject or new,)
    message = f"{subject}: {message}" if subject else message
    return PlanError(Diagnostic(code="SD077", message=message, hint=hint, about=about))


def apart(old: str, new: str, sides: _Sides) -> tuple[_Rows, _Rows] | None:
    """Give two types of rows that share fields, but not in their order."""
    before, after = (_rows(name, side) for name, side in zip((old, new), sides, strict=True))
    if old == new or before is None or after is None or not _in_order(after, sides):
        return None
    names = [list(rows.fields) for rows in (before, after)]
    if not set(names[0]) & set(names[1]):
        return None
    both = zip(before.fields.values(), after.fields.values(), strict=False)
    inside = (apart(element(a)[0], element(b)[0], sides) for a, b in both)
    return (before, after) if names[0] != names[1] or any(inside) else None


def _in_order(rows: _Rows, sides: _Sides) -> bool:
    """Tell whether the fields are known in their order: a table has columns as they were added."""
    table: Any = sides[1].objects[rows.identity]
    if rows.identity.kind == "composite":
        return True
    return rows.identity not in sides[0] and not parents(table)


def _rows(name: str, side: Catalog) -> _Rows | None:
    """Give the fields of a composite type, of the rows of a table, or of a domain over either."""
    while domain := _named(name, side, "domain"):
        name = domain.type
    if composite := _named(name, side, "composite"):
        return _Rows(composite.identity, {a.name: a.type for a in composite.attributes})
    if (table := _named(name, side, "table")) is None:
        return None
    parts: dict[Identity, Any] = belongings(side, table.identity.path)
    columns = {i.name: o.type for i, o in parts.items() if i.kind == "column"}
    return _Rows(table.identity, columns)


def keeps_places(old: Any, new: Any, context: Context) -> bool:
    """Tell whether the fields of two forms stand in one order, and those of what is in them."""
    sides = (context.current, context.desired)
    both = tuple(pairs(old, new))
    same: bool = [a.name for a in old.attributes] == [was and was.name for _, was in both]
    return same and not any(
        apart(element(was.type)[0], element(each.type)[0], sides) for each, was in both
    )


def _anew(name: str, sides: _Sides) -> bool:
    """Tell whether a type of this name is another one afterwards."""
    before, after = (_named(name, side, "enum", "domain", "range") for side in sides)
    return bool(before != after)


def _named(name: str, side: Catalog, *kinds: str) -> Any:
    return next((side.objects[i] for i in side.of(*kinds) if i.sql == name), None)


def _narrows(old: Any, new: Any) -> bool:
    """Tell whether a value of an attribute may be another one in its new type."""
    kept = [(was.type, each.type) for each, was in pairs(old, new) if was is not None]
    return not all(converts_always(*types) for types in kept)
