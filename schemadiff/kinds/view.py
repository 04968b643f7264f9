"""Views: CREATE VIEW (manual).

CREATE OR REPLACE keeps grants, comments and dependents, but it can only append columns, and it
resets every option that it does not name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.spec_model import Flag, Text
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._view import (
    QuerySpec,
    canonical,
    column_list,
    comment_columns,
    gone,
    is_relation,
    moves,
    query_differs,
    query_of,
    sections_yaml,
)

ViewColumn = tuple[str, str, str]


class ViewSpec(QuerySpec):
    """A view; the query alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    recursive: Flag = False
    security_barrier: Flag = False
    security_invoker: Flag = False
    check_option: Text | None = None


@dataclass(frozen=True, slots=True)
class View(DbObject):
    """A view; `columns` (name, type, collation) are what the server made of the query."""

    query: str
    column_list: str | None = None
    security_barrier: bool = False
    security_invoker: bool = False
    check_option: str | None = None
    columns: tuple[ViewColumn, ...] = field(default=(), compare=False)

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class ViewKind(ObjectKind):
    """CREATE OR REPLACE VIEW."""

    name = "view"
    file = "views/{name}"
    order = 85
    model = View
    within = ("", "schema")
    section = "views"
    spec = ViewSpec
    alters = frozenset(
        {"query", "column_list", "security_barrier", "security_invoker", "check_option"}
    )
    # The server prints given names of columns inside of the query, so it judges both.
    texts = frozenset({"query", "column_list"})
    shadow_only = True
    spaces = frozenset({"relation", "type"})
    comment_on = "VIEW"

    def catalog_sql(self, version: int) -> str:
        """Read all views with their columns."""
        del version
        return """
            SELECT c.oid, n.nspname, c.relname, pg_get_viewdef(c.oid), c.reloptions, a.columns
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN (
                SELECT attrelid, array_agg(ARRAY[attname::text, format_type(atttypid, atttypmod),
                                                 attcollation::regcollation::text]
                                           ORDER BY attnum) AS columns
                FROM pg_attribute JOIN pg_class vc ON vc.oid = attrelid AND vc.relkind = 'v'
                JOIN pg_namespace n ON n.oid = vc.relnamespace AND {namespaces}
                WHERE attnum > 0 AND NOT attisdropped
                GROUP BY attrelid
            ) a ON a.attrelid = c.oid
            WHERE c.relkind = 'v' AND {namespaces}"""

    def read(self, row: Row, names: Names) -> View | None:
        """Make the view."""
        del names
        options = dict(each.partition("=")[::2] for each in row[4] or ())
        return View(
            Identity("view", (row[1], row[2])),
            canonical(row[3]),
            None,
            _is_on(options.get("security_barrier")),
            _is_on(options.get("security_invoker")),
            options.get("check_option"),
            tuple((c[0], c[1], c[2]) for c in row[5] or ()),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A relation's name is taken among relations and among types."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: ViewSpec, at: At) -> Iterable[View]:
        """Make the view of its name."""
        query = query_of(spec, at)
        if query is None:
            return
        option = spec.check_option.lower() if spec.check_option else None
        if option not in (None, "local", "cascaded"):
            message = f"check_option of {at.name} cannot be {spec.check_option!r}"
            hint = "check_option: local, or check_option: cascaded"
            at.fail("SD097", message, hint, "check_option")
        columns = column_list(spec.columns)
        if spec.recursive:
            if columns is None:
                message = f"the recursive view {at.name} does not name its columns"
                at.fail("SD097", message, "add columns: [name, …]", "recursive")
                return
            # What CREATE RECURSIVE VIEW stands for (manual, CREATE VIEW).
            name = ident(at.name or "")
            query = f"WITH RECURSIVE {name} ({columns}) AS ({query}) SELECT {columns} FROM {name}"
        view = View(
            Identity("view", (at.schema, at.name or "")),
            query,
            columns,
            spec.security_barrier,
            spec.security_invoker,
            option,
        )
        yield view
        comment_columns(spec, view, at)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the query alone where there is nothing else."""
        del style
        assert isinstance(obj, View)
        values: dict[str, YamlValue] = {"query": obj.query}
        for key in ("security_barrier", "security_invoker"):
            if getattr(obj, key):
                values[key] = True
        if obj.check_option:
            values["check_option"] = obj.check_option
        values |= sections_yaml(nested)
        return obj.query if len(values) == 1 else values

    def create(self, new: View, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE VIEW."""
        del context
        yield _replace(Verb.CREATE, new, LockMode.ACCESS_SHARE)

    def alter(
        self, old: View, new: View, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE where the query changes, else SET and RESET."""
        del context
        if changed & {"query", "column_list"}:
            yield _replace(Verb.ALTER, new, LockMode.ACCESS_EXCLUSIVE)
            return
        before, after = dict(_options(old)), dict(_options(new))
        gone_ = [name for name in before if name not in after]
        given = {name: value for name, value in after.items() if before.get(name) != value}
        head = f"ALTER VIEW {new.identity.sql}"
        if gone_:
            yield Operation(
                verb=Verb.ALTER, target=new.identity, sql=f"{head} RESET ({comma(gone_)})"
            )
        if given:
            yield Operation(
                verb=Verb.ALTER, target=new.identity, sql=f"{head} SET ({_written(given)})"
            )

    def must_replace(self, old: View, new: View, changed: frozenset[str], context: Context) -> bool:
        """Columns can only be appended."""
        del context
        if not changed & {"query", "column_list"}:
            return False
        return not old.columns or old.columns != new.columns[: len(old.columns)]

    def drop(self, old: View, context: Context) -> Iterable[Operation]:
        """DROP VIEW."""
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP VIEW IF EXISTS {old.identity.sql}",
            guard=gone(old.identity, "v", context),
        )

    def rename(self, old: View, new: View, context: Context) -> Iterable[Operation]:
        """ALTER VIEW … SET SCHEMA, RENAME TO."""
        del context
        return moves("VIEW", old, new, "v")

    def exists(self, obj: View) -> str:
        """Ask pg_class."""
        return is_relation(obj.identity.sql, "v")

    def differs(self, new: View) -> str:
        """Compare the query."""
        return query_differs(new.identity.sql, "v", new.query)


def _is_on(value: str | None) -> bool:
    return value is not None and value.lower() in ("true", "on", "1", "yes", "t", "y", "")


def _options(view: View) -> Iterable[tuple[str, str]]:
    if view.check_option:
        yield "check_option", view.check_option
    if view.security_barrier:
        yield "security_barrier", "true"
    if view.security_invoker:
        yield "security_invoker", "true"


def _written(options: dict[str, str]) -> str:
    return comma(f"{name} = {value}" for name, value in options.items())


def _replace(verb: Verb, new: View, lock: LockMode) -> Operation:
    columns = f" ({new.column_list})" if new.column_list else ""
    options = dict(_options(new))
    with_ = f" WITH ({_written(options)})" if options else ""
    return Operation(
        verb=verb,
        target=new.identity,
        sql=f"CREATE OR REPLACE VIEW {new.identity.sql}{columns}{with_} AS\n{new.query}",
        lock=lock,
    )
