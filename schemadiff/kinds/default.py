"""Defaults of columns, a kind of their own as pg_attrdef is.

Apart from the column, a default can wait for the function it calls, even where that function
takes the table's row type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.moving import types_below, unfinished
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import PREFIX
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.printed import printed
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._column.fill import filled_later
from schemadiff.kinds._default_parts import (
    PART,
    PARTS_SQL,
    above,
    all_above,
    parts_below,
    repeats,
)
from schemadiff.kinds._expand.which import goes_along
from schemadiff.kinds._foreign.tables import FOREIGN, HAVE_COLUMNS
from schemadiff.kinds._hazards.kept import default_hazards
from schemadiff.kinds._new_value import may_be_volatile

_PARTS = (PART, FOREIGN)


@record(frozen=True, slots=True)
class Default(DbObject):
    """The default expression of a column that is not generated.

    `of` says what the column is in; it is `part` (of a foreign table: its kind) for a column that
    the table has from another table, which is no object, and then the default differs from that
    table's.
    """

    expression: str
    of: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The column, or the view or part of a table, whose columns are no objects of their own."""
        path = self.identity.path
        if self.of == PART:
            return Identity("table", path[:2])
        return Identity("column", path) if self.of == "table" else Identity(self.of, path[:2])


# Those that take their numbers from a sequence which numbers the rows of a column for a while.
_OURS = f"""ARRAY(
    SELECT o.objid FROM pg_class s
    JOIN pg_depend o ON o.refclassid = 'pg_class'::regclass AND o.refobjid = s.oid
        AND o.classid = 'pg_attrdef'::regclass
    WHERE s.relkind = 'S' AND s.relname ~ '^{PREFIX}[0-9a-f]{{12}}$')"""


class DefaultKind(ObjectKind):
    """ALTER COLUMN … SET DEFAULT."""

    name = "default"
    order = 62
    present = "true"
    model = Default
    classid = "pg_attrdef"
    alters = frozenset({"expression"})
    texts = frozenset({"expression"})

    def catalog_sql(self, version: int) -> str:
        """Read all defaults of columns that are not generated."""
        del version
        return (
            """
            SELECT d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid), false
            FROM pg_attrdef d
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            JOIN pg_class c ON c.oid = d.adrelid AND ({relations} OR c.relkind = 'v')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attgenerated = '' AND (a.attislocal OR c.relkind = 'v') AND {namespaces}
                AND d.oid <> ALL ({ours})
            UNION ALL {parts}""".replace("{parts}", PARTS_SQL)
            .replace("{relations}", HAVE_COLUMNS)
            .replace("{ours}", _OURS)
        )

    def read(self, row: Row, names: Names) -> Default | None:
        """Make the default."""
        _, relation, number, expression, is_part = row
        if not names.ours("pg_class", relation):
            return None
        schema, table, relkind = names.relations[relation]
        path = (schema, table, names.columns[relation][number])
        of = "view" if relkind == "v" else "table"
        if is_part:
            of = FOREIGN if relkind == "f" else PART
        return Default(Identity("default", path), printed(expression).strip(), of)

    def unkept(self, obj: Default) -> None:
        """A null, whatever its type, is no default; nor is a part's that repeats its table's."""
        del obj

    def beside(self, obj: Default, catalog: Catalog) -> Iterable[Identity]:
        """What a part has, and is null, or is as in its table, is told from the tables above."""
        return all_above(catalog, obj.identity) if obj.of in _PARTS else ()

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """A part that says its table's words says nothing of its own; the rest the server tells."""
        del current, names
        assert isinstance(obj, Default)
        if obj.of not in _PARTS:
            return obj
        return None if repeats(desired, obj.identity, obj.expression) else obj

    def address(self, row: Row) -> Address:
        """pg_depend knows a default by the OID of pg_attrdef."""
        return ("pg_attrdef", row[0], 0)

    def expand(self, spec: str | tuple[str, str], at: At) -> Iterable[Default]:
        """Make the default of a column of the parent table or view, or of a part's column."""
        assert at.parent is not None
        host = at.parent.identity
        text, of = (spec, host.kind) if isinstance(spec, str) else spec
        if host.kind == FOREIGN:
            of = FOREIGN if of == PART else "table"
        if of in _PARTS and text.strip().lower() == "null":
            text = "NULL"  # which the server keeps nowhere, so that its words are ours
        yield Default(Identity("default", (*host.path, at.name or "")), text, of)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the expression; the column takes it in."""
        del nested, style
        assert isinstance(obj, Default)
        return obj.expression

    def create(self, new: Default, context: Context) -> Iterable[Operation]:
        """SET DEFAULT, or part of the column's definition."""
        # After a bare DEFAULT the grammar takes less than an expression (`x IS NULL` is refused).
        table = Identity("table", new.identity.path[:2])
        text = f"({new.expression})" if context.raw else new.expression
        said = Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"{_alter(new.identity)} SET DEFAULT {text}",
            requires=_after(new, context),
            fold=None
            if (new.of in _PARTS and not _is_own(new, context)) or _comes_later(new, context)
            else Fold(
                Identity("column", new.identity.path),
                f" DEFAULT {text}",
                rank=5,
                rewrites=table in context.current and may_be_volatile(new.expression),
            ),
        )
        yield said
        if said.fold and _is_there_as_well(new, context):
            after = frozenset({new.identity})
            yield replace(said, verb=Verb.ALTER, fold=None, requires=after, bound=False)
        yield from _parts(new, context)

    def drop(self, old: Default, context: Context) -> Iterable[Operation]:
        """DROP DEFAULT, which goes with the column; a part returns to its table's."""
        table_has = above(context.desired, old.identity) if old.of in _PARTS else None
        if isinstance(table_has, Default) and not context.rebuilding:
            yield from _returned(old, table_has, context)
            return
        yield _dropped(old)
        # What comes back after it is said again then; what goes with its column leaves heirs as is.
        goes = old.of == "table" and Identity("column", old.identity.path) not in context.desired
        again = () if context.rebuilding or goes else _parts(old, context)
        for op in (o for o in again if o.target.kind != "column"):  # that has none then, either
            after = op.provides | {old.identity}  # which is gone first
            yield replace(op, requires=op.requires - {old.identity}, provides=after)

    def hazards(
        self, old: Default | None, new: Default | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when a new column gives each row that is there a value of its own."""
        del changed
        if (old or new).of == "table":  # type: ignore[union-attr]
            yield from default_hazards(old, new, context)
        if old is not None or new is None or new.of in _PARTS:
            return
        table, column = (
            Identity(k, new.identity.path[:n]) for k, n in (("table", 2), ("column", 3))
        )
        if table not in context.current or column in context.current:
            return
        if may_be_volatile(new.expression) and not context.sizes.of(table).empty:
            text = f"Each row of {table.sql} gets its own {new.expression} in {column.name}."
            yield hazard("volatile-default", column, text)

    def alter(
        self, old: Default, new: Default, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET DEFAULT anew; a column that takes the old one's place comes with it."""
        del old, changed
        if goes_along(new.identity, context):
            return
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"{_alter(new.identity)} SET DEFAULT {new.expression}",
            requires=_after(new, context),
        )
        yield from _parts(new, context)

    def probe(self, obj: Default, relation: str) -> str | None:
        """Put the default on the temporary column; a view is asked in the shadow."""
        if obj.of != "table":
            return None
        return (
            f"ALTER TABLE {relation} ALTER COLUMN {ident(obj.identity.name)} "
            f"SET DEFAULT ({obj.expression})"
        )


def _is_own(default: Default, context: Context) -> bool:
    """Tell whether a part or an heir gets the column itself, before it joins the table above."""
    column = Identity("column", default.identity.path)
    return column in context.desired and column not in context.current


def _dropped(old: Default, condition: str = "atthasdef") -> Operation:
    there = (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(qualified(*old.identity.path[:2]))}) "
        f"AND attname = {literal(old.identity.name)} AND {condition} AND attgenerated = ''"
        " AND NOT attisdropped)"  # a generated column may have its place by then
    )
    return Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=f"{_alter(old.identity)} DROP DEFAULT",
        guard=Guard(there),
        fold=Fold(old.parent, "", rank=5),
    )


def _returned(old: Default, table_has: Default, context: Context) -> Iterator[Operation]:
    """Give a part the default of its table; one of a type that is not to be goes before."""
    back = Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=f"{_alter(old.identity)} SET DEFAULT {table_has.expression}",
        requires=frozenset({table_has.identity}),
        fold=Fold(old.parent, "", rank=5),
    )
    column = Identity("column", table_has.identity.path)
    was, will = (
        getattr(side.get(column), "type", "") for side in (context.current, context.desired)
    )
    anew = types_below(column, context.current, context) & context.put_away.keys()
    if not was or (was == will and not anew):
        yield back
        return
    condition = f"pg_catalog.format_type(atttypid, atttypmod) <> {literal(will)}"
    if was == will:  # by name
        waits = [unfinished(each, context).condition for each in sorted(anew)]
        condition = f"atthasdef AND ({' OR '.join(waits)})"
    yield _dropped(old, condition)
    yield replace(back, verb=Verb.ALTER, fold=None, bound=False)


def _comes_later(new: Default, context: Context) -> bool:
    """Tell whether the column is there first, so that its rows are filled in batches."""
    column = context.desired.get(Identity("column", new.identity.path))
    return column is not None and filled_later(column, context)


def _is_there_as_well(new: Default, context: Context) -> bool:
    """Tell whether an heir may have the column as its own, and with that its default, already.

    It keeps it when the table above loses the same one (manual, 5.11): then nothing is added.
    """
    column = Identity("column", new.identity.path)
    above_it = (Identity("column", i.path) for i in all_above(context.current, new.identity))
    comes = column in context.desired and column not in context.current
    return comes and any(i in context.current for i in above_it)


def _after(new: Default, context: Context) -> frozenset[Identity]:
    """Name the defaults of the tables above, which would overwrite that of a part.

    A new column is there with its default before the table above has it, and is merged then.
    """
    column = Identity("column", new.identity.path)
    if column in context.desired and column not in context.current:
        return frozenset()
    return frozenset(all_above(context.desired, new.identity))


def _parts(obj: Default, context: Context) -> Iterator[Operation]:
    """Say again what parts of the table say otherwise."""
    if obj.of in _PARTS or Identity("table", obj.identity.path[:2]) not in context.current:
        return
    before = obj.identity
    for part, expression in parts_below(context, obj.identity):
        # A script that is run again finds also what it made itself, and says nothing else of that.
        if part in context.current or part.kind == "column":
            after = Identity("default", part.path)
            yield Operation(
                verb=Verb.ALTER,
                target=part,
                sql=f"{_alter(part)} SET DEFAULT {expression}",
                # What a part says is overwritten by a part between, too.
                requires=frozenset({obj.identity, before} | ({part} - {after})),
                provides=frozenset({after}),
                bound=False,
            )
            before = after


def _alter(column: Identity) -> str:
    return f"ALTER TABLE {qualified(*column.path[:2])} ALTER COLUMN {ident(column.name)}"
