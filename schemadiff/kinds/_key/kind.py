"""Primary keys and unique constraints: the two constraints that an index of columns enforces.

The index has the constraint's name and lives in the table's schema, so its name must be free
among relations. Which columns are only included is known to the index alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import distinct_names, index_name_addition
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, ScanFor
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, NamedSpec, Text, Texts
from schemadiff.core.sql import ident, lines
from schemadiff.core.succession import Successor, Successors
from schemadiff.core.versions import PG15, PG18
from schemadiff.kinds._constraint import (
    INCOMPLETE,
    OWN,
    ConstraintKind,
    check_columns,
    child_path,
    deferring,
    deferring_yaml,
    names_sql,
    table_identity,
)
from schemadiff.kinds._index.comment import comment_beside_yaml
from schemadiff.kinds._index.online import in_use, is_partitioned
from schemadiff.kinds._index.parts import Parts, parts_of
from schemadiff.kinds._key.online import (
    drop_late,
    index_behind,
    index_first,
    index_ready,
    parts_first,
    parts_ready,
    swap_keys,
)
from schemadiff.kinds._key.retyped import comes_at_once
from schemadiff.kinds._key.takes_index import is_attached, take_index, taken_index
from schemadiff.kinds._new_value import scan_of_key
from schemadiff.kinds._ordered import ordering
from schemadiff.kinds._part_index import LeftToWhole
from schemadiff.kinds._preflight import empty, excluded, unique
from schemadiff.kinds._proved import has_no_twins
from schemadiff.kinds._storage import (
    Storage,
    Stored,
    read_storage,
    storage_field,
    storage_sql,
    storage_yaml,
    to_storage,
)
from schemadiff.kinds._succession.common import substituted
from schemadiff.kinds._succession.index import index_successor
from schemadiff.kinds._succession.parts import Taken


class KeySpec(NamedSpec):
    """A key; a list of columns, or one column, is the short form."""

    shorthands: ClassVar = ({"type": "string"}, {"type": "array", "items": {"type": "string"}})

    columns: Texts
    """The columns, in their order."""
    include: Texts = ()
    """Columns that the index carries along."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""
    without_overlaps: Flag = False
    """Whether the last column is a range that must not overlap (PostgreSQL 18)."""
    with_: dict[Text, Text] = storage_field()
    """Storage parameters of the index, such as `fillfactor`."""
    tablespace: Text | None = None
    """The tablespace that its index lies in; absent is the database's own."""
    index_comment: Text | None = None
    """What COMMENT ON says about its index; `comment` is about the constraint."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the columns alone."""
        return {"columns": value} if isinstance(value, str | list | tuple) else value


@record(frozen=True, slots=True)
class Key(DbObject):
    """A row of pg_constraint that an index enforces; `storage` is the index's.

    One of a partitioned table is `valid` when each partition has an index of it.
    """

    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    storage: Storage = ()
    without_overlaps: bool = False
    valid: bool = True

    @property
    def parent(self) -> Identity:
        """The table."""
        return table_identity(self.identity)


_MOST_COLUMNS = 32  # of an index (manual, appendix K)


class KeyKind(Stored, LeftToWhole, ConstraintKind):
    """PRIMARY KEY and UNIQUE."""

    takes_relation = True
    unfinished = INCOMPLETE
    label: ClassVar[str] = "key"  # the end of a name that the server chooses
    alters = frozenset({"storage"})
    unready: ClassVar = {"valid": False}
    harmless = frozenset(
        {"columns", "deferrable", "initially_deferred", "nulls_not_distinct", "valid"}
    )
    replaces = frozenset(
        {"columns", "include", "deferrable", "initially_deferred", "without_overlaps", "valid"}
    )

    def comparing(self, new: Key, desired: Catalog) -> Iterable[str]:
        """Its index is a B-tree, which needs an order."""
        ends = new.columns[: -1 if new.without_overlaps else None]
        return ordering(new.identity.path[:2], ends, desired)

    def known_to_fit(self, obj: Key, context: Context) -> bool:
        """A new identity tells rows apart, and so does another key."""
        return not obj.without_overlaps and has_no_twins(obj, context)

    def scans_for(self, obj: Key, context: Context) -> ScanFor:
        """A second row of a key is an error."""
        return scan_of_key(obj, context)

    def catalog_sql(self, version: int) -> str:
        """Read the constraints with the columns of their indexes."""
        nulls = "x.indnullsnotdistinct" if version >= PG15 else "false"
        period = "con.conperiod" if version >= PG18 else "false"
        return f"""
            SELECT con.oid, con.conrelid, con.conname, x.indkey::int2[], x.indnkeyatts,
                   con.condeferrable, con.condeferred, ic.reloptions, {nulls},
                   {period}, x.indisvalid
            FROM pg_constraint con
            JOIN pg_class c ON c.oid = con.conrelid AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_index x ON x.indexrelid = con.conindid
            JOIN pg_class ic ON ic.oid = con.conindid
            WHERE con.contype = '{self.contype}' AND {OWN} AND {{namespaces}}"""

    def read_key(self, row: Row, names: Names) -> dict[str, Any] | None:
        """Give the fields of a key."""
        _, relation, name, numbers, count, deferrable, deferred, options, _, period, valid = row
        if not names.ours("pg_class", relation):
            return None
        schema, table, _ = names.relations[relation]
        columns = names.column_names(relation, numbers)
        return {
            "identity": Identity(self.name, (schema, table, name)),
            "columns": columns[:count],
            "include": columns[count:],
            "deferrable": deferrable,
            "initially_deferred": deferred,
            "storage": read_storage(options),
            "without_overlaps": period,
            "valid": valid,
        }

    def expand_key(self, spec: KeySpec, at: At, name: str) -> dict[str, Any]:
        """Give the fields of a key."""
        if not spec.columns:
            at.fail("SD059", f"the key {name} has no columns", "columns: [a, b]")
        if spec.without_overlaps and len(spec.columns) == 1:
            message = f"the key {name} without overlaps has one column"
            at.fail("SD059", message, "columns: [id, valid_at], the range last", "columns")
        if len(spec.columns) + len(spec.include) > _MOST_COLUMNS:
            message = f"the key {name} has {len(spec.columns) + len(spec.include)} columns"
            at.fail("SD059", message, f"an index has {_MOST_COLUMNS} at most", "columns")
        twice = sorted({c for c in spec.columns if spec.columns.count(c) > 1})
        if twice:
            at.fail("SD059", f"the key {name} has the column {twice[0]} twice", "name it once")
        check_columns(at, (*spec.columns, *spec.include))
        return {
            "identity": Identity(self.name, child_path(at, name)),
            "columns": spec.columns,
            "include": spec.include,
            "deferrable": spec.deferrable or spec.initially_deferred,
            "initially_deferred": spec.initially_deferred,
            "storage": to_storage(spec.with_),
            "without_overlaps": spec.without_overlaps,
        }

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the columns alone where there is nothing else."""
        key = cast(Key, obj)
        more = self.extras(key) | comment_beside_yaml(nested)
        if not more:
            return list(key.columns)
        return {"columns": list(key.columns), **more}

    def extras(self, key: Key) -> dict[str, YamlValue]:
        """Give what a key says besides its columns."""
        more: dict[str, YamlValue] = {}
        if key.without_overlaps:
            more["without_overlaps"] = True
        if key.include:
            more["include"] = list(key.include)
        more |= deferring_yaml(key)
        if key.storage:
            more["with"] = storage_yaml(key.storage)
        return more

    def columns_clause(self, key: Key, words: str) -> str:
        """Write the constraint after its words."""
        overlaps = " WITHOUT OVERLAPS" if key.without_overlaps else ""
        return lines(
            f"{words} ({names_sql(key.columns)}{overlaps})",
            f"INCLUDE ({names_sql(key.include)})" if key.include else None,
            f"WITH ({storage_sql(key.storage)})" if key.storage else None,
            deferring(key),
            separator=" ",
        )

    def create(self, new: Any, context: Context) -> Iterable[Operation]:
        """ADD CONSTRAINT apart from CREATE TABLE where another key has the same columns.

        Within one CREATE TABLE the server merges equal keys into one without a word.
        """
        if index := taken_index(new, context):
            yield from take_index(new, index, self.words(new), self.exists(new), context)
            return
        if _takes_index(new, context):
            exists = self.exists(new)
            yield from index_first(new, self.words(new), exists, exists, context)
            return
        (plain,) = ConstraintKind.create(self, new, context)
        if parts := self._parts(new, context):
            wanted = self.exists(new)
            yield from parts_first(
                plain, new, self.words(new), parts, wanted=wanted, context=context
            )
            return
        apart = _is_second(new, context) or self.comes_after(new, context)
        yield replace(plain, fold=None) if apart else plain

    def comes_after(self, new: Any, context: Context) -> bool:
        """Tell whether the table would say more by it within CREATE TABLE."""
        del new, context
        return False

    def drop(self, old: Any, context: Context) -> Iterable[Operation]:
        """DROP CONSTRAINT, when another key that takes its place is built."""
        yield from drop_late(super().drop(old, context), old, context)

    def lives_on(self, old: Any, context: Context) -> bool:
        """A new key of the whole takes over those of partitions."""
        return is_attached(old, context)

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that share a key, or whose ranges overlap."""
        if new is None or (old is not None and not changed & self.replaces):
            return
        keys = list(map(ident, new.columns))
        if new.without_overlaps:
            yield from excluded(new, [*((k, "=") for k in keys[:-1]), (keys[-1], "&&")], asking)
            yield from empty(new, new.columns[-1], asking)
        else:
            nulls = getattr(new, "nulls_not_distinct", False)
            yield from unique(new, keys, new.columns, asking, nulls=nulls)

    def words(self, key: Any) -> str:
        """Write the constraint's own words, without what its index knows."""
        del key
        raise NotImplementedError(self.name)

    def swap(self, old: Any, new: Any, context: Context) -> Iterable[Operation] | None:
        """Build the index of the new key before the old one goes."""
        parts = self._parts(new, context)
        if not parts and not _takes_index(new, context):
            return None
        exists, differs = self.exists(new), self.differs(new)
        wanted = f"({exists} AND NOT {differs})"
        if parts:
            (plain,) = ConstraintKind.create(self, new, context)
            words = self.words(new)
            added = list(parts_first(plain, new, words, parts, wanted=wanted, context=context))
            ready = parts_ready(new, added, parts)
        else:
            added = list(index_first(new, self.words(new), exists, wanted, context))
            ready = index_ready(added)
        return swap_keys(self.drop(old, context), added, f"{differs} AND {ready}", context)

    def _parts(self, new: Any, context: Context) -> Parts | None:
        """Give the keys of the partitions, where the whole is to take them over."""
        if new.without_overlaps or not is_partitioned(new, context) or comes_at_once(new, context):
            return None
        return parts_of(new, self.addition(new), self.label, context)

    def addition(self, key: Any) -> str:
        """Give the columns as the server puts them into a name."""
        return index_name_addition(distinct_names((*key.columns, *key.include)))

    def successor(self, obj: Any, names: Successors, context: Context) -> Successor | str:
        """Build the index of the key on the new columns."""
        if obj.without_overlaps:
            return f"{obj.identity} is one without overlaps, which no index can be built for"
        own = obj.identity.path[:2]
        columns, include = (substituted(c, own, names) for c in (obj.columns, obj.include))
        twin = replace(obj, columns=columns, include=include)
        said = Taken(
            lambda index: lines(
                f"{self.words(obj)} USING INDEX {index}", deferring(obj), separator=" "
            ),
            self.clause(obj),
        )
        definition, again = index_behind(twin), index_behind(obj)
        return index_successor(obj, names, definition, context, again=again, constraint=said)

    def spellings(self, obj: Any) -> tuple[str, ...]:
        """pg_get_constraintdef() leaves out the storage parameters."""
        return (self.clause(replace(obj, storage=())),)


def _takes_index(key: Key, context: Context) -> bool:
    """Tell whether the key can take over an index that was built while the table was in use."""
    return not key.without_overlaps and in_use(key, context) and not comes_at_once(key, context)


def _is_second(key: Key, context: Context) -> bool:
    """Tell whether another key of the table, one that comes first, has the same index."""
    siblings = map(context.desired.get, context.desired.children.get(key.parent, ()))
    return any(
        isinstance(other, Key)
        and _index_of(other) == _index_of(key)
        and other.identity < key.identity  # a primary key sorts before a unique constraint
        for other in siblings
    )


def _index_of(key: Key) -> tuple[object, ...]:
    nulls = getattr(key, "nulls_not_distinct", False)
    deferring_too = (key.deferrable, key.initially_deferred)
    return (key.columns, key.include, deferring_too, nulls, key.without_overlaps)
