"""Views that read themselves, alone or in a circle: a view with the same columns goes first.

PostgreSQL makes such views only by CREATE OR REPLACE. So a stand-in that gives nothing but the
columns is made, and replaced when the rest of the circle is there; a drop goes the other way.
The surprising fact: a function may be in the circle, which has the rows of a view that calls it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from schemadiff.core.catalog import Catalog
from schemadiff.core.circles import circle_of
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.object import DbObject
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._view import ViewColumn

# What a view reads among views, or has as the type in the signature of a function that it calls;
# the way back to itself is sought from those that need a younger one or themselves alone, for
# every circle has one of these.
CIRCLES = """
    WITH RECURSIVE named AS MATERIALIZED (
        SELECT r.ev_class AS view, d.refclassid, d.refobjid
        FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v' AND c.oid >= 16384
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass) AND d.deptype = 'n'
    ), reads AS MATERIALIZED (
        SELECT n.view, n.refobjid AS other
        FROM named n
        JOIN pg_class o ON o.oid = n.refobjid AND o.relkind = 'v'
        WHERE n.refclassid = 'pg_class'::regclass AND o.oid <> n.view
        UNION
        SELECT n.view, t.typrelid
        FROM named n
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = n.refobjid
            AND d.refclassid = 'pg_type'::regclass
        JOIN pg_type s ON s.oid = d.refobjid
        JOIN pg_type t ON t.oid IN (s.oid, s.typelem)
        JOIN pg_class o ON o.oid = t.typrelid AND o.relkind = 'v'
        WHERE n.refclassid = 'pg_proc'::regclass
    ), way(first, view) AS (
        SELECT view, other FROM reads WHERE other >= view
        UNION
        SELECT w.first, r.other FROM way w JOIN reads r ON r.view = w.view
    ), back(first, view) AS (
        SELECT first, first FROM way WHERE first = view
        UNION
        SELECT b.first, r.other FROM back b JOIN reads r ON r.view = b.view
        WHERE EXISTS (SELECT FROM way w WHERE w.first = b.first AND w.view = r.other)
    )"""

_NAMES = (Kind.IDENT, Kind.QUOTED)
_ENDS_FROM = frozenset(
    "select where group having window order limit offset fetch union intersect except".split()
)


class Queried(Protocol):
    """What is asked of a view."""

    @property
    def identity(self) -> Identity: ...
    @property
    def query(self) -> str: ...
    @property
    def columns(self) -> tuple[ViewColumn, ...]: ...
    @property
    def column_types(self) -> tuple[ViewColumn, ...]: ...


def reads_itself(view: Queried, *, raw: bool = False) -> bool:
    """Tell whether a view's query names the view; what a user wrote may leave the schema out."""
    schema, name = view.identity.path
    try:
        found = code(view.query)
    except LexError:
        return False
    listed = _read_from(found) if raw and name not in _given_names(found) else frozenset()
    return any(
        token.value == name
        and token.kind in _NAMES
        and (_qualifier(found, i) == schema or (raw and i in listed))
        for i, token in enumerate(found)
    )


def _qualifier(found: list[Token], index: int) -> str | None:
    if index < 2 or found[index - 1].text != ".":  # noqa: PLR2004  a name and a dot
        return None
    return found[index - 2].value


def _given_names(found: list[Token]) -> frozenset[str]:
    """Give the names of queries in WITH, which hide views: `name [(columns)] AS (`."""
    names, opened, before = set(), list[int](), 0  # `before`: what a bracket that closes came after
    for i, token in enumerate(found):
        if token.text == "(":
            opened.append(i)
        elif token.text == ")" and opened:
            before = opened.pop() - 1
        elif token.kind is Kind.IDENT and token.value == "as":
            after = (t.value for t in found[i + 1 :] if t.value not in ("not", "materialized"))
            if i and next(after, "") == "(":
                names.add(found[before if found[i - 1].text == ")" else i - 1].value)
    return frozenset(names)


def _read_from(found: list[Token]) -> frozenset[int]:
    """Give the places where a name is that of a relation: in FROM, not in a list of columns."""
    places = set()
    inside = [False]  # of FROM, for each bracket that is open
    for i, token in enumerate(found):
        word = token.value if token.kind is Kind.IDENT else token.text
        if word == "(":
            inside.append(False)
        elif word == ")" and len(inside) > 1:
            inside.pop()
        elif word in ("from", "join") and (not i or found[i - 1].value != "distinct"):
            inside[-1] = True
            places.add(i + 1)
        elif word == "," and inside[-1]:
            places.add(i + 1)
        elif word in _ENDS_FROM:
            inside[-1] = False
    return frozenset(places)


def circle(view: Queried, catalog: Catalog, *, raw: bool = False) -> frozenset[Identity]:
    """Give the views that read this one and that it reads, itself included; mostly none."""
    start = view.identity
    around = _reach(start, catalog, catalog.depends_on) & _reach(
        start, catalog, lambda i: catalog.dependents.get(i, frozenset())
    )
    if around:
        return frozenset(around | {start})
    return frozenset({start}) if reads_itself(view, raw=raw) else frozenset()


def around_view(
    view: Queried, side: Catalog, context: Context, *, raw: bool = False
) -> frozenset[Identity]:
    """Give what a view rests on and what rests on it: views, and functions that have its rows."""
    found = circle(view, side, raw=raw)
    return found | circle_of(view.identity, side, context) if view.column_types else found


def stands_for(identity: Identity, context: Context) -> Identity:
    """Name what has to be there of an object of a circle before a view in it is made."""
    if identity.kind == "view":
        return stand_in(identity)
    return context.registry[identity.kind].stub(context.desired.objects[identity]) or identity


def _reach(start: Identity, catalog: Catalog, step: object) -> set[Identity]:
    assert callable(step)
    found: set[Identity] = set()
    queue = [start]
    while queue:
        for each in step(queue.pop()):
            if each.kind == "view" and each not in found and each in catalog:
                found.add(each)
                queue.append(each)
    return found if start in found else found - {start}


def stand_in(identity: Identity) -> Identity:
    """Name the stand-in of a view, for the order of operations alone."""
    return Identity("view stand-in", identity.path)


def stand_in_query(view: Queried) -> str:
    """Select nothing but the columns, each of its type and collation."""
    return "SELECT " + comma(map(_column, view.columns))


def plainly(column: ViewColumn) -> ViewColumn:
    """Leave out a column's collation where it is the usual one."""
    name, type_, collation = column
    return name, type_, "" if collation in ("-", '"default"') else collation


def collate(collation: str) -> str:
    """Write a column's collation where it is not the usual one."""
    return f" collate {collation}" if collation not in ("", "-", '"default"') else ""


def _column(column: ViewColumn) -> str:
    name, type_, collation = column
    return f"NULL::{type_}{collate(collation)} AS {ident(name)}"


def outside(view: DbObject, around: Iterable[Identity], catalog: Catalog) -> frozenset[Identity]:
    """Give what a view depends on beside its circle, its parent included."""
    above = frozenset({view.parent}) if view.parent else frozenset()
    return (catalog.depends_on(view.identity) | above) - frozenset(around)
