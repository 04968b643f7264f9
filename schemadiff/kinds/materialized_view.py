"""Materialized views: CREATE MATERIALIZED VIEW (manual).

There is no OR REPLACE: another query means a drop and a create. Nothing is lost by that, the rows
come from the query; whether it is populated is no part of the state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import ClassVar

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import Stage, is_temporary
from schemadiff.core.operation import Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record
from schemadiff.core.sizes import UNKNOWN
from schemadiff.core.sources import sources
from schemadiff.core.spec_model import Flag, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.kinds._column.names import comment_columns
from schemadiff.kinds._index.key import of_query
from schemadiff.kinds._materialized_circle import filled, functions_around, stub_of, unfilled
from schemadiff.kinds._materialized_swap import place_of, rests_on_what_stays, swap_relations
from schemadiff.kinds._storage import to_storage
from schemadiff.kinds._table.options import read_parameters
from schemadiff.kinds._view import (
    QuerySpec,
    ViewColumn,
    canonical,
    column_list,
    columns_sql,
    gone,
    is_relation,
    moves,
    query_differs,
    query_of,
    read_columns,
    sections_yaml,
)

Option = tuple[str, str]


class MaterializedViewSpec(QuerySpec):
    """A materialized view; the query alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    using: Text | None = None
    """The table access method; absent is `heap`."""
    tablespace: Text | None = None
    """The tablespace it lies in; absent is the database's own."""
    with_data: Flag = True
    """Whether it is filled when it is made."""
    parameters: dict[Text, Sql] = {}  # noqa: RUF012  pydantic copies it
    """Storage parameters, such as `fillfactor`."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""


@record(frozen=True, slots=True)
class MaterializedView(DbObject):
    """A materialized view; `using` is None for the access method heap.

    `columns` (name, type, collation) are what the server made of the query.
    """

    query: str
    column_list: str | None = None
    using: str | None = None
    parameters: tuple[Option, ...] = ()
    with_data: bool = field(default=True, compare=False)
    columns: tuple[ViewColumn, ...] = field(default=(), compare=False)

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class MaterializedViewKind(ObjectKind):
    """CREATE MATERIALIZED VIEW."""

    name = "materialized_view"
    evaluates = True
    file = "views/{name}"
    order = 86
    present = "relkind = 'm'"
    model = MaterializedView
    within = ("", "schema")
    section = "materialized_views"
    spec = MaterializedViewSpec
    alters = frozenset({"parameters"})
    replaces = frozenset({"query", "column_list", "using"})
    texts = frozenset({"query", "column_list"})
    forgotten = frozenset({"column_list"})  # which becomes a part of the query
    shadow_only = True
    spaces = frozenset({"relation", "type"})
    comment_on = "MATERIALIZED VIEW"
    used_by_name = True
    has_rows = True

    def catalog_sql(self, version: int) -> str:
        """Read all materialized views."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, pg_get_viewdef(c.oid), m.amname, c.reloptions,
                   toast.reloptions, a.columns
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_am m ON m.oid = c.relam
            LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
            {columns_sql("m")}
            WHERE c.relkind = 'm' AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> MaterializedView | None:
        """Make the materialized view, none for one that is there for a while."""
        del names
        if is_temporary(row[2]):
            return None
        return MaterializedView(
            Identity("materialized_view", (row[1], row[2])),
            canonical(row[3]),
            None,
            None if row[4] in (None, "heap") else row[4],
            read_parameters(row[5], row[6]),
            columns=read_columns(row[7]),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A relation's name is taken among relations and among types."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: MaterializedViewSpec, at: At) -> Iterable[MaterializedView]:
        """Make the materialized view of its name."""
        query = query_of(spec, at)
        if query is None:
            return
        using = spec.using.lower() if spec.using else None
        view = MaterializedView(
            Identity("materialized_view", (at.schema, at.name or "")),
            query,
            column_list(spec.columns),
            None if using == "heap" else using,
            to_storage(spec.parameters),
            spec.with_data,
        )
        yield view
        comment_columns(spec, view, at)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the query alone where there is nothing else."""
        del style
        assert isinstance(obj, MaterializedView)
        values: dict[str, YamlValue] = {"query": obj.query}
        if obj.using:
            values["using"] = obj.using
        if obj.parameters:
            values["parameters"] = dict(obj.parameters)
        values |= sections_yaml(nested)
        return obj.query if len(values) == 1 else values

    def stub(self, obj: MaterializedView) -> Identity:
        """One without rows, where a function reads it that its query calls."""
        return stub_of(obj.identity)

    def create(self, new: MaterializedView, context: Context) -> Iterable[Operation]:
        """CREATE MATERIALIZED VIEW IF NOT EXISTS."""
        # To say what it is, a scratch database need not run it: what a function in it reads by
        # the text of its body is not there.
        fill = new.with_data and not context.raw
        around = functions_around(new, context) if fill else []
        data = "" if fill and not around else "\nWITH NO DATA"
        made = Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"{_made(new, new.identity)}{data}",
            lock=LockMode.ACCESS_SHARE,
            scans=not data,
            scan_for=ScanFor.QUERY,
            stage=Stage.SCAN if not data and _reads_in_use(new, context) else Stage.FIRST,
            provides=frozenset({stub_of(new.identity)}),
        )
        if around:
            yield unfilled(made, context)
            yield from filled(new, around, context)
        else:
            yield made

    def swap(
        self, old: MaterializedView, new: MaterializedView, context: Context
    ) -> Iterable[Operation] | None:
        """Compute the new one beside the old one, where its query may take long."""
        del old
        beside = new.with_data and _reads_in_use(new, context) and rests_on_what_stays(new, context)
        made = _made(new, place_of(new))
        return swap_relations(new, made, self.differs(new)) if beside else None

    def alter(
        self,
        old: MaterializedView,
        new: MaterializedView,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """SET and RESET storage parameters."""
        del changed, context
        before, after = dict(old.parameters), dict(new.parameters)
        given = [(k, v) for k, v in after.items() if before.get(k) != v]
        lost = [k for k in before if k not in after]
        head = f"ALTER MATERIALIZED VIEW {new.identity.sql}"
        if lost:
            yield _step(new, f"{head} RESET ({comma(map(_name, lost))})")
        if given:
            yield _step(new, f"{head} SET ({_written(given)})")

    def drop(self, old: MaterializedView, context: Context) -> Iterable[Operation]:
        """DROP MATERIALIZED VIEW; its rows can be computed again."""
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP MATERIALIZED VIEW IF EXISTS {old.identity.sql}",
            guard=gone(old.identity, "m", context),
        )

    def hazards(
        self,
        old: MaterializedView | None,
        new: MaterializedView | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say that the stored rows go; a warning, for they can be computed again."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is None:
            text = f"The stored rows of {old.identity.sql} are gone."
            yield hazard("drop-materialized-view", old.identity, text)

    def questions(
        self,
        old: MaterializedView | None,
        new: MaterializedView | None,
        changed: frozenset[str],
        asking: Asking,
    ) -> Iterable[Question]:
        """Ask whether its query can be run."""
        if new is not None and (old is None or changed & self.replaces):
            yield from of_query(new, asking)

    def asked_again(self, obj: MaterializedView, asking: Asking) -> Iterable[Question]:
        """It is computed again."""
        return of_query(obj, asking)

    def rename(
        self, old: MaterializedView, new: MaterializedView, context: Context
    ) -> Iterable[Operation]:
        """ALTER MATERIALIZED VIEW … SET SCHEMA, RENAME TO."""
        del context
        return moves("MATERIALIZED VIEW", old, new, "m")

    def exists(self, obj: MaterializedView) -> str:
        """Ask pg_class."""
        return is_relation(obj.identity.sql, "m")

    def differs(self, new: MaterializedView) -> str:
        """Compare the query and the access method."""
        name = new.identity.sql
        method = (
            " AND relam <> (SELECT oid FROM pg_catalog.pg_am WHERE amname = "
            f"{literal(new.using or 'heap')})"
        )
        return f"{query_differs(name, 'm', new.query)} OR {is_relation(name, 'm', method)}"


def _made(new: MaterializedView, place: Identity) -> str:
    columns = f" ({new.column_list})" if new.column_list else ""
    using = f" USING {ident(new.using)}" if new.using else ""
    with_ = f" WITH ({_written(new.parameters)})" if new.parameters else ""
    head = f"CREATE MATERIALIZED VIEW IF NOT EXISTS {place.sql}{columns}{using}{with_}"
    return f"{head} AS\n{new.query}"


def _reads_in_use(new: MaterializedView, context: Context) -> bool:
    """Tell whether the query may take long while tables in use would be locked."""
    if not context.online or context.rebuilding:
        return False
    holding = {kind.name for kind in context.registry if kind.has_rows}
    known = context.sizes.known
    return any(
        each in context.current and not known.get(each.path, UNKNOWN).empty
        for each in sources(new.identity, context.desired, holding)
    )


def _step(new: MaterializedView, sql: str) -> Operation:
    lock = LockMode.SHARE_UPDATE_EXCLUSIVE
    return Operation(verb=Verb.ALTER, target=new.identity, sql=sql, lock=lock)


def _name(parameter: str) -> str:
    return qualified(*parameter.split("."))


def _written(options: Iterable[Option]) -> str:
    return comma(f"{_name(name)} = {literal(value)}" for name, value in options)
