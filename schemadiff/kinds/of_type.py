"""Typed tables: CREATE TABLE … OF, which ties a table's columns to a composite type.

The columns are written as those of any table. The tie is an object of its own, because neither the
type nor a column can change while it holds: it is untied before (NOT OF) and tied again after
(OF), which costs no more than a look at the catalogs and does what CASCADE would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SpecModel, Text
from schemadiff.core.sql import literal, qualified
from schemadiff.kinds._table.for_good import columns_there
from schemadiff.kinds._types import untie


class OfTypeSpec(SpecModel):
    """The composite type whose attributes are the table's columns; its name is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    type: Text
    """The composite type. The columns are said by the table all the same, in the type's order."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the name."""
        return {"type": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class OfType(DbObject):
    """That a table is typed; its path is the table's."""

    type: tuple[str, str]
    columns: tuple[str, ...] = ()

    @property
    def parent(self) -> Identity:
        """The table."""
        return Identity("table", self.identity.path)

    @property
    def refers(self) -> Iterator[Identity]:
        """The type, and the columns that have to be like its attributes."""
        yield Identity("composite", self.type)
        for name in self.columns:
            yield Identity("column", (*self.identity.path, name))


class OfTypeKind(ObjectKind):
    """ALTER TABLE … OF."""

    name = "of_type"
    order = 66
    present = "reloftype <> 0"
    model = OfType
    section = "of"
    within = ("table",)
    single = True
    sorts = True
    spec = OfTypeSpec
    alters = frozenset({"type", "columns"})

    def catalog_sql(self, version: int) -> str:
        """Read which tables are typed."""
        del version
        return """
            SELECT c.oid, n.nspname, c.relname, tn.nspname, t.typname,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                         ORDER BY a.attnum)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_type t ON t.oid = c.reloftype
            JOIN pg_namespace tn ON tn.oid = t.typnamespace
            WHERE c.relkind IN ('r', 'p') AND c.reloftype <> 0 AND {namespaces}"""

    def read(self, row: Row, names: Names) -> OfType | None:
        """Make the object."""
        oid, schema, table, type_schema, type_name, columns = row
        if not names.ours("pg_class", oid):
            return None
        identity = Identity(self.name, (schema, table))
        return OfType(identity, (type_schema, type_name), tuple(columns))

    def address(self, row: Row) -> Address:
        """The server keeps it in the table's row, so pg_depend never speaks of it."""
        return (self.name, row[0], 0)

    def expand(self, spec: OfTypeSpec, at: At) -> Iterable[OfType]:
        """Make the object."""
        assert at.parent is not None
        table = at.parent.identity
        if getattr(at.parent, "partition_of", None) or getattr(at.parent, "inherits", ()):
            message = f"{table.name} is a typed table, which has no other parent"
            at.fail("SD041", message, "take out of:, or partition_of: and inherits:")
            return
        columns = tuple(c.identity.name for c in at.siblings(table, "column"))
        yield OfType(Identity(self.name, table.path), at.relation(spec.type), columns)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the name of the type."""
        del nested
        assert isinstance(obj, OfType)
        return style.relation(*obj.type)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Refuse a table that is not like its type, before anything is planned.

        Of one that is untied it is the tie that rests on the type, and not the table.
        """
        wrong = [
            Diagnostic(
                code="SD069",
                message=f"table {obj.identity.sql} is of the type {qualified(*obj.type)}, "
                f"but its columns are not the type's attributes: {reason}",
                hint="write the same names and types in the same order, or take out of:",
                about=(obj.identity, Identity("table", obj.identity.path)),
            )
            for obj in map(desired.objects.__getitem__, desired.of(self.name))
            if isinstance(obj, OfType) and (reason := _unlike(obj, current, desired))
        ]
        if wrong:
            raise PlanError(*wrong)
        ties = [current.objects[i] for i in current.of(self.name)]
        untied = [t for t in ties if isinstance(t, OfType) and not _stays_tied(t, desired)]
        return (
            (_untied(current, untied), _untied(desired, untied)) if untied else (current, desired)
        )

    def create(self, new: OfType, context: Context) -> Iterable[Operation]:
        """OF."""
        yield _tied(Verb.CREATE, new, context)

    def drop(self, old: OfType, context: Context) -> Iterable[Operation]:
        """NOT OF."""
        op = untie(old.identity)
        yield replace(op, verb=Verb.DROP, target=old.identity, fold=Fold(old.parent, ""))

    def alter(
        self, old: OfType, new: OfType, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """OF another type, and of none in between, while its columns come and go."""
        if "type" in changed:
            op = untie(old.identity)
            guard = Guard(f"{self.exists(old)} AND NOT {_is_of(new)}")
            yield replace(
                op, target=new.identity, guard=guard, ahead_of=frozenset({old.parent}), bound=False
            )
        yield _tied(Verb.ALTER, new, context)

    def exists(self, obj: OfType) -> str:
        """Ask pg_class."""
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
            f"to_regclass({literal(obj.identity.sql)}) AND reloftype <> 0)"
        )


def _is_of(tie: OfType) -> str:
    schema, name = map(literal, tie.type)
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_type t ON t.oid = c.reloftype "
        "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
        f"WHERE c.oid = to_regclass({literal(tie.identity.sql)}) "
        f"AND n.nspname = {schema} AND t.typname = {name})"
    )


def _tied(verb: Verb, new: OfType, context: Context) -> Operation:
    """Tie it when the columns that go have gone."""
    before = context.current.children.get(new.parent, ())
    gone = {i for i in before if i.kind == "column" and i not in context.desired}
    return Operation(
        verb=verb,
        target=new.identity,
        sql=f"ALTER TABLE {new.identity.sql} OF {qualified(*new.type)}",
        guard=Guard(f"NOT {_is_of(new)}"),
        provides=frozenset({new.identity, *gone}),
    )


def _stays_tied(tie: OfType, desired: Catalog) -> bool:
    then = desired.get(tie.identity)
    return isinstance(then, OfType) and then.type == tie.type


def _untied(catalog: Catalog, ties: Iterable[OfType]) -> Catalog:
    edges = dict(catalog.dependencies)
    for tie in ties:
        if tie.parent in edges:
            edges[tie.parent] -= {Identity("composite", tie.type)}
    return catalog.with_objects(catalog.objects.values(), edges)


def _unlike(obj: OfType, current: Catalog, desired: Catalog) -> str:
    """Say in what a table is not like its type; nothing where it is."""
    composite: Any = desired.get(Identity("composite", obj.type))
    if composite is None:
        return "there is no such type"
    table = Identity("table", obj.identity.path)
    columns: list[Any] = [
        desired.objects[i] for i in desired.children.get(table, ()) if i.kind == "column"
    ]
    have = {c.identity.name: (c.type, c.collation) for c in columns}
    want = {a.name: (a.type, a.collation) for a in composite.attributes}
    for name, (type_, collation) in want.items():
        if name not in have:
            return f"{name} is missing"
        if have[name] != (type_, collation):
            return f"{name} is not {type_}" + (f" with collation {collation}" if collation else "")
    for name in have:
        if name not in want:
            return f"{name} is not among them"
    # What is there keeps its place, and new columns come last, but where all is made anew.
    anew = getattr(desired.get(table), "column_order", ())
    before = [] if anew else columns_there(table, current)
    order = [n for n in before if n in have] + [n for n in obj.columns if n not in before]
    return "" if order == list(want) else f"the order is {', '.join(order)}"
