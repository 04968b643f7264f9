"""Kinds whose attributes are each one SQL expression over one row of a catalog.

The same expressions read the object and stand in the guards, so that what is compared before a
statement is exactly what was read. The surprising fact: the server is asked for names in quotes
(`quote_ident`), so a name that only some versions quote is written as the asked one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, ClassVar

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lexer import LexError
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject, attributes
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import SpecModel, Text
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.sqlname import parse_name

Value = str | int | bool | float | tuple[str, ...] | None


def named(catalog: str, prefix: str, oid: str) -> str:
    """Give the SQL of the name of what an OID column refers to; bare where it is the server's."""
    return (
        f"(SELECT CASE n_.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(n_.nspname) || '.' END"
        f" || quote_ident(x_.{prefix}name) FROM pg_catalog.{catalog} x_"
        f" JOIN pg_catalog.pg_namespace n_ ON n_.oid = x_.{prefix}namespace WHERE x_.oid = {oid})"
    )


def routine(oid: str) -> str:
    """Give the SQL of a function's name."""
    return named("pg_proc", "pro", oid)


def operator(oid: str) -> str:
    """Give the SQL of an operator's name, which takes no quotes."""
    return named("pg_operator", "opr", oid).replace("quote_ident(x_.oprname)", "x_.oprname")


def sql_value(value: Value) -> str:
    """Write an attribute as SQL, to be compared with its expression."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return literal(value)
        case AnyOrder():
            return sql_value(tuple(sorted(value)))
        case tuple():
            return f"ARRAY[{comma(map(literal, value))}]::text[]"


def in_order(expression: str) -> str:
    """Sort an array, as `sql_value` does where the order means nothing."""
    return f'ARRAY(SELECT e FROM unnest({expression}) e ORDER BY e COLLATE "C")'


class FormKind(ObjectKind):
    """A row of a catalog: `x` is its alias in `source`, `n` that of its schema if it has one."""

    source: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ("n.nspname", "x.name")
    facts: ClassVar[Mapping[str, str]]
    only: ClassVar[str] = "true"
    unordered: ClassVar[frozenset[str]] = frozenset()  # arrays whose order means nothing
    present = "true"
    words: ClassVar[str]
    in_schema: ClassVar[bool] = True
    types: ClassVar[frozenset[str]] = frozenset()  # attributes that are types
    functions: ClassVar[frozenset[str]] = frozenset()  # attributes that are names of functions
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    within: ClassVar[tuple[str, ...]] = ("", "schema")
    lock: ClassVar[LockMode] = LockMode.NONE

    # --- the live server -------------------------------------------------------------------

    def catalog_sql(self, version: int) -> str:
        """Select the key and the facts."""
        del version
        scope = "{namespaces}"
        if not self.in_schema:
            scope = (
                "EXISTS (SELECT 1 FROM pg_namespace n "
                "WHERE n.oid <> pg_my_temp_schema() AND {namespaces})"
            )
        return (
            f"SELECT {comma(('x.oid', *self.key, *self.facts.values()))} FROM {self.source} "
            f"WHERE x.oid >= 16384 AND {self.only} AND {scope}"
        )

    def read(self, row: Row, names: Names) -> DbObject | None:
        """Make the object."""
        del names
        end = 1 + len(self.key)
        values = {
            name: self._listed(name, value) if isinstance(value, list) else value
            for name, value in zip(self.facts, row[end:], strict=True)
        }
        return self.model(Identity(self.name, tuple(row[1:end])), **values)

    def _listed(self, name: str, value: list[Any]) -> tuple[Any, ...]:
        return AnyOrder(value) if name in self.unordered else tuple(value)

    # --- YAML ------------------------------------------------------------------------------

    def path(self, spec: Any, at: At) -> tuple[str, ...]:
        """Give the path of what is declared."""
        del spec
        name = at.name or ""
        return (at.schema, name) if self.in_schema else (name,)

    def expand(self, spec: Any, at: At) -> Iterable[DbObject]:
        """Make the object, each attribute from the key of its name."""
        values = {name: self.value(name, spec, at) for name in self.facts}
        yield self.model(Identity(self.name, self.path(spec, at)), **values)

    def value(self, name: str, spec: Any, at: At) -> Any:
        """Give the attribute that a key stands for."""
        value = getattr(spec, name)
        if value is None:
            return None
        if name in self.types:
            return at.type(value, name)
        if name in self.functions:
            return self.spelled(name, value, at)
        if name in self.choices:
            allowed = self.choices[name]
            if value.lower() not in allowed:
                message = f"{name} of {at.name} cannot be {value!r}"
                at.fail("SD098", message, f"{name}: {' | '.join(allowed)}", name)
            return value.lower()
        return self._listed(name, value) if isinstance(value, list) else value

    def spelled(self, name: str, value: str, at: At) -> str:
        """Give a name as the server prints it, as far as that can be told without asking it."""
        try:
            parts = parse_name(value)
        except (LexError, ValueError) as error:
            at.fail("SD033", f"{value!r} is not a name: {error}", "write schema.name", name)
            return value
        return qualified(*(parts[1:] if parts[0] == "pg_catalog" else parts))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default."""
        return {**self.plain_yaml(obj, style), **nested}

    def plain_yaml(self, obj: DbObject, style: Style) -> dict[str, YamlValue]:
        """Give the attributes that are not what they are by default."""
        values: dict[str, YamlValue] = {}
        for field in fields(obj):
            if field.name == "identity" or not field.compare:
                continue
            value = getattr(obj, field.name)
            if field.default is not MISSING and value == field.default:
                continue
            if field.name in self.types and value is not None:
                value = style.type(value)
            values[field.name] = list(value) if isinstance(value, tuple) else value
        return values

    # --- DDL -------------------------------------------------------------------------------

    def definition(self, new: Any, context: Context) -> str:
        """Give the statement that makes the object."""
        raise NotImplementedError(self.name)

    def subject(self, path: tuple[str, ...]) -> str:
        """Give what an object is called behind the words of DROP and ALTER."""
        return qualified(*path)

    def create(self, new: Any, context: Context) -> Iterable[Operation]:
        """CREATE, which has no IF NOT EXISTS."""
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=self.definition(new, context),
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=self.lock,
        )

    def drop(self, old: Any, context: Context) -> Iterable[Operation]:
        """DROP; guarded, for IF EXISTS still fails where a part of the name is missing."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP {self.words} IF EXISTS {self.subject(old.identity.path)}",
            guard=Guard(self.exists(old)),
            lock=self.lock,
        )

    def rename(self, old: Any, new: Any, context: Context) -> Iterable[Operation]:
        """SET SCHEMA, RENAME TO."""
        del context
        path, part, target = list(old.identity.path), self.name_part, new.identity
        if self.in_schema and path[0] != target.path[0]:
            yield self.step(new, tuple(path), f"SET SCHEMA {ident(target.path[0])}")
            path[0] = target.path[0]
        if path[part] != target.path[part]:
            yield self.step(new, tuple(path), f"RENAME TO {ident(target.path[part])}")

    def step(self, new: Any, path: tuple[str, ...], action: str) -> Operation:
        """Make one step of a rename, from what is now called by `path`."""
        return Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER {self.words} {self.subject(path)} {action}",
            guard=Guard(self.found(path)),
            lock=self.lock,
        )

    def change(self, new: Any, action: str, *attributes_: str) -> Operation:
        """ALTER in place, for as long as one of the attributes is another one."""
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER {self.words} {self.subject(new.identity.path)} {action}",
            guard=Guard(self.found(new.identity.path, self.others(new, attributes_))),
            lock=self.lock,
        )

    # --- guards ----------------------------------------------------------------------------

    def found(self, path: tuple[str, ...], condition: str = "") -> str:
        """Give the condition that there is a row of that path, and what else must hold."""
        is_it = " AND ".join(f"{k} = {literal(p)}" for k, p in zip(self.key, path, strict=True))
        more = f" AND {condition}" if condition else ""
        return f"EXISTS (SELECT 1 FROM {self.source} WHERE {is_it} AND {self.only}{more})"

    def others(self, new: DbObject, names: Iterable[str]) -> str:
        """Give the condition that one of the attributes is not as in `new`."""
        return f"({' OR '.join(self._others(new, names))})"

    def _others(self, new: DbObject, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            value = getattr(new, name)
            fact = in_order(self.facts[name]) if isinstance(value, AnyOrder) else self.facts[name]
            yield f"{fact} IS DISTINCT FROM {sql_value(value)}"

    def exists(self, obj: DbObject) -> str:
        """Ask the catalog."""
        return self.found(obj.identity.path)

    def differs(self, new: DbObject) -> str:
        """Compare what cannot be altered."""
        fixed = [name for name in attributes(self.model) if name in self.replaces]
        return self.found(new.identity.path, self.others(new, fixed))

    def comment_target(self, obj: DbObject) -> str:
        """Give the words and the name."""
        return f"{self.comment_on} {self.subject(obj.identity.path)}"


def in_schema(name: str, prefix: str) -> str:
    """Give the FROM clause of a catalog whose rows live in schemas."""
    return f"pg_catalog.{name} x JOIN pg_catalog.pg_namespace n ON n.oid = x.{prefix}namespace"


class CommentedSpec(SpecModel):
    """What can be commented on but not renamed."""

    comment: Text | None = None
    """What COMMENT ON says about it; absent means no comment."""


@record(frozen=True, slots=True)
class InSchema(DbObject):
    """An object that lives in a schema."""

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])
