"""Indexes that no constraint owns.

Read from the columns of pg_index: a text is asked of the server only where there is an expression.
An index that a failed CREATE INDEX CONCURRENTLY left invalid differs from the one that is wanted,
as does one ON ONLY a partitioned table that lacks those of partitions; so it is dropped and made
again; IF NOT EXISTS alone would accept it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import ClassVar

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.core.succession import Successor, Successors
from schemadiff.core.versions import PG15
from schemadiff.kinds._constraint import bare, check_columns, names_sql
from schemadiff.kinds._expand.which import rides_along
from schemadiff.kinds._hazards.kept import index_hazards
from schemadiff.kinds._hazards.rules import stricter_hazards
from schemadiff.kinds._index.column import IndexColumn
from schemadiff.kinds._index.key import of_index
from schemadiff.kinds._index.online import (
    build,
    built_apart,
    columns_done,
    drop,
    goes_first,
    in_use,
    index_where,
    is_partitioned,
)
from schemadiff.kinds._index.parts import ALONE, Parts, parts_of
from schemadiff.kinds._index.read import CATALOG_SQL, read_columns
from schemadiff.kinds._index.sorted import after_sorted, is_sorted_between
from schemadiff.kinds._index.spec import IndexSpec, default_addition, index_name, to_column
from schemadiff.kinds._index.sql import ONLINE, PRINTED, name_sql, spellings, without_only
from schemadiff.kinds._index.statistics import Targets, set_targets, to_targets
from schemadiff.kinds._index.swap import (
    after_constraint,
    in_parts,
    swap_index,
    swap_whole,
    takes_name,
)
from schemadiff.kinds._key.takes_index import claimed, is_attached, is_taken, still_free
from schemadiff.kinds._new_value import scan_of_key
from schemadiff.kinds._part_index import LeftToWhole, alike_above
from schemadiff.kinds._proved import has_no_twins
from schemadiff.kinds._storage import (
    Storage,
    Stored,
    read_storage,
    storage_yaml,
    to_storage,
)
from schemadiff.kinds._succession.index import expressions_successor


@record(frozen=True, slots=True)
class Index(DbObject):
    """An index of a table or of a materialized view."""

    columns: tuple[IndexColumn, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    storage: Storage = ()
    where: str | None = None
    valid: bool = True
    statistics: Targets = ()
    of: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The table or materialized view."""
        return Identity(self.of, self.identity.path[:2])

    @property
    def has_expressions(self) -> bool:
        """Tell whether a change of a column's type needs the index made again."""
        return self.where is not None or bool(self.expressions)

    def sorts_otherwise(self, old: Index) -> bool:
        """Tell whether a key that both have is sorted by another collation."""
        before = {c.text: c.collation for c in old.columns}
        return any(before.get(c.text, c.collation) != c.collation for c in self.columns)

    @property
    def expressions(self) -> tuple[str, ...]:
        """The keys that are no columns."""
        return tuple(c.text for c in self.columns if c.is_expression)


class IndexKind(Stored, LeftToWhole):
    """CREATE INDEX."""

    name = "index"
    evaluates = True
    order = 75
    present = "relkind IN ('i', 'I')"
    model = Index
    since: ClassVar = {"nulls_not_distinct": 15}
    section = "indexes"
    within = ("table", "materialized_view")
    spec = IndexSpec
    unnamed = True
    alters = frozenset({"storage", "statistics"})
    unready: ClassVar = {"valid": False}
    replaces = frozenset(
        {"columns", "unique", "method", "include", "nulls_not_distinct", "where", "valid"}
    )
    texts = frozenset({"columns", "where"})
    reworded = frozenset({"columns", "where"})
    # The probe says methods and included columns with the columns.
    harmless = frozenset({"nulls_not_distinct", "valid", "statistics", "method", "include"})
    renames_by_content = True
    spaces = frozenset({"relation"})
    comment_on = "INDEX"

    def catalog_sql(self, version: int) -> str:
        """Read the indexes that belong to no constraint and to no partitioned index."""
        nulls = "x.indnullsnotdistinct" if version >= PG15 else "false"
        return CATALOG_SQL.replace("{nulls}", nulls)

    def read(self, row: Row, names: Names) -> Index | None:
        """Make the index."""
        _, relation, name, method, unique, nulls, valid, options, targets, where, *keys = row
        if not names.ours("pg_class", relation) or is_temporary(name):
            return None
        there = names.relations[relation]
        columns, include = read_columns(relation, keys, names)
        return Index(
            Identity("index", (there.schema, there.name, name)),
            columns,
            unique,
            method,
            include,
            nulls,
            read_storage(options),
            bare(where) if where is not None else None,
            valid,
            tuple((number, target) for number, target in targets or ()),
            "materialized_view" if there.relkind == "m" else "table",
        )

    def expand(self, spec: IndexSpec, at: At) -> Iterable[Index]:
        """Make the index; without a name it is table_columns_idx."""
        assert at.parent is not None
        table = at.parent.identity
        found = [to_column(key, at, i) for i, key in enumerate(spec.columns)]
        columns = tuple(c for c in found if c is not None)
        if len(columns) < max(len(spec.columns), 1):
            if not spec.columns:
                at.fail("SD055", "an index needs a column", "columns: [name]", "columns")
            return
        check_columns(at, (*(c.text for c in columns if not c.is_expression), *spec.include))
        name = at.name or index_name(table.name, columns, spec.include, "idx", at)
        yield Index(
            Identity("index", (*table.path[:2], name)),
            columns,
            spec.unique,
            spec.using.lower(),
            spec.include,
            spec.nulls_not_distinct,
            to_storage(spec.with_),
            bare(at.expression(spec.where, "where")) if spec.where is not None else None,
            statistics=to_targets(spec.statistics, columns, at),
            of=table.kind,
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """An index takes a name among relations."""
        schema, _, name = obj.identity.path
        return (("relation", schema, name),)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the columns alone where there is nothing else."""
        assert isinstance(obj, Index)
        columns: list[YamlValue] = [c.yaml() for c in obj.columns]
        more: dict[str, YamlValue] = {}
        if obj.include:
            more["include"] = list(obj.include)
        if obj.where is not None:
            more["where"] = obj.where
        if obj.nulls_not_distinct:
            more["nulls_not_distinct"] = True
        if obj.storage:
            more["with"] = storage_yaml(obj.storage)
        if obj.statistics:
            more["statistics"] = {str(n): target for n, target in obj.statistics}
        head: dict[str, YamlValue] = {"unique": True} if obj.unique else {}
        if obj.method != "btree":
            head["using"] = obj.method
        return {**head, "columns": columns, **more} if head or more else list(columns)

    def known_to_fit(self, obj: Index, context: Context) -> bool:
        """A new identity tells rows apart, and so does another key."""
        return has_no_twins(obj, context)

    def scans_for(self, obj: Index, context: Context) -> ScanFor:
        """The table is sorted, and for a unique index a second row of a key is an error."""
        return scan_of_key(obj, context) if obj.unique else ScanFor.INDEX

    def hazards(
        self, old: Index | None, new: Index | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when keys may come twice or may no longer, or are sorted otherwise."""
        yield from super().hazards(old, new, changed, context)
        yield from index_hazards(old, new, context)
        yield from stricter_hazards(old, new, context)
        if old is not None and new is not None and new.sorts_otherwise(old):
            text = f"Index {new.identity.sql} sorts by another collation."
            yield hazard("collation-change", new.identity, text)

    def create(self, new: Index, context: Context) -> Iterable[Operation]:
        """CREATE INDEX IF NOT EXISTS, CONCURRENTLY where the table is in use."""
        above = frozenset(alike_above(new, context.desired))  # made before, it would be theirs
        if in_use(new, context) and takes_name(new, context):
            yield from after_constraint(new, context)
            return
        if why := built_apart(new, context):
            for op in build(new.identity, new.identity, spellings(new, ONLINE)[0], context):
                told = why if op.verb is Verb.CREATE else op.why
                needed = op.requires | columns_done(new, context) | above
                yield replace(op, requires=needed, why=told)
        else:
            plain = replace(self._plain(new, context), requires=above)
            if parts := self._parts(new, context):
                yield from in_parts(plain, new, self.exists(new), parts, context)
            else:
                yield from after_sorted(plain, new, context)
        for op in set_targets(new.identity, (), new.statistics):
            yield replace(op, requires=frozenset({new.identity}), bound=False)

    def _plain(self, new: Index, context: Context) -> Operation:
        return Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=spellings(new, "IF NOT EXISTS ")[0],
            lock=LockMode.SHARE,
            scans=new.parent in context.current,
        )

    def _parts(self, new: Index, context: Context) -> Parts | None:
        if not is_partitioned(new, context) or is_sorted_between(new, context):
            return None
        return parts_of(new, default_addition(new.columns, new.include), "idx", context)

    def drop(self, old: Index, context: Context) -> Iterable[Operation]:
        """DROP INDEX, only of this table's: another one may have taken the name."""
        first = claimed(old, context)
        online = in_use(old, context) and not (first or goes_first(old, context))
        # By then the table that this one is a part of may have taken the index over, or its name.
        sides = (context.current if online else context.desired).get(old.parent)
        is_part = getattr(sides, "partition_of", None)
        free = (ALONE if is_part else "", still_free(old, context))
        there = index_where(old.identity, " AND ".join(filter(None, free)))
        if online:
            op = drop(old.identity, there, old.identity.name)
            yield replace(op, fold=Fold(old.parent, ""))
            return
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP INDEX IF EXISTS {name_sql(old.identity)}",
            guard=Guard(there),
            destroys=first,
            fold=Fold(old.parent, ""),
        )

    def lives_on(self, old: Index, context: Context) -> bool:
        """A constraint takes over the index of its columns, a new index those of partitions."""
        return is_taken(old, context) or is_attached(old, context)

    def swap(self, old: Index, new: Index, context: Context) -> Iterable[Operation] | None:
        """Build the new index beside the old one, or those of the partitions."""
        if claimed(old, context) or goes_first(old, context):
            return None
        if in_use(new, context):
            return swap_index(new, context)
        if not (parts := self._parts(new, context)) or not parts.made:
            return None
        dropped, plain = self.drop(old, context), self._plain(new, context)
        return swap_whole(dropped, plain, new, parts, context)

    def successor(self, obj: Index, names: Successors, context: Context) -> Successor | str:
        """Build the index on the new columns."""
        return expressions_successor(obj, names, context)

    def must_replace(
        self, old: Index, new: Index, changed: frozenset[str], context: Context
    ) -> bool:
        """What goes with a column that another takes the place of is made with that one."""
        return super().must_replace(old, new, changed, context) and not rides_along(new, context)

    def alter(
        self, old: Index, new: Index, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER INDEX … SET, RESET, ALTER COLUMN … SET STATISTICS."""
        yield from super().alter(old, new, changed, context)
        yield from set_targets(new.identity, old.statistics, new.statistics)

    def rename(self, old: Index, new: Index, context: Context) -> Iterable[Operation]:
        """ALTER INDEX … RENAME; the table already has its new name."""
        if (before := old.identity.name) == (after := new.identity.name):
            return
        moved = Identity("index", (*new.identity.path[:2], before))
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER INDEX {name_sql(moved)} RENAME TO {ident(after)}",
            guard=Guard(index_where(moved, still_free(replace(old, identity=moved), context))),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        )

    def exists(self, obj: Index) -> str:
        """Ask pg_index by the names of the index and its table."""
        return index_where(obj.identity)

    def differs(self, new: Index) -> str:
        """Compare what the server prints with what we would say; a failed build differs as well."""
        texts = comma(literal(without_only(each)) for each in spellings(new, ""))
        return index_where(new.identity, f"({PRINTED} NOT IN ({texts}) OR NOT indisvalid)")

    def comment_target(self, obj: Index) -> str:
        """COMMENT ON INDEX schema.name."""
        return f"INDEX {name_sql(obj.identity)}"

    def questions(
        self, old: Index | None, new: Index | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that share a key, or that have none."""
        if new is not None and (old is None or changed & self.replaces):
            yield from of_index(new, asking)

    def probe(self, obj: Index, relation: str) -> str | None:
        """Put the index on the temporary table, not unique (its partition key is not ours)."""
        name = ident(obj.identity.name)
        keys = comma(c.sql() for c in obj.columns)
        where = f" WHERE {obj.where}" if obj.where is not None else ""
        include = f" INCLUDE ({names_sql(obj.include)})" if obj.include else ""
        how = f"USING {ident(obj.method)} ({keys})"
        return f"CREATE INDEX {name} ON {relation} {how}{include}{where}"
