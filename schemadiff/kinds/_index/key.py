"""What an index asks the rows: whether two of them share a key, and whether each has one.

The surprising fact: an index on an expression or of some rows fails with the first row for which
that has no value but an error, unique or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.record import replace
from schemadiff.core.sources import sources
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._materialized_swap import rests_on_what_stays
from schemadiff.kinds._preflight import alone, settled, unique, whole


def of_index(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for rows that share a key, or that have none; say it where that cannot be asked."""
    query = ""
    if new.of != "table":
        view: Any = asking.context.desired.objects[new.parent]
        if not rests_on_what_stays(view, asking.context):
            yield from _unasked(new, "what it reads changes in the same plan")
            return
        live = asking.context.current.get(new.parent)
        query = f"({view.query}) AS {ident(view.identity.name)}" if live != view else ""
    if new.unique:
        for question in same_key(new, query, asking):
            yield replace(question, maintained=True)
    elif new.of == "table" and (new.where or any(c.is_expression for c in new.columns)):
        yield from _computed(new, asking)


def same_key(new: Any, query: str, asking: Asking) -> Iterator[Question]:
    """Ask for rows that share a key, of the table or of a query."""
    view: Any = asking.context.desired.objects[new.parent]
    columns = whole(new, asking) if new.of == "table" else [c[0] for c in view.columns]
    found = unique(
        new, _keys(new), columns, asking,
        nulls=new.nulls_not_distinct, where=new.where, query=query,
    )  # fmt: skip
    other = any(c.opclass for c in new.columns)
    why = "its operator class may compare otherwise" if other else ""
    yield from (unasked(q, why) if why else q for q in found)


def _keys(new: Any) -> list[str]:
    keys = [c.text if c.is_expression else ident(c.text) for c in new.columns]
    return [
        f"({k}) COLLATE {c.collation}" if c.collation else k
        for k, c in zip(keys, new.columns, strict=True)
    ]


def _computed(new: Any, asking: Asking) -> Iterator[Question]:
    rows, columns = Rows(new.parent, asking, only=alone(new.parent, asking)), whole(new, asking)
    if not rows.there:
        return
    text = f"rows of {rows.table.sql} for which {new.identity} has no key"
    question = rows.question(new.identity, Meaning.FAILS, text, "true", rows.source(columns))
    where = f" WHERE {new.where}" if new.where else ""
    trial = f"SELECT pg_catalog.count(ROW({comma(_keys(new))})) FROM {rows.source(columns)}{where}"
    if not rows.is_settled(columns):
        yield unasked(question, "a type changes in the same plan")
    else:
        asked = replace(question, count="", examples="", trial=trial, maintained=True)
        yield settled(asked, new, asking)


def _unasked(new: Any, why: str) -> Iterator[Question]:
    text = f"rows of {new.parent.sql} that share a key of {new.identity}"
    question = Question(subject=new.identity, meaning=Meaning.FAILS, text=text)
    yield from (unasked(question, why),) if new.unique else ()


def of_query(view: Any, asking: Asking) -> Iterator[Question]:
    """Ask whether the query of a materialized view can be run, and what its keys say of it."""
    context = asking.context
    if not view.with_data:
        return
    text = f"rows of {view.identity.sql} that cannot be computed"
    question = Question(subject=view.identity, meaning=Meaning.FAILS, text=text)
    if not rests_on_what_stays(view, context):
        if any(i in context.current for i in _read(view, asking)):
            yield unasked(question, "what it reads changes in the same plan")
        return
    name = ident(view.identity.name)
    trial = f"SELECT pg_catalog.count({name}) FROM ({view.query}) AS {name}"
    yield replace(question, trial=trial, tables=tuple(_read(view, asking)), maintained=True)
    for each in sorted(context.desired.children.get(view.identity, ())):
        if each.kind == "index":
            yield from of_index(context.desired.objects[each], asking)


def _read(view: Any, asking: Asking) -> list[Identity]:
    holding = {kind.name for kind in asking.context.registry if kind.has_rows}
    return sorted(sources(view.identity, asking.context.desired, holding))
