"""The questions about a table's rows, as it is now under its names of now.

Values go to the server as parameters, and it compares them in the type of the column. What cannot
be compared so yet is compared as text: a column whose type this plan changes or makes. At worst
the plan then shows a row that does not differ; the statement itself compares in the final type.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import LexError
from schemadiff.core.object import changed_attributes
from schemadiff.core.request import Query, Request
from schemadiff.core.sql import comma, ident
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._row.check import changed_on_the_way
from schemadiff.kinds._row.circle import Circular, reached
from schemadiff.kinds._row.spec import Rows, columns_of
from schemadiff.kinds._row.sql import Target, Typed

_TYPES = ("enum", "domain", "composite", "range", "base_type", "table")


def refusal(said: Rows, message: str, request: Request) -> Diagnostic:
    """Say why the rows of a table cannot be read."""
    hint = "plan with a role that may read all rows of the table, or take `rows:` away"
    if "row-level security" in message or "row security" in message:
        hint = "plan with the table's owner (unless row security is forced) or with BYPASSRLS"
    return Diagnostic(
        code="SD189",
        message=f"the rows of {said.table} cannot be compared: {message}",
        hint=hint,
        place=request.place("rows"),
    )


class Asking:
    """One table's rows, and what the two sides say of its columns."""

    def __init__(self, said: Rows, request: Request) -> None:
        self.said = said
        self.request = request
        self.current = request.context.current
        self.desired = request.context.desired

    # --- what is known -------------------------------------------------------------------------

    @cached_property
    def names(self) -> list[str]:
        """The columns that any row gives, those of the key first."""
        return list(dict.fromkeys((*self.said.key, *(c for row in self.said.rows for c, _ in row))))

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The columns as they are to be."""
        return columns_of(self.said.table, self.desired)

    @cached_property
    def is_there(self) -> bool:
        """Tell whether there is a table whose rows stay."""
        return self._stays(self.said.table) and all(self._old(c) is not None for c in self.said.key)

    @cached_property
    def written(self) -> list[str]:
        """The columns of now by their new names, but for generated ones."""
        if not self.is_there:
            return []
        found = columns_of(self.said.table, self.current)
        return [n for n, c in found.items() if c.generated is None]

    @cached_property
    def target(self) -> Target:
        """What the statements need to know of the table."""
        catalog, table = self.desired, self.said.table
        composites = {i.sql for i in catalog.objects if i.kind in ("composite", "table")}
        typed = {
            n: Typed(n, c.type, c.type.removesuffix("[]") in composites)
            for n, c in self.columns.items()
        }
        always = {
            n
            for n, c in self.columns.items()
            if c.identity_options is not None and c.identity_options.generation == "always"
        }
        children = [catalog.objects[c] for c in catalog.children.get(table, ())]
        rules = any(o.identity.kind == "rule" for o in children)
        arbiter = any(self._is_arbiter(o) for o in children) and not rules
        heirs = any(
            i.kind == "table" and table.path in getattr(o, "inherits", ())
            for i, o in catalog.objects.items()
        )
        return Target(table, self.said.key, typed, arbiter, frozenset(always), heirs)

    def _is_arbiter(self, obj: Any) -> bool:
        """Tell whether ON CONFLICT can go by a key: not by one whose check may wait."""
        kind = obj.identity.kind
        if kind in ("primary_key", "unique"):
            return not obj.deferrable and sorted(obj.columns) == sorted(self.said.key)
        if kind == "index" and obj.unique and not obj.where:
            return sorted(c.text for c in obj.columns) == sorted(map(ident, self.said.key))
        return False

    @property
    def requires(self) -> frozenset[Identity]:
        """The table, its columns with their defaults, its keys and its partitions."""
        catalog, table = self.desired, self.said.table
        found = {table}
        for identity in catalog.children.get(table, ()):
            unique = getattr(catalog.objects[identity], "unique", False)
            if identity.kind in ("column", "primary_key", "unique") or unique:
                found |= {identity, *catalog.children.get(identity, ())}
        parts = {table.path}
        for identity, obj in catalog.objects.items():
            if getattr(obj, "partition_of", None) in parts:
                found.add(identity)
                parts.add(identity.path)
        return frozenset(i for i in found if i.kind != "comment")

    @property
    def counters(self) -> tuple[str, ...]:
        """The given columns whose counter has to be moved past the values."""
        catalog = self.desired
        found = []
        for name in self.names:
            column = self.columns[name]
            default = catalog.get(Identity("default", column.identity.path))
            serial = getattr(default, "expression", "").startswith("nextval(")
            if column.identity_options is not None or serial:
                found.append(name)
        return tuple(found)

    @property
    def circular(self) -> tuple[Circular, ...]:
        """The keys in a circle of tables that are checked at once, and what may be null in them."""
        found = []
        for child in self.desired.children.get(self.said.table, ()):
            key: Any = self.desired.objects[child]
            if child.kind != "foreign_key" or child not in self.current:
                continue
            target = Identity("table", key.target)
            if target != self.said.table and self.said.table in reached(target, self.desired):
                free = (c for c in key.columns if not self.columns[c].not_null)
                found.append(Circular(child, target, tuple(free)))
        return tuple(found)

    @cached_property
    def demanded(self) -> list[str]:
        """The columns that a new row has to give: not null, and nothing else gives a value."""
        catalog = self.desired
        if changed_on_the_way(self.requires, catalog):
            return []  # by what may give one
        domains = {i.sql for i in catalog.objects if i.kind == "domain"}  # with defaults of theirs
        return [
            n
            for n, c in self.columns.items()
            if c.not_null and c.generated is None and c.identity_options is None
            and c.type not in domains and Identity("default", c.identity.path) not in catalog
        ]  # fmt: skip

    @property
    def commits(self) -> bool:
        """Tell whether checks of the table's rows wait for the end of the transaction."""
        children = (self.desired.objects[c] for c in self.desired.children.get(self.said.table, ()))
        return any(getattr(o, "initially_deferred", False) for o in children)

    @property
    def before_names(self) -> frozenset[str]:
        """The new names of the columns of now."""
        return frozenset(columns_of(self.said.table, self.current))

    @property
    def stood(self) -> bool:
        """Tell whether there is a table of this name now, even if it goes."""
        return self.said.table in self.current

    def keeps(self, name: str) -> bool:
        """Tell whether a column keeps its values and their type."""
        return self._old(name) is not None and self._settled(name)

    def same_name(self, name: str) -> bool:
        """Tell whether neither the table nor a column of it is renamed."""
        return self._live(self.said.table) == self.said.table and self.live_column(name) == name

    def _stays(self, identity: Identity) -> bool:
        """Tell whether an object is there and is not made anew."""
        old, new = self.current.get(identity), self.desired.get(identity)
        if old is None or new is None:
            return False
        if old is new:
            return True
        context = self.request.context
        changed = changed_attributes(old, new)
        return not context.registry.of(new).must_replace(old, new, changed, context)

    def _old(self, name: str) -> Any:
        """Give a column of now that keeps its values, or None."""
        column = columns_of(self.said.table, self.current).get(name)
        return column if column is not None and self._stays(column.identity) else None

    def _settled(self, name: str) -> bool:
        """Tell whether the server knows the column's type already as it will be."""
        new, old = self.columns[name], self._old(name)
        if old is not None and (old.type, old.collation) != (new.type, new.collation):
            return False
        if "." not in new.type:
            return True
        try:
            path = parse_name(new.type.removesuffix("[]").partition("(")[0])
        except (LexError, ValueError):
            return old is not None
        known = [Identity(kind, path) for kind in _TYPES]
        if any(self.current.get(i) != self.desired.get(i) for i in known):
            return False
        return old is not None or any(i in self.current for i in known)

    # --- the questions -------------------------------------------------------------------------

    def listed(self) -> Query:
        """Ask for each listed row: is it there, with which values, and which of them differ."""
        shown, wanted, differs = [], [], []
        for number, name in enumerate(self.names):
            typed, old = self.target.columns[name], self._old(name)
            value = f"v.c{number}"
            cast = f"{value}::{typed.cast}" if self._settled(name) else value
            wanted.append(f"({cast})::text")
            if not self.is_there or old is None:
                shown.append("NULL")
                differs.append("true")
                continue
            live = f"t.{ident(self._live(old.identity).name)}"
            shown.append(f"{live}::text")
            text = f"{live}::text IS DISTINCT FROM {value}"
            differs.append(typed.differs(live, cast) if self._settled(name) else text)
        found = "t.tableoid IS NOT NULL" if self.is_there else "false"
        keys = comma(self._key_value(n) for n in range(len(self.said.key)))
        sql = (
            f"SELECT v.n, {found}, array_agg(v.n) OVER (PARTITION BY {keys}),"
            f" ARRAY[{comma(shown)}]::text[], ARRAY[{comma(wanted)}]::text[],"
            f" ARRAY[{comma(differs)}]::boolean[] FROM {self._given(len(self.names))}"
        )
        if self.is_there:
            sql += f" LEFT JOIN {self.live_table} AS t ON {self._same_key}"
        return Query(f"{_plain(sql)} ORDER BY v.n", self._parameters(self.names))

    def others(self, limit: int) -> Query:
        """Ask for the rows that are not listed."""
        if not self.is_there:
            return Query("SELECT NULL, NULL WHERE false")
        live = [f"t.{ident(self.live_column(c))}::text" for c in self.said.key]
        values = [f"t.{ident(self.live_column(c))}::text" for c in self.written]
        order = comma(f"t.{ident(self.live_column(c))}" for c in self.said.key)
        count = len(self.said.key)
        sql = (
            f"SELECT ARRAY[{comma(live)}]::text[], ARRAY[{comma(values)}]::text[]"
            f" FROM {self.live_table} AS t WHERE NOT EXISTS"
            f" (SELECT FROM {self._given(count)} WHERE {self._same_key})"
            f" ORDER BY {order} LIMIT {limit}"
        )
        return Query(_plain(sql), self._parameters(list(self.said.key)))

    def values(self) -> Iterator[tuple[Query, Diagnostic]]:
        """Ask for every value alone."""
        for number, row in enumerate(self.said.rows):
            for name, value in row:
                if value is None or not self._settled(name):
                    continue
                type_ = self.target.columns[name].cast
                diagnostic = Diagnostic(
                    code="SD188",
                    message=f"{self.said.table}: {name} is of type {self.columns[name].type}",
                    hint="write the value as PostgreSQL reads it",
                    place=self.request.place("rows", number, name),
                )
                yield Query(_plain(f"SELECT CAST(\0::text AS {type_})"), (value,)), diagnostic

    def _given(self, count: int) -> str:
        columns = comma(f"c{n}" for n in range(count))
        arrays = comma("\0::text[]" for _ in range(count))
        return f"unnest(\0::integer[], {arrays}) AS v (n, {columns})"

    def _parameters(self, names: list[str]) -> tuple[Any, ...]:
        rows = [dict(row) for row in self.said.rows]
        return (list(range(len(rows))), *([row.get(n) for row in rows] for n in names))

    def _key_value(self, number: int) -> str:
        name = self.said.key[number]
        cast = f"::{self.target.columns[name].cast}" if self._settled(name) else ""
        return f"v.c{number}{cast}"

    @property
    def _same_key(self) -> str:
        parts = []
        for number, name in enumerate(self.said.key):
            text = "" if self._settled(name) else "::text"
            live = f"t.{ident(self.live_column(name))}{text}"
            parts.append(f"{live} = {self._key_value(number)}")
        return " AND ".join(parts)

    @property
    def live_table(self) -> str:
        """The table by its name of now."""
        live = self._live(self.said.table)
        partitioned = getattr(self.current.get(self.said.table), "partition_by", None)
        return live.sql if partitioned else f"ONLY {live.sql}"

    def live_column(self, name: str) -> str:
        """Give the name of now of a column."""
        column = columns_of(self.said.table, self.current)[name]
        return self._live(column.identity).name

    def _live(self, identity: Identity) -> Identity:
        return self.request.live(identity)


def _plain(sql: str) -> str:
    """Mark the places of parameters, and keep a percent sign in a name from being one."""
    return sql.replace("%", "%%").replace("\0", "%s")
