"""Views: CREATE VIEW (manual).

CREATE OR REPLACE keeps grants, comments and dependents, but it can only append columns, and it
resets every option that it does not name. It is also the only way to make a view that reads itself,
which is why such a view says the types of its columns (`column_types`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import ClassVar, Self

from pydantic import ModelWrapValidatorHandler, PrivateAttr, model_validator

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, Sql, Text
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._column.names import comment_columns
from schemadiff.kinds._hazards.common import view_hazards
from schemadiff.kinds._shorthand import ShorthandError, parse_column
from schemadiff.kinds._view import (
    QuerySpec,
    ViewColumn,
    canonical,
    column_list,
    columns_differ,
    columns_sql,
    gone,
    is_relation,
    moves,
    query_differs,
    query_of,
    read_columns,
    sections_yaml,
)
from schemadiff.kinds._view_circle import (
    CIRCLES,
    around_view,
    collate,
    outside,
    plainly,
    reads_itself,
    stand_in,
    stand_in_query,
    stands_for,
)
from schemadiff.kinds._view_options import (
    FLAGS,
    Said,
    Switch,
    in_yaml,
    is_on,
    said_in,
    spelled,
    written,
)

_READ = frozenset({"query", "column_list", "column_types"})


class ViewSpec(QuerySpec):
    """A view; the query alone is the short form."""

    guesses: ClassVar = QuerySpec.guesses | dict.fromkeys(
        ("options", "with"), "security_invoker, security_barrier or check_option"
    )
    shorthands: ClassVar = ({"type": "string"},)

    recursive: Flag = False
    """CREATE RECURSIVE VIEW; `columns` must be named."""
    security_barrier: Switch | None = None
    """Whether conditions of the view come before those of its users."""
    security_invoker: Switch | None = None
    """Whether tables are read with the rights of the reader (PostgreSQL 15)."""
    check_option: Text | None = None
    """`local` or `cascaded`."""
    defaults: dict[Text, Sql] = {}  # noqa: RUF012  pydantic copies it
    """Defaults of columns, for INSERT through the view: `{name: expression}`."""
    column_types: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Types of the columns of a view that reads itself by way of others, or of functions."""
    _order: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _in_order(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(value)
        made.remember(value if isinstance(value, dict) else ())
        return made

    def remember(self, keys: Iterable[str]) -> None:
        """Keep the order of the keys in the file."""
        self._order = tuple(keys)

    @property
    def said(self) -> Said:
        """The options that are on or off, in the order of the file."""
        given = ((name, getattr(self, name, None)) for name in self._order if name in FLAGS)
        return tuple((name, text) for name, text in given if text is not None)


@record(frozen=True, slots=True)
class View(DbObject):
    """A view; `columns` (name, type, collation) are what the server made of the query.

    `column_types` are the columns of one that reads itself, alone, by way of other views, or of
    a function whose signature has its rows: its query does not tell what they are.
    """

    query: str
    column_list: str | None = None
    security_barrier: bool = False
    security_invoker: bool = False
    check_option: str | None = None
    columns: tuple[ViewColumn, ...] = field(default=(), compare=False)
    column_types: tuple[ViewColumn, ...] = ()
    said: Said = field(default=(), compare=False)  # how the options are spelled, in their order

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class ViewKind(ObjectKind):
    """CREATE OR REPLACE VIEW."""

    name = "view"
    file = "views/{name}"
    order = 85
    present = "relkind = 'v'"
    model = View
    since: ClassVar = {"security_invoker": 15}
    within = ("", "schema")
    section = "views"
    spec = ViewSpec
    alters = frozenset(
        {"query", "column_list", "column_types"}
        | {"security_barrier", "security_invoker", "check_option"}
    )
    # The server prints given names of columns inside of the query, so it judges both.
    texts = frozenset({"query", "column_list"})
    forgotten = frozenset({"column_list"})  # which becomes a part of the query
    shadow_only = True
    spaces = frozenset({"relation", "type"})
    comment_on = "VIEW"
    made_again = True
    used_by_name = True
    circle_key = "column_types"

    def catalog_sql(self, version: int) -> str:
        """Read all views with their columns."""
        del version
        return f"""{CIRCLES}
            SELECT c.oid, n.nspname, c.relname, pg_get_viewdef(c.oid), c.reloptions, a.columns,
                   c.oid IN (SELECT view FROM back)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            {columns_sql("v")}
            WHERE c.relkind = 'v' AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> View | None:
        """Make the view."""
        del names
        options = dict(each.partition("=")[::2] for each in row[4] or ())
        columns = read_columns(row[5])
        view = View(
            Identity("view", (row[1], row[2])),
            canonical(row[3]),
            None,
            is_on(options.get("security_barrier")),
            is_on(options.get("security_invoker")),
            options.get("check_option"),
            columns,
            said=said_in(options),
        )
        if not row[6] and not reads_itself(view):
            return view
        return replace(view, column_types=tuple(map(plainly, columns)))

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave the types as they are where the YAML does not speak of them."""
        assert isinstance(raw, View)
        assert isinstance(current, View)
        return raw if raw.column_types else replace(raw, column_types=current.column_types)

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
        types = tuple(_typed(n, t, at) for n, t in spec.column_types.items())
        view = View(
            Identity("view", (at.schema, at.name or "")),
            query,
            columns,
            is_on(spec.security_barrier),
            is_on(spec.security_invoker),
            option,
            types,
            types,
            spec.said,
        )
        yield view
        comment_columns(spec, view, at)
        for column, text in spec.defaults.items():
            default = at.expression(text, "defaults", column)
            at.child("default", view, column, default, "defaults", column)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the query alone where there is nothing else."""
        assert isinstance(obj, View)
        values: dict[str, YamlValue] = {"query": obj.query}
        if obj.column_types:
            values["column_types"] = {
                name: style.type(type_) + collate(collation)
                for name, type_, collation in obj.column_types
            }
        values |= dict(in_yaml(obj))
        values |= sections_yaml(nested)
        return obj.query if len(values) == 1 else values

    def stub(self, obj: View) -> Identity | None:
        """One that has the columns alone, where a function has its rows and it calls that."""
        return stand_in(obj.identity) if obj.column_types else None

    def create(self, new: View, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE VIEW, after a stand-in where the view reads itself."""
        made = _replace(Verb.CREATE, new, LockMode.ACCESS_SHARE)
        side = context.desired
        around = around_view(new, side, context, raw=context.raw) if new.columns else frozenset()
        if not around:
            yield made
            return
        others = outside(new, around, side)
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE VIEW {new.identity.sql} AS {stand_in_query(new)}",
            guard=Guard(f"NOT {self.exists(new)}"),
            provides=frozenset({stand_in(new.identity)}),
            requires=others,
            lock=LockMode.NONE,
            bound=False,
        )
        yield replace(
            made,
            provides=frozenset({new.identity}),
            requires=others.union(stands_for(each, context) for each in around),
            bound=False,
        )

    def alter(
        self, old: View, new: View, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE where the query changes, else SET and RESET."""
        if changed & _READ:
            anew = _replace(Verb.ALTER, new, LockMode.ACCESS_EXCLUSIVE)
            if new.columns != old.columns and (first := self.stub(new)):
                # Functions that have its rows give the new columns from then on.
                around = around_view(new, context.desired, context)
                rests = outside(new, around, context.desired)
                hollow = _replace(Verb.ALTER, replace(new, query=stand_in_query(new)), anew.lock)
                there = frozenset({first})
                yield replace(hollow, provides=there, requires=rests, makes=False, bound=False)
            yield anew
            return
        before, after = dict(spelled(old)), dict(spelled(new))
        gone_ = [name for name in before if name in changed and name not in after]
        given = [(name, value) for name, value in after.items() if name in changed]
        head = f"ALTER VIEW {new.identity.sql}"
        if gone_:
            yield Operation(
                verb=Verb.ALTER, target=new.identity, sql=f"{head} RESET ({comma(gone_)})"
            )
        if given:
            yield Operation(
                verb=Verb.ALTER, target=new.identity, sql=f"{head} SET ({written(given)})"
            )

    def hazards(
        self, old: View | None, new: View | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say what readers miss, and what is no longer kept from them."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None:
            yield from view_hazards(old, new)

    def must_replace(self, old: View, new: View, changed: frozenset[str], context: Context) -> bool:
        """Columns can only be appended."""
        del context
        if not changed & _READ:
            return False
        return not old.columns or old.columns != new.columns[: len(old.columns)]

    def drop(self, old: View, context: Context) -> Iterable[Operation]:
        """DROP VIEW; first it reads nothing more, where it is one of a circle."""
        drop = Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP VIEW IF EXISTS {old.identity.sql}",
            guard=gone(old.identity, "v", context),
        )
        around = around_view(old, context.current, context)
        if len(around) < 2 or not old.columns:  # noqa: PLR2004  a view alone can be dropped
            yield drop
            return
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"CREATE OR REPLACE VIEW {old.identity.sql} AS {stand_in_query(old)}",
            guard=Guard(self.exists(old)),
            releases=(around - {old.identity}) | {stand_in(old.identity)},
            bound=False,
        )
        yield replace(
            drop,
            destroys=frozenset({old.identity, stand_in(old.identity)}),
            releases=outside(old, around, context.current),
            bound=False,
        )

    def rename(self, old: View, new: View, context: Context) -> Iterable[Operation]:
        """ALTER VIEW … SET SCHEMA, RENAME TO."""
        del context
        return moves("VIEW", old, new, "v")

    def exists(self, obj: View) -> str:
        """Ask pg_class."""
        return is_relation(obj.identity.sql, "v")

    def differs(self, new: View) -> str:
        """Compare the query, and the types that it does not tell."""
        differs, name = query_differs(new.identity.sql, "v", new.query), new.identity.sql
        if not new.column_types:
            return differs
        return f"{differs} OR {is_relation(name, 'v', f' AND {columns_differ(new.columns)}')}"


def _typed(name: str, text: str, at: At) -> ViewColumn:
    """Split `text collate "C"`."""
    try:
        said = parse_column(text)
    except ShorthandError as error:
        message = f"{name} of {at.name}: {error.message}"
        at.fail("SD097", message, "write its type", "column_types", name)
        return name, "text", ""
    collation = said.get("collation")
    return (
        name,
        at.type(said["type"], "column_types", name),
        at.collation(collation, "column_types", name) if collation else "",
    )


def _replace(verb: Verb, new: View, lock: LockMode) -> Operation:
    columns = f" ({new.column_list})" if new.column_list else ""
    options = [*spelled(new)]
    with_ = f" WITH ({written(options)})" if options else ""
    return Operation(
        verb=verb,
        target=new.identity,
        sql=f"CREATE OR REPLACE VIEW {new.identity.sql}{columns}{with_} AS\n{new.query}",
        makes=True,
        lock=lock,
    )
