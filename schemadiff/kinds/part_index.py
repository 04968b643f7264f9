"""What the index of a partition that comes from the whole's has of its own.

Its name, its storage parameters, its statistics targets and the comments on it and its constraint;
there is an object only where one of these is not as PostgreSQL makes it. The surprising fact: it is
never made or dropped by itself, so what goes here is only what was said of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import Field

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.spec_model import Integer, SpecModel, Text, Texts
from schemadiff.core.sql import dollar
from schemadiff.kinds._index.comment import (
    CONSTRAINT,
    OF_PART,
    comment_beside,
    comment_beside_yaml,
)
from schemadiff.kinds._index.online import index_sql, index_where
from schemadiff.kinds._index.retyped import made_with, made_with_type
from schemadiff.kinds._index.sorted import check_sorted, read_sorted, to_sorted
from schemadiff.kinds._index.statistics import set_targets
from schemadiff.kinds._part_of_index import (
    INDEXES,
    PartIndex,
    above,
    as_made,
    call,
    called_otherwise,
    usual_name,
    usual_part_name,
    wholes,
)
from schemadiff.kinds._storage import alter_storage, read_storage, storage_yaml, to_storage
from schemadiff.kinds._table.heirs import joined, relation
from schemadiff.kinds._table.index import CONSTRAINTS
from schemadiff.kinds._targets import check_target


class PartIndexSpec(SpecModel):
    """What the index of a partition has of its own; the name alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    name: Text | None = None
    """What it is called; absent means as it is, or as PostgreSQL calls it."""
    with_: dict[Text, Text] | None = Field(default=None, alias="with")
    """Storage parameters, where they are others than the whole's; `{}` for none."""
    statistics: dict[Text, Integer] = Field(default={})
    """Statistics targets of expressions that are not the whole's, by the key: `{1: 1000}`."""
    sorted: dict[Text, Text] = Field(default={})
    """How keys are sorted that the table right above sorts otherwise: `{1: desc nulls last}`."""
    comment: Text | None = None
    """What COMMENT ON says about the index; absent means no comment."""
    constraint_comment: Text | None = None
    """What COMMENT ON says about the constraint that the index is of."""
    tablespace: Text | None = None
    """The tablespace it lies in, where that is not the whole's; `pg_default` is the database's."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the name."""
        return {"name": value} if isinstance(value, str) else value


class PartIndexKind(Checked):
    """ALTER INDEX, of what a partition has from its whole."""

    name = OF_PART
    order = 77
    present_in = "pg_class"
    present = "relispartition AND relkind IN ('i', 'I')"
    model = PartIndex
    section = "part_indexes"
    within = ("table",)
    spec = PartIndexSpec
    alters = harmless = frozenset({"called", "storage", "statistics", "sorted"})
    comment_on = "INDEX"

    def catalog_sql(self, version: int) -> str:
        """Read them with the whole's."""
        del version
        return """
            WITH keys AS (
                SELECT a.attrelid, array_agg(a.attname::text ORDER BY a.attnum) AS names,
                       array_agg(ARRAY[a.attnum::int, a.attstattarget::int] ORDER BY a.attnum)
                           FILTER (WHERE a.attstattarget >= 0) AS targets
                FROM pg_attribute a
                JOIN pg_class k ON k.oid = a.attrelid
                    AND (k.relkind = 'I' OR k.relkind = 'i' AND k.relispartition)
                WHERE a.attnum > 0
                GROUP BY a.attrelid)
            SELECT ic.oid, n.nspname, c.relname, wn.nspname, w.relname, wc.relname,
                   con.contype::text, ic.relname, ic.reloptions, wc.reloptions, keys.names,
                   nullif(keys.targets, whole.targets), x.indoption::int2[], ux.indoption::int2[],
                   ic.oid IN (
                       SELECT d.objoid FROM pg_description d
                       WHERE d.classoid = 'pg_class'::regclass)
                   OR coalesce(con.oid IN (
                       SELECT d.objoid FROM pg_description d
                       WHERE d.classoid = 'pg_constraint'::regclass), false)
                   OR ic.oid IN (
                       SELECT d.objid FROM pg_depend d
                       WHERE (d.classid, d.deptype) = ('pg_class'::regclass, 'x'))
                   OR ic.reltablespace <> wc.reltablespace
            FROM pg_class ic
            JOIN keys ON keys.attrelid = ic.oid
            JOIN pg_index x ON x.indexrelid = ic.oid
            JOIN pg_class c ON c.oid = x.indrelid AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class wc ON wc.oid = pg_partition_root(ic.oid)
            JOIN keys whole ON whole.attrelid = wc.oid
            JOIN pg_index wx ON wx.indexrelid = wc.oid
            JOIN pg_inherits up ON up.inhrelid = ic.oid
            JOIN pg_index ux ON ux.indexrelid = up.inhparent
            JOIN pg_class w ON w.oid = wx.indrelid
            JOIN pg_namespace wn ON wn.oid = w.relnamespace
            LEFT JOIN pg_constraint con ON con.conindid = ic.oid AND con.contype IN ('p', 'u', 'x')
            WHERE ic.relispartition AND ic.relkind IN ('i', 'I') AND {namespaces}"""

    def read(self, row: Row, names: Names) -> PartIndex | None:
        """Make the object of an index that is not all as PostgreSQL makes it."""
        del names
        schema, table, *whole, contype, called = row[1:8]
        options, above_, keys, targets, own, usual_order, said = row[8:]
        kind = CONSTRAINTS.get(contype, "index")
        usual = usual_name(table, kind, keys)
        storage, usual_storage = read_storage(options), read_storage(above_)
        own_order = read_sorted(own, usual_order)
        if called == usual and storage == usual_storage and not (targets or own_order or said):
            return None
        return PartIndex(
            Identity(self.name, (schema, table, whole[-1])),
            called,
            None if storage == usual_storage else storage,
            tuple((number, target) for number, target in targets or ()),
            own_order,
            usual,
            Identity(kind, tuple(whole)),
        )

    def address(self, row: Row) -> Address:
        """What rests on the index rests on the whole's: pg_depend has nothing to say here."""
        return (self.name, row[0], 0)

    def expand(self, spec: PartIndexSpec, at: At) -> Iterable[PartIndex]:
        """Make the object of the whole's index of that name."""
        assert at.parent is not None
        if getattr(at.parent, "partition_of", None) is None:
            message = f"table {at.parent.identity.name} is no partition, so its indexes are its own"
            at.fail("SD041", message, "declare them under indexes:")
            return
        targets: list[tuple[int, int]] = []
        for key, target in spec.statistics.items():
            if not key.isdecimal():
                message = f"{key!r} is not the number of a key"
                hint = "statistics: {1: 1000}, counted from 1"
                at.fail("SD056", message, hint, "statistics", key)
            check_target(target, at, "statistics", key)
            if key.isdecimal() and target >= 0:
                targets.append((int(key), target))
        part = PartIndex(
            Identity(self.name, (*at.parent.identity.path, at.name or "")),
            spec.name,
            None if spec.with_ is None else to_storage(spec.with_),
            tuple(sorted(targets)),
            to_sorted(spec.sorted, at),
        )
        comment_beside(spec, part, at, CONSTRAINT)
        yield part

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """An index takes a name among relations."""
        assert isinstance(obj, PartIndex)
        if obj.called:
            yield ("relation", obj.identity.path[0], obj.called)

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look for the index of the whole."""
        path, name = obj.identity.path[:2], obj.identity.name
        if relation(catalog, [*above(path, catalog)][-1]) is None:
            if not obj.called:  # the usual name follows from the whole's columns
                message = f"what the index of {path[1]} under {name!r} is called is not known here"
                yield Fault("SD058", message, "say its name:, or declare the table it is a part of")
            return
        named = [whole.identity.name for whole in wholes(path, catalog)]
        if name not in named:
            close = difflib.get_close_matches(name, named, 1)
            hint = f"did you mean {close[0]}?" if close else "declare it where the whole is"
            message = f"no table that {path[1]} is a part of has an index {name!r}"
            yield Fault("SD058", message, hint)

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Find the index of the whole."""
        assert isinstance(obj, PartIndex)
        for whole in wholes(obj.identity.path[:2], catalog):
            if whole.identity.name == obj.identity.name:
                usual = usual_part_name(obj.identity.path[1], whole)
                return replace(obj, whole=whole.identity, usual=usual)
        return obj

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is its own."""
        del style
        assert isinstance(obj, PartIndex)
        found: dict[str, YamlValue] = {}
        if obj.called and obj.called != obj.usual:
            found["name"] = obj.called
        if obj.storage is not None:
            found["with"] = storage_yaml(obj.storage)
        if obj.statistics:
            found["statistics"] = {str(n): target for n, target in obj.statistics}
        if obj.sorted:
            found["sorted"] = {str(n): how for n, how in obj.sorted}
        found |= comment_beside_yaml(nested)
        return found["name"] if found.keys() == {"name"} else found

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave the name and the order as they are, where the files say none."""
        assert isinstance(raw, PartIndex)
        assert isinstance(current, PartIndex)
        called, own = raw.called or current.called, raw.sorted or current.sorted
        return replace(raw, called=called, sorted=own)

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Leave out what says nothing; what is new has the usual name, where none is said."""
        del names
        assert isinstance(obj, PartIndex)
        old = current.get(obj.identity)
        if old is not None:
            return self.adopt(obj, old)
        return None if _says_nothing(obj, desired) else replace(obj, called=obj.name)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Leave what stays, and of which one side says nothing, as PostgreSQL makes it.

        What is called as before, though its table no more, has the name that is usual no more.
        """
        come: list[Any] = [desired.objects[i] for i in desired.of(self.name) if i not in current]
        found = (as_made(o, current) for o in come if _stays(o, current, desired))
        if there := [o for o in found if o is not None]:
            current = current.with_objects((*current.objects.values(), *there))
        gone: list[Any] = [current.objects[i] for i in current.of(self.name) if i not in desired]
        left = [
            replace(o, storage=None, statistics=()) for o in gone if _stays(o, current, desired)
        ]
        if left:
            desired = desired.with_objects((*desired.objects.values(), *left))
        return made_with_type(current, desired, self.name), desired

    def create(self, new: PartIndex, context: Context) -> Iterable[Operation]:
        """Give it its name, then the rest; how it is sorted is said where it is made."""
        if new.sorted:
            check_sorted(new, context)
        # A table that becomes a part has it from then on.
        there = frozenset(joined(path) for path in above(new.identity.path[:2], context.desired))
        call = self._call(new, context)
        own = _own_of_new(new, context)
        yield replace(call, verb=Verb.CREATE, requires=call.requires | there, awaited_by=own)
        for op in self._set(replace(new, storage=None, statistics=()), new, context):
            yield replace(op, requires=frozenset({new.identity}), bound=False)

    def alter(
        self, old: PartIndex, new: PartIndex, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Give it its name, then the rest."""
        if "sorted" in changed:
            check_sorted(new, context)
        calls = [self._call(new, context)] if "called" in changed else []
        for op in (*calls, *self._set(old, new, context)):
            yield replace(op, requires=op.requires | made_with(new, context))

    def drop(self, old: PartIndex, context: Context) -> Iterable[Operation]:
        """Do nothing: it goes with the partition, or with the whole's index."""
        del old, context
        return ()

    def exists(self, obj: PartIndex) -> str:
        """Ask for it by the name that it has."""
        return index_where(obj.place)

    def comment_target(self, obj: PartIndex) -> str:
        """COMMENT ON INDEX schema.name."""
        return f"INDEX {index_sql(obj.identity.path[0], obj.name)}"

    def _call(self, new: PartIndex, context: Context) -> Operation:
        # What a table that becomes a part builds before is its own until then.
        places = {Identity(kind, new.place.path) for kind in INDEXES}
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"DO {dollar(call(new), 'called')}",
            guard=Guard(called_otherwise(new)),
            # What speaks of the index by this name comes afterwards.
            provides=frozenset({new.identity, *(places - context.desired.objects.keys())}),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        )

    def _set(self, old: PartIndex, new: PartIndex, context: Context) -> Iterable[Operation]:
        whole: Any = context.desired.get(new.whole)
        usual = whole.storage if whole is not None else ()
        stored = [usual if o.storage is None else o.storage for o in (old, new)]
        for op in alter_storage(new.place, stored[0], stored[1]):
            yield replace(op, target=new.identity)
        for op in set_targets(new.place, old.statistics, new.statistics):
            yield replace(op, target=new.identity)


def _stays(old: PartIndex, current: Catalog, desired: Catalog) -> bool:
    """Tell whether the partition goes on having this index: the whole's is not made anew."""
    before, after = (_but_statistics(side.get(old.whole)) for side in (current, desired))
    here = old.whole.path[:2] in above(old.identity.path[:2], desired)
    return here and after is not None and before == after


def _but_statistics(whole: Any) -> Any:
    return replace(whole, statistics=()) if getattr(whole, "statistics", ()) else whole


def _says_nothing(new: PartIndex, desired: Catalog) -> bool:
    """Tell whether the files say of the index only what goes without saying."""
    own = (
        new.storage is not None
        or new.statistics
        or new.sorted
        or desired.children.get(new.identity)
    )
    return not own and new.called in (None, new.usual)


def _own_of_new(index: PartIndex, context: Context) -> frozenset[Identity]:
    """Name what a new part builds itself: its name is free when those from above have theirs."""
    part = Identity("table", index.identity.path[:2])
    if part in context.current:
        return frozenset()
    inside = context.desired.children.get(part, ())
    return frozenset(i for i in inside if i.kind in INDEXES)
