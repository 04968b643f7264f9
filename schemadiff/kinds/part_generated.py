"""What a part of a table generates a column from, where that is not what the table does.

Only a column that comes from another table has such an object; of a column of one's own it is the
column's. The surprising fact: SET EXPRESSION, which is there since PostgreSQL 17, also sets that of
all parts, so what a part says is said again after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.spec_model import SpecModel, Sql
from schemadiff.core.versions import PG17
from schemadiff.kinds._column.expression import said_again, set_in_part
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import holders, row_holders
from schemadiff.kinds._part_generated import PART_GENERATED, PartGenerated, given_back
from schemadiff.kinds._table.heirs import lineage, parents, relation


class PartGeneratedSpec(SpecModel):
    """What a part generates a column from; the expression alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    expression: Sql
    """The expression, where it is not that of the table (PostgreSQL 17)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the expression."""
        return {"expression": value} if isinstance(value, str) else value


class PartGeneratedKind(ObjectKind):
    """ALTER COLUMN … SET EXPRESSION, of a part of a table."""

    name = PART_GENERATED
    order = 63
    present_in = "pg_class"
    present = "relhassubclass"
    model = PartGenerated
    classid = "pg_attrdef"
    section = "generated"
    within = ("table", FOREIGN)
    spec = PartGeneratedSpec
    alters = texts = frozenset({"generated"})
    since: ClassVar = {"generated": 17}

    def catalog_sql(self, version: int) -> str:
        """Read them with the column of the uppermost table."""
        return f"""
            SELECT DISTINCT ON (a.attrelid, a.attnum)
                   d.oid, a.attrelid, n.nspname, c.relname, c.relkind::text, a.attname,
                   a.attgenerated = 'v', pg_get_expr(d.adbin, d.adrelid),
                   (WITH RECURSIVE up AS (
                        SELECT i.inhparent AS oid, 1 AS far
                        UNION SELECT h.inhparent, far + 1
                        FROM up JOIN pg_inherits h ON h.inhrelid = up.oid)
                    SELECT ARRAY[wn.nspname, w.relname]::text[]
                    FROM up JOIN pg_class w ON w.oid = up.oid
                    JOIN pg_namespace wn ON wn.oid = w.relnamespace
                    JOIN pg_attribute o ON o.attrelid = w.oid AND o.attname = a.attname
                        AND o.attislocal
                    ORDER BY far LIMIT 1)
            FROM pg_inherits i
            JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = i.inhrelid AND a.attnum > 0 AND NOT a.attislocal
            JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname
            JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            JOIN pg_attrdef e ON e.adrelid = b.attrelid AND e.adnum = b.attnum
            WHERE a.attgenerated <> '' AND NOT a.attisdropped AND {{namespaces}}
              AND {version} >= {PG17} AND d.adbin::text IS DISTINCT FROM e.adbin::text
              AND pg_get_expr(d.adbin, d.adrelid) <> pg_get_expr(e.adbin, e.adrelid)"""

    def read(self, row: Row, names: Names) -> PartGenerated | None:
        """Make the object."""
        _, relation_, schema, table, relkind, column, virtual, expression, above = row
        if not names.ours("pg_class", relation_):
            return None
        return PartGenerated(
            Identity(self.name, (schema, table, column)),
            expression.strip(),
            FOREIGN if relkind == "f" else "table",
            virtual,
            Identity("column", (*above, column)) if above else Identity("column", ()),
        )

    def address(self, row: Row) -> Address:
        """pg_depend knows an expression by the OID of pg_attrdef."""
        return (self.classid, row[0], 0)

    def expand(self, spec: PartGeneratedSpec, at: At) -> Iterable[PartGenerated]:
        """Make the object of the column's name."""
        assert at.parent is not None
        path = (*at.parent.identity.path, at.name or "")
        if at.sibling(Identity("column", path)) is not None or not parents(at.parent):
            message = f"column {at.name} comes from no other table"
            at.fail("SD041", message, "say what it is generated from where it is declared")
            return
        text = at.expression(spec.expression, "expression")
        yield PartGenerated(Identity(self.name, path), text, at.parent.identity.kind)

    def newer(self, obj: DbObject, version: int) -> Iterable[tuple[str, int]]:
        """No other expression can be set before PostgreSQL 17."""
        if version < PG17:
            yield "an expression of a part's own", PG17 // 10000

    def beside(self, obj: PartGenerated, catalog: Catalog) -> Iterable[Identity]:
        """What it is made of is told with the columns of the tables above."""
        return _above(catalog, obj.identity)

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """A part that says its table's words says nothing of its own."""
        del current, names
        assert isinstance(obj, PartGenerated)
        said: Any = next((c for i in _above(desired, obj.identity) if (c := desired.get(i))), None)
        if said is None:
            return obj
        between = (desired.get(i) for i in _parts_above(desired, obj.identity))
        nearest: Any = next((part for part in between if part is not None), said)
        if nearest.generated == obj.generated:
            return None
        return replace(obj, whole=said.identity, virtual=said.virtual)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the expression."""
        del nested, style
        assert isinstance(obj, PartGenerated)
        return obj.generated

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Give it to the columns of what stands alone for a while."""
        if not any(side.of(self.name) for side in (current, desired)):
            return current, desired
        before, after = dict(current.objects), dict(desired.objects)
        given_back(before)
        given_back(after)
        for identity in current.of(self.name):
            if identity in before and identity not in after:
                after |= _as_above(before[identity], current, replace(desired, objects=after))
        return replace(current, objects=before), replace(desired, objects=after)

    def create(self, new: PartGenerated, context: Context) -> Iterable[Operation]:
        """SET EXPRESSION, after those of the tables above, which would overwrite it."""
        yield from self._set(Verb.CREATE, new, context)

    def alter(
        self, old: PartGenerated, new: PartGenerated, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET EXPRESSION anew."""
        del old, changed
        yield from self._set(Verb.ALTER, new, context)

    def drop(self, old: PartGenerated, context: Context) -> Iterable[Operation]:
        """Return to the expression of the table; nothing where the column goes, or is plain."""
        above = [
            *_parts_above(context.desired, old.identity),
            *_above(context.desired, old.identity),
        ]
        said: Any = next((o for i in above if (o := context.desired.get(i))), None)
        if said is None or said.generated is None or context.rebuilding:
            return
        back = replace(old, generated=said.generated)
        for op in self._set(Verb.DROP, back, context):
            yield replace(op, fold=Fold(old.parent, "") if op.verb is Verb.DROP else None)

    def displaces(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Identity]:
        """Columns that hold rows of the part, which writes these anew."""
        del old, changed
        if new.virtual or new.of == FOREIGN:
            return ()
        objects, kinds = context.current.objects, context.registry
        held = row_holders(new, context)
        return [c for c in held if kinds[c.kind].copied(objects[c], context)]

    def hazards(
        self,
        old: PartGenerated | None,
        new: PartGenerated | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say that the values of rows become others."""
        part = new or old
        assert part is not None
        there = part.parent in context.current and part.parent in context.desired
        if there and not context.sizes.of(part.parent).empty:
            said = f"{new.generated}" if new else "what its table generates it from,"
            text = f"{part.identity.sql} is {said} in every row of the part from now on."
            yield hazard("generated-change", part.identity, text)

    def _set(self, verb: Verb, part: PartGenerated, context: Context) -> Iterator[Operation]:
        above = [*_above(context.desired, part.identity)]
        column: Any = next((c for i in above if (c := context.desired.get(i))), part)
        said = replace(part, virtual=column.virtual)
        over = {*above, *_parts_above(context.desired, part.identity)}
        op = set_in_part(said, context)
        yield replace(op, verb=verb, requires=frozenset(over), provides=frozenset())
        for again in said_again(said, context):
            yield replace(again, bound=False)


def _as_above(part: Any, current: Catalog, desired: Catalog) -> dict[Identity, DbObject]:
    """Have what a part says no more become what its table says, where others hold its rows.

    They wait for what is written anew, as they do where it becomes something else.
    """
    path = part.identity.path
    alone = Identity("column", path) in desired or Identity("column", path) in current
    if alone or part.parent not in desired or not any(holders(part.parent, current)):
        return {}
    above = [*_parts_above(desired, part.identity), *_above(desired, part.identity)]
    said: Any = next((o for i in above if (o := desired.get(i))), None)
    if said is None or said.generated in (None, part.generated):
        return {}
    return {part.identity: replace(part, generated=said.generated, virtual=said.virtual)}


def _above(catalog: Catalog, identity: Identity) -> Iterator[Identity]:
    """Name the column in the tables above that say it, the nearest first."""
    for path in _tables_above(catalog, identity):
        column = Identity("column", (*path, identity.name))
        if column in catalog:
            yield column


def _parts_above(catalog: Catalog, identity: Identity) -> Iterator[Identity]:
    """Name what the parts between say, which goes for their own parts."""
    for path in _tables_above(catalog, identity):
        yield Identity(PART_GENERATED, (*path, identity.name))


def _tables_above(catalog: Catalog, identity: Identity) -> list[tuple[str, ...]]:
    table = relation(catalog, identity.path[:2])
    above = [
        p for each in (parents(table) if table is not None else ()) for p in lineage(catalog, each)
    ]
    return list(dict.fromkeys(above))
