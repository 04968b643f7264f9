"""What a change of a type asks the rows: its values, also those inside of others.

Elements, attributes and bounds are taken out one after another, down to values of the type. The
surprising fact: unnest() in FROM takes a row apart, and in the list of SELECT it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.moving import types_below
from schemadiff.core.object import DbObject
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._asked_rows import Rows, cast
from schemadiff.kinds._column.preflight import by_then, misfit, of_keys
from schemadiff.kinds._composite_fields import fields
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._materialized_swap import rests_on_what_stays
from schemadiff.kinds._moving import changing_types, element, holders
from schemadiff.kinds._row.type import ROWS
from schemadiff.kinds._table.anew_types import path_of, types_by_name
from schemadiff.kinds._table.heirs import belongings
from schemadiff.kinds._type_change import converts_always, type_change


def held_labels(enum: Any, column: Any, gone: str, asking: Asking) -> Iterator[Question]:
    """Ask for the rows of a column that hold labels which go."""
    text = f"rows of {column.parent.sql} that hold {gone} in {column.identity.name}"
    for held in _held(enum, [column.identity], asking):
        yield held.question(enum.identity, text, f"v::text IN ({gone})")


def of_new_base(
    old: Any, new: Any, columns: Iterable[Identity], asking: Asking
) -> Iterator[Question]:
    """Ask for the values of a domain that its new type does not take."""
    for held in _held(old, columns, asking):
        text = f"values of {held.column.identity.sql} that are no {new.type}"
        value = f"s.v::{old.type}"
        ask = partial(held.question, new.identity, text)
        if found := by_then(new, value, ask, asking):
            yield found
            yield from _of_keys(held, [(old, new)], asking)
            continue
        question = ask("true")
        if not question.unasked:
            trial = f"SELECT pg_catalog.count({cast(value, old, new)}) FROM {held.lateral}"
            question = replace(question, count="", examples="", trial=trial)
        yield question
        if not question.unasked:
            yield from _cut(held, new.identity, (old, new), f"v::{old.type}")
        yield from _of_keys(held, [(old, new)], asking)


def of_attributes(
    old: Any, new: Any, kept: Iterable[tuple[Any, Any]], columns: Sequence[Identity], asking: Asking
) -> Iterator[Question]:
    """Ask for the values of a composite type of which an attribute does not take its new type."""
    context = asking.context
    retyped = [(a, was) for a, was in kept if was is not None and was.type != a.type]
    for held in _held(old, columns, asking) if retyped else ():
        for each, was in retyped:
            field = f"(v).{ident(was.name)}"
            text = f"values of {held.column.identity.sql} whose {each.name} is no {each.type}"
            # What is put into a row is assigned, which cuts no text.
            where = misfit(was, each, field)
            question = held.question(new.identity, text, where or "true")
            if changing := changing_types(new.identity, context):
                question = unasked(question, f"{changing[0]} changes in the same plan")
            if where or question.unasked:
                yield question
                continue
            value = cast(f"(s.v).{ident(was.name)}", was, each)
            trial = f"SELECT pg_catalog.count({value}) FROM {held.lateral}"
            yield replace(question, count="", examples="", trial=trial)
            yield from _cut(held, new.identity, (was, each), field)
        yield from _of_keys(held, [(was, each) for each, was in retyped], asking)


def of_bounds(
    old: Any, new: Any, columns: Iterable[Identity], asking: Asking
) -> Iterator[Question]:
    """Ask for the ranges whose bounds are none of the new type, as which they are read."""
    changing = changing_types(new.identity, asking.context)
    for held in _held(old, columns, asking):
        text = f"values of {held.column.identity.sql} whose bounds are no {new.subtype}"
        question = held.question(new.identity, text, "true")
        if changing:
            question = unasked(question, f"{changing[0]} changes in the same plan")
        if not question.unasked:
            read = comma(
                f"pg_catalog.count(pg_catalog.{end}(s.v)::text::{new.subtype})"
                for end in ("lower", "upper")
            )
            trial = f"SELECT {read} FROM {held.lateral}"
            question = replace(question, count="", examples="", trial=trial)
        yield question
        yield from _of_keys(held, [(old, new)], asking)


def _of_keys(held: _Held, types: Iterable[tuple[Any, Any]], asking: Asking) -> Iterator[Question]:
    """Ask the keys on a column, where values may be equal as those of the new types.

    What a domain is made of is converted in the question, what is deeper inside is not.
    """
    if held.why or all(_converts(old, new) for old, new in types):
        return
    column: Any = asking.context.desired.objects[held.column.identity]
    direct = column.type == held.sought.identity.sql and held.sought.identity.kind == "domain"
    for question in of_keys(column, asking):
        why = f"values of {held.sought.identity} change in the same plan"
        yield question if direct else unasked(question, why)


def _converts(old: Any, new: Any) -> bool:
    """Tell whether values of a domain or an attribute, or bounds of a range, stay what they are."""
    before, after = (getattr(each, "type", None) or each.subtype for each in (old, new))
    return converts_always(before, after)


def _cut(held: _Held, subject: Identity, types: tuple[Any, Any], value: str) -> Iterator[Question]:
    """Ask for values that come back as others."""
    old, new = types
    if not type_change(old.type, new.type).narrows:
        return
    back, there = f"{cast(value, old, new)}::{old.type}", value
    if "." in old.type:  # its operators are found by name only in its schema
        back, there = f"{back}::text", f"({there})::text"
    text = f"values of {held.column.identity.sql} that are cut or rounded as {new.type}"
    where = f"{back} IS DISTINCT FROM {there}"
    yield replace(held.question(subject, text, where), meaning=Meaning.LOSES)


def of_domain(
    subject: Identity, domain: Any, condition: str, columns: Iterable[Identity], asking: Asking
) -> Iterator[Question]:
    """Ask for the values of a domain for which a condition on VALUE is true.

    VALUE is read as the name of a column where no domain is around.
    """
    for held in _held(domain, columns, asking):
        column = held.column.identity
        text = f"rows of {held.rows.table.sql} whose {column.name} violates {subject}"
        yield held.question(subject, text, condition, f"v::{domain.type} AS value")
    for view, name in _shown(domain, asking):
        rows = Rows(view.identity, asking)
        text = f"rows of {view.identity.sql} whose {name} violates {subject}"
        value = f"(SELECT {ident(name)}::{domain.type} AS value) AS s"
        where = f"EXISTS (SELECT FROM {value} WHERE {condition})"
        question = rows.question(subject, Meaning.FAILS, text, where, rows.source([name]))
        stays = rests_on_what_stays(view, asking.context, but=domain.identity)
        yield question if stays else unasked(question, "what it reads changes in the same plan")


def _shown(domain: Any, asking: Asking) -> Iterator[tuple[Any, str]]:
    """Give the columns of materialized views that are of a domain, where they stay as they are."""
    current, desired = asking.context.current, asking.context.desired
    for identity in sorted(current.dependents.get(domain.identity, ())):
        view: Any = current.objects[identity]
        if asking.context.registry.of(view).has_rows and desired.get(identity) == view:
            for name, type_, *_ in getattr(view, "columns", ()):
                if path_of(type_) == domain.identity.path:
                    yield view, name


class _Held:
    """The values `v` of a type that a column holds, by a SELECT; empty where `why` says why."""

    def __init__(self, column: Any, sought: DbObject, asking: Asking) -> None:
        self.sought = sought
        self.column, self.rows = column, Rows(column.parent, asking)
        self.source = self.rows.source([column.identity.name], as_is=True)
        self.select = self.why = ""
        context = asking.context
        changing = {
            each
            for each in changing_types(column.identity, context)
            if sought.identity in types_below(each, context.desired, context)
        }
        kept: Any = asking.context.desired.objects[column.identity]
        if kept.type != column.type:
            self.why = f"{column.identity.sql} changes its type in the same plan"
        elif changing:
            self.why = f"{min(changing)} changes in the same plan"
        else:
            found, self.why = _inside(column, sought, asking)
            self.select = " UNION ALL ".join(found)

    @property
    def lateral(self) -> str:
        return f"{self.source} CROSS JOIN LATERAL ({self.select}) AS s"

    def question(self, subject: Identity, text: str, where: str, value: str = "v") -> Question:
        """Ask for the rows with a value for which a condition is true."""
        values = f"(SELECT {value} FROM ({self.select}) AS s) AS s"
        some = f"EXISTS (SELECT FROM {values} WHERE {where})"
        question = self.rows.question(subject, Meaning.FAILS, text, some, self.source)
        return unasked(question, self.why) if self.why else question


def _held(sought: DbObject, columns: Iterable[Identity], asking: Asking) -> Iterator[_Held]:
    """Give the columns that go on holding values of a type, where they are rows of ours."""
    after = {*holders(sought.identity, asking.context.desired)}
    for identity in columns:
        column = asking.context.current.objects[identity]
        kept: Any = asking.context.desired.get(identity)
        anew = getattr(kept, "generated", None) != getattr(column, "generated", None)
        if identity in after and not anew and getattr(column, "of", None) != FOREIGN:
            held = _Held(column, sought, asking)
            if held.select or held.why:
                yield held


def _inside(column: Any, sought: DbObject, asking: Asking) -> tuple[list[str], str]:
    """Give the SELECTs of the values in a column of the query around, or why there are none."""
    found, here = list[str](), f"SELECT {ident(column.identity.name)} AS v"
    queue: list[tuple[str, str, tuple[str, ...]]] = [(here, column.type, ())]
    while queue:
        source, type_, above = queue.pop(0)
        inner, many = element(type_)
        if many:
            source = f"SELECT pg_catalog.unnest(v) AS v FROM ({source}) AS s"
        if inner in above:
            return [], f"{inner} holds values of itself"
        holds = types_by_name(asking.context).get(path_of(inner))
        if holds is not None and holds.identity == sought.identity:
            found.append(source)
            continue
        if holds is not None:
            opened = asking.context.registry.of(holds).opened(holds, source, inner)
        else:
            opened = fields(source, _columns(path_of(inner), asking))
        queue += [(select, type_, (*above, inner)) for select, type_ in opened]
    return found, ""


def _columns(path: tuple[str, ...], asking: Asking) -> Iterator[tuple[str, str]]:
    """Give the columns of a row type that stay as they are, by the names that they have now."""
    sides = (asking.context.current, asking.context.desired)
    for relation in (Identity(kind, path) for kind in ROWS):
        if all(relation in side for side in sides):
            before, after = (_of_relation(relation, side) for side in sides)
            for name, type_ in before.items():
                if after.get(name) == type_:
                    yield asking.live(Identity("column", (*path, name))).name, type_


def _of_relation(relation: Identity, side: Catalog) -> dict[str, str]:
    obj: Any = side.objects[relation]
    if hasattr(obj, "columns"):
        return {c[0]: c[1] for c in obj.columns}
    parts = belongings(side, relation.path)
    return {i.name: getattr(o, "type", "") for i, o in parts.items() if i.kind == "column"}
