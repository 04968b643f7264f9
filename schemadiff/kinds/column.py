"""Columns of tables.

A default is a kind of its own; what generates a column is the column's, for it cannot come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.online import is_temporary
from schemadiff.core.operation import Fold, Operation, ScanFor, Verb
from schemadiff.core.printed import printed
from schemadiff.core.record import record, replace
from schemadiff.core.sizes import Formula, Pair
from schemadiff.core.sql import ident
from schemadiff.kinds._column.added import added
from schemadiff.kinds._column.along import Along
from schemadiff.kinds._column.alter import (
    IDENTITY,
    RETYPES,
    attribute,
    differs,
    drop_not_null,
    table_sql,
    values_lost,
)
from schemadiff.kinds._column.around import of_heirs, sequence_of
from schemadiff.kinds._column.disturbs import disturbs, goes, merging
from schemadiff.kinds._column.expression import regenerate
from schemadiff.kinds._column.follow import follow_types
from schemadiff.kinds._column.identity import (
    added_under,
    number_in_steps,
    numbered_later,
    unnumbered_forms,
)
from schemadiff.kinds._column.preflight import ColumnQuestions
from schemadiff.kinds._column.renamed import rename_column
from schemadiff.kinds._column.settings import SETTINGS, adopt_storage, alter_settings, read_settings
from schemadiff.kinds._column.spec import ColumnSpec, expand_column
from schemadiff.kinds._column.sql import columns_sql, definition, printed_collation
from schemadiff.kinds._column.together import retyped
from schemadiff.kinds._column.waits import Waiting, come_back, put_as_text, waits
from schemadiff.kinds._column.yaml import column_yaml
from schemadiff.kinds._expand.steps import expand_and_contract
from schemadiff.kinds._expand.values import formula_of
from schemadiff.kinds._expand.which import Move, move_of
from schemadiff.kinds._foreign.tables import FOREIGN, read_options, set_column_options
from schemadiff.kinds._hazards.common import column_hazards
from schemadiff.kinds._identity import (
    adopt_sequence,
    drop_identity,
    freed_name,
    set_identity,
)
from schemadiff.kinds._identity_options import IdentityOptions, read_identity
from schemadiff.kinds._left_to_heirs import dropped_alone, stays_of_heir, still_own
from schemadiff.kinds._not_null import (
    ATTRIBUTES,
    NAMES_NOT_NULL,
    PART,
    adopt_not_null,
    alter_not_null,
    freeing,
    read_not_null,
    with_lasting_name,
)
from schemadiff.kinds._not_null_together import set_not_null
from schemadiff.kinds._part_not_null import Apart
from schemadiff.kinds._storage import Storage
from schemadiff.kinds._type_change import elements, last_cast, type_change
from schemadiff.kinds._types import untied


@record(frozen=True, slots=True)
class Column(Along, DbObject):
    """A column that is not inherited; `collation` is None where it is the type's own."""

    type: str
    not_null: bool = False
    collation: str | None = None
    generated: str | None = None
    virtual: bool = False
    identity_options: IdentityOptions | None = None
    statistics: int | None = None
    storage: str | None = None
    compression: str | None = None
    options: Storage = ()
    not_null_name: str | None = None
    not_null_valid: bool = True
    not_null_no_inherit: bool = False
    not_null_apart: Apart = field(default=(), compare=False)
    foreign_options: tuple[str, ...] = ()
    of: str = "table"
    using: str | None = field(default=None, compare=False)
    identity_sequence: tuple[str, str] | None = None
    position: int = field(default=0, compare=False)
    type_storage: str = field(default="", compare=False)
    type_checked: bool = field(default=False, compare=False)
    names_not_null: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity:
        """The table or foreign table."""
        return Identity(self.of, self.identity.path[:2])


class ColumnKind(Waiting, ColumnQuestions, ObjectKind):
    """ALTER TABLE … ADD COLUMN."""

    name = "column"
    evaluates = True
    order = 61
    present = "relkind IN ('r', 'p', 'f')"
    model = Column
    classid = "pg_class"
    section = "columns"
    within = ("table", FOREIGN)
    spec = ColumnSpec
    left_open = frozenset({"identity_sequence"})
    texts = frozenset({"type", "generated", "collation"})
    alters = texts | SETTINGS | ATTRIBUTES | IDENTITY | {"foreign_options"}
    replaces = frozenset({"virtual", "of"})
    harmless = ATTRIBUTES | IDENTITY | replaces | {"statistics"}
    forgotten = frozenset({"storage", "not_null_name"})
    lasting = frozenset({"not_null_apart"})
    incidental = ATTRIBUTES | SETTINGS | {"identity_sequence"}
    learned = frozenset({"type_checked"})
    since: ClassVar = {"virtual": 18} | dict.fromkeys(ATTRIBUTES - {"not_null"}, 18)
    holds_data = True
    moved_attributes = RETYPES
    essential = True
    repeats = True
    comment_on = "COLUMN"
    scan_for = ScanFor.VALIDATION
    used_by_name = True

    def stays_own(self, obj: Column, desired: Catalog) -> bool:
        """An heir has a column for good that it has said itself; ATTACH takes it over."""
        return obj.identity not in desired and stays_of_heir(obj.identity, desired)

    def names_within(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Name the sequence of an identity."""
        if getattr(obj, "identity_options", None) is not None:
            schema, name = sequence_of(obj)
            yield ("relation", schema, name)

    def catalog_sql(self, version: int) -> str:
        """Read the local columns of ordinary, partitioned and foreign tables."""
        return columns_sql(version)

    def read(self, row: Row, names: Names) -> Column | None:
        """Make the column, none for one that is there for a while."""
        if is_temporary(row[2]):
            return None
        relation = names.relations[row[0]]
        path = (relation.schema, relation.name, row[2])
        return Column(
            Identity("column", path),
            printed(row[3]),
            row[4],
            printed_collation(row[7]) if row[7] else None,
            row[8].strip() if row[8] else None,
            row[5] == "v",
            foreign_options=read_options(row[22]),
            of=FOREIGN if relation.relkind == "f" else "table",
            position=row[1],
            type_checked=row[23],
            names_not_null=names.version >= NAMES_NOT_NULL,
            **read_not_null(row[14], relation.name, row[2]),
            **read_settings(row[9:14]),
            **read_identity(path, row[6], row[15:22]),
        )

    def address(self, row: Row) -> Address:
        """pg_depend knows a column by its table's OID and its number."""
        return ("pg_class", row[0], row[1])

    def expand(self, spec: ColumnSpec, at: At) -> Iterable[Column]:
        """Make the column, its default, and the constraints written in its definition."""
        if getattr(at.parent, "partition_of", None) is not None:
            at.fail(
                "SD041",
                f"column {at.name} stands in a partition, which has the columns of its table",
                "leave it out; defaults: {column: expression} gives the partition another default",
            )
            return
        facts = expand_column(spec, at)
        path = (*(at.parent.identity.path if at.parent else ()), at.name or "")
        of = at.parent.identity.kind if at.parent else "table"
        column = Column(Identity("column", path), **facts, of=of)
        if spec.not_null is not None and spec.not_null.comment:
            at.child("comment", column, PART, spec.not_null.comment, "not_null", "comment")
        yield column

    def newer(self, obj: DbObject, version: int) -> Iterable[tuple[str, int]]:
        """The name of a NOT NULL is taken and forgotten."""
        return (found for found in super().newer(obj, version) if found[0] not in self.forgotten)

    def adopt(self, raw: Any, current: Any) -> Any:
        """Leave out what the type has anyway."""
        found = adopt_storage(raw, current) | adopt_sequence(raw, current)
        found |= adopt_not_null(raw, current)
        return replace(raw, **found) if found else raw

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Leave the names of the server, but that of a sequence that something new has."""
        del names
        live = current.objects.get(obj.identity)
        if live is None or obj == live:
            return obj
        told = freed_name(self.adopt(obj, live), obj, desired, current)
        return with_lasting_name(told, live, desired, current)  # type: ignore[no-any-return]

    def written_order(self, obj: DbObject) -> tuple[int | str, ...]:
        """Columns have an order of their own."""
        assert isinstance(obj, Column)
        return (obj.position,)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the long form; the table turns it into the shorthand where that loses nothing."""
        assert isinstance(obj, Column)
        return column_yaml(obj, nested, style)

    def create(self, new: Column, context: Context) -> Iterable[Operation]:
        """ADD COLUMN, or a line of CREATE TABLE; a table in use is filled in batches."""
        if waits(new, context):
            yield from come_back(new, context)
            old: Any = context.current.objects[new.identity]
            for op in self.alter(old, new, changed_attributes(old, new) - RETYPES, context):
                yield replace(op, requires=op.requires | {op.target}, bound=False)
            return
        yield from added(new, context)

    def drop(self, old: Column, context: Context) -> Iterable[Operation]:
        """DROP COLUMN; where the table goes too, a second run no longer finds it."""
        if waits(old, context):
            yield from put_as_text(old, context)
            return
        table = table_sql(old, "" if old.parent in context.desired else "IF EXISTS ")
        new = context.desired.get(old.identity)
        comes = new is not None and old.identity in context.replaced
        op = Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"{table} DROP COLUMN IF EXISTS {ident(old.identity.name)}",
            guard=still_own(old, context),
            releases=of_heirs(old, context),
            destroys=added_under(new, context) if comes else frozenset(),
            awaited_by=frozenset(merging(old, context)),
            hazards=values_lost(old, context),
            # Of a table that goes the last to be said: one of its partition key cannot go alone.
            fold=Fold(old.parent, "", rank=20),
        )
        yield from freeing(old, [dropped_alone(op, old, context)], context)

    def alter(
        self, old: Column, new: Column, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Type and collation, generation, NOT NULL, identity: in the order that works."""
        move = move_of(new, context) if "type" in changed else None
        if isinstance(move, Move):
            if move.leader == new.identity:
                yield from expand_and_contract(move)
            return
        if new.identity_options is None and old.identity_options is not None:
            yield from drop_identity(old, new, context)
        if nullable := "not_null" in changed and not new.not_null:
            yield from freeing(old, drop_not_null(new, context, late=False), context)
        if "generated" in changed and new.generated is None:  # which takes no USING
            yield from regenerate(old, new, context)
        if changed & RETYPES:
            yield from retyped(old, new, f"not in steps: {move}" if move else "", context)
        if "generated" in changed and new.generated is not None:
            yield from regenerate(old, new, context)
        if "identity_options" in changed and numbered_later(new, context):
            yield from number_in_steps(new, context)
            changed -= {"identity_options", "not_null"}
        if "not_null" in changed and new.not_null:
            yield from set_not_null(new, context)
        elif changed & ATTRIBUTES and new.not_null:
            yield from alter_not_null(old, new, changed, context)
        if new.identity_options is not None and changed & IDENTITY:
            yield from set_identity(old, new, context)
        if "foreign_options" in changed:
            yield set_column_options(new, old.foreign_options, new.foreign_options)
        retypes = (old.type, old.collation) != (new.type, new.collation)
        yield from alter_settings(old, new, context.version, retyped=retypes)
        if nullable:
            yield from freeing(old, drop_not_null(new, context, late=True), context)

    def hazards(
        self, old: Column | None, new: Column | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say what writers have to know, and what becomes of values."""
        yield from super().hazards(old, new, changed, context)
        yield from column_hazards(old, new, context)

    def stages(
        self, old: Column | None, new: Column, changed: frozenset[str]
    ) -> Iterable[DbObject]:
        """A new column is not NOT NULL yet while its rows are filled."""
        return [*super().stages(old, new, changed), *(unnumbered_forms(new) if old is None else ())]

    def must_replace(
        self, old: Column, new: Column, changed: frozenset[str], context: Context
    ) -> bool:
        """A column cannot become generated, nor change its expression before 17."""
        return goes(old, new, changed, context)

    def unsettles(
        self, old: Column, new: Column, changed: frozenset[str], dependent: Any, context: Context
    ) -> bool:
        """PostgreSQL refuses to alter a type under these (manual, ALTER TABLE)."""
        return disturbs(old, new, changed, dependent, context)

    def formula(self, old: Column, new: Column) -> Formula | None:
        """Give what USING says, where the server has to judge it."""
        return formula_of(old, new)

    def retypes(self, old: Column, new: Column) -> Iterable[Pair]:
        """Give what is not known to leave the rows as they are."""
        plain = old.generated is None and new.generated is None and new.of != FOREIGN
        if old.type != new.type and plain and type_change(old.type, new.type).rewrites:
            yield old.type, new.type
            yield from (pair for pair in (elements(old, new),) if pair)

    def casts(self, old: Column, new: Column) -> Iterable[Pair]:
        """Give the cast from the text of a value, if it is read from that."""
        pair = last_cast(old.type, new.type)
        if old.type not in {new.type, pair[0]}:
            yield pair

    def follow(
        self, moves: Sequence[tuple[Column, Column]], context: Context
    ) -> Iterable[Operation]:
        """Convert the columns of one table."""
        return follow_types(moves, context)

    def rename(self, old: Column, new: Column, context: Context) -> Iterable[Operation]:
        """RENAME COLUMN."""
        yield from untied(new.identity, context)
        yield from rename_column(old.identity, new.identity, context)

    def exists(self, obj: Column) -> str:
        """Ask pg_attribute."""
        return attribute(obj, "true")

    def differs(self, new: Column) -> str:
        """Compare type, generation and kind of table, for which it may have to be made anew."""
        return differs(new)

    def probe_part(self, obj: Column) -> str | None:
        """Put the column on the temporary table, without identity (partitioned: since 17)."""
        return definition(obj, probed=True)
