"""How a column is stored and sampled that is no object: of a part of a table, of a matview.

In the files and in what is read a part says only in what it differs from its table. Before both
sides are compared, each is spelled out; so a part follows its table unless it says otherwise.
The surprising fact: PostgreSQL hands on STATISTICS and STORAGE to the parts there are when a table
changes them, STORAGE and COMPRESSION to new parts, and attribute options to none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.spec_model import Integer, SpecModel, Text
from schemadiff.kinds._column.settings import (
    COMPRESSIONS,
    SETTINGS,
    STORAGES,
    alter_settings,
)
from schemadiff.kinds._column_setting import DEFAULT, NO_TARGET, ColumnSetting
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._storage import read_storage, storage_yaml, to_storage
from schemadiff.kinds._table.heirs import RELATIONS, parents, stored_as
from schemadiff.kinds._table.heirs import relation as relation_at
from schemadiff.kinds._targets import check_target

_MATVIEW: Final = "materialized_view"
_KINDS: Final = {"m": _MATVIEW, "f": FOREIGN}


class ColumnSettingSpec(SpecModel):
    """Settings of a column that comes from another table, where they differ from that table's."""

    shorthands: ClassVar = ()

    statistics: Integer | None = None
    """The statistics target; -1 is the server's, whatever the table says."""
    storage: Text | None = None
    """`plain`, `external`, `extended`, `main`, or `default` for that of the type."""
    compression: Text | None = None
    """`pglz`, `lz4`, or `default` for the server's."""
    options: dict[Text, Text] | None = None
    """Attribute options, such as `n_distinct`; `{}` for none, whatever the table says."""


class ColumnSettingKind(ObjectKind):
    """ALTER TABLE ONLY … ALTER COLUMN … SET."""

    name = "column_setting"
    order = 87
    model = ColumnSetting
    section = "column_settings"
    within = ("table", FOREIGN, _MATVIEW)
    spec = ColumnSettingSpec
    alters = SETTINGS

    def catalog_sql(self, version: int) -> str:
        """Read the columns of parts that differ from those above, and of materialized views."""
        del version
        return f"""
            SELECT a.attrelid, a.attnum, n.nspname, c.relname, c.relkind::text, a.attname,
                   coalesce(a.attstattarget::integer, -1), coalesce(a.target_above::integer, -1),
                   {_storage("a.attstorage")}, {_storage("a.storage_above")},
                   a.attcompression::text, a.compression_above::text,
                   a.attoptions, a.options_above, t.typstorage::text
            FROM (SELECT DISTINCT ON (y.attrelid, y.attnum)
                         y.attrelid, y.attnum, y.attname, y.atttypid,
                         y.attstattarget, y.attstorage, y.attcompression, y.attoptions,
                         x.attstattarget AS target_above, x.attstorage AS storage_above,
                         x.attcompression AS compression_above, x.attoptions AS options_above
                  FROM pg_inherits i
                  JOIN pg_class r ON r.oid = i.inhrelid AND r.relkind IN ('r', 'p', 'f')
                  JOIN pg_attribute y ON y.attrelid = i.inhrelid AND y.attnum > 0
                      AND NOT y.attislocal AND NOT y.attisdropped
                      AND (y.attidentity = '' OR r.relispartition)
                  JOIN pg_attribute x ON x.attrelid = i.inhparent AND x.attname = y.attname
                  ORDER BY y.attrelid, y.attnum, i.inhseqno) a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE {{namespaces}}
              AND (a.attstattarget IS DISTINCT FROM a.target_above
                   OR a.attstorage <> a.storage_above
                   OR a.attcompression <> a.compression_above
                   OR a.attoptions IS DISTINCT FROM a.options_above)
            UNION ALL
            SELECT a.attrelid, a.attnum, n.nspname, c.relname, c.relkind::text, a.attname,
                   coalesce(a.attstattarget::integer, -1), -1,
                   {_storage("a.attstorage")}, 'default', a.attcompression::text, '',
                   a.attoptions, NULL, t.typstorage::text
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE c.relkind = 'm' AND {{namespaces}}
              AND (coalesce(a.attstattarget, -1) <> -1 OR a.attstorage <> t.typstorage
                   OR a.attcompression <> '' OR a.attoptions IS NOT NULL)"""

    def read(self, row: Row, names: Names) -> ColumnSetting | None:
        """Make the object of what differs."""
        relation, _, schema, table, relkind, column, *found, usual = row
        if not names.ours("pg_class", relation):
            return None
        target, target_above, storage, storage_above, code, code_above, options, above = found
        return ColumnSetting(
            Identity(self.name, (schema, table, column)),
            None if target == target_above else target,
            None if storage == storage_above else STORAGES.get(storage, storage),
            None if code == code_above else COMPRESSIONS.get(code, DEFAULT),
            None if options == above else read_storage(options),
            _KINDS.get(relkind, "table"),
            usual,
        )

    def address(self, row: Row) -> Address:
        """pg_depend never speaks of it: the column may be an object's part."""
        return (self.name, row[0], row[1])

    def expand(self, spec: ColumnSettingSpec, at: At) -> Iterable[ColumnSetting]:
        """Make the object of the column's name."""
        assert at.parent is not None
        for key, known in (("storage", STORAGES), ("compression", COMPRESSIONS)):
            value = getattr(spec, key)
            words = [*known.values(), DEFAULT]
            if value is not None and value.lower() not in words:
                hint = f"{key}: {' or '.join(words)}"
                at.fail("SD066", f"{key} {value!r} is not known", hint, key)
                return
        check_target(spec.statistics, at, "statistics")
        yield ColumnSetting(
            Identity(self.name, (*at.parent.identity.path, at.name or "")),
            spec.statistics,
            spec.storage.lower() if spec.storage else None,
            spec.compression.lower() if spec.compression else None,
            None if spec.options is None else to_storage(spec.options),
            at.parent.identity.kind,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what differs."""
        del nested, style
        assert isinstance(obj, ColumnSetting)
        found: dict[str, YamlValue] = {
            key: value
            for key in ("statistics", "storage", "compression")
            if (value := getattr(obj, key)) is not None
        }
        if obj.options is not None:
            found["options"] = dict(storage_yaml(obj.options))
        return found

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Spell out what every part has on both sides."""
        near = {
            identity: _names(o, current, desired)
            for identity in desired.of(_MATVIEW, *RELATIONS)
            for o in (desired.objects[identity],)
            if identity.kind == _MATVIEW or parents(o)
        }
        said = [*current.of(self.name), *desired.of(self.name)]
        if not said and not any(near.values()):
            return current, desired
        before, after = dict(current.objects), dict(desired.objects)
        for identity in said:
            before.pop(identity, None)
            after.pop(identity, None)
        for identity in current.of(self.name):
            _stands_alone(before, identity, current)
        for identity, names in near.items():
            for name in names:
                path = Identity(self.name, (*identity.path, name))
                wanted = _effective(desired, identity, name)
                if wanted is None:
                    continue
                own: Any = after.get(Identity("column", path.path))
                if own is not None:
                    after[own.identity] = _as_own(own, wanted)
                    continue
                there = _as_it_will_be(current, desired, identity, name)
                first, plain = _first(wanted), _nothing(wanted)
                # Also what stays: it is made again with a relation that is made anew.
                stays = any(each not in (None, plain) for each in (wanted, first, there))
                if stays if identity in current else wanted != first:
                    after[path] = wanted
                    if there is not None:
                        before[path] = there
        return replace(current, objects=before), replace(desired, objects=after)

    def create(self, new: ColumnSetting, context: Context) -> Iterable[Operation]:
        """SET what is not as the part begins."""
        for op in self.alter(_first(new), new, SETTINGS, context):
            yield replace(op, verb=Verb.CREATE)

    def drop(self, old: ColumnSetting, context: Context) -> Iterable[Operation]:
        """Go back to the defaults, or do nothing where the relation goes."""
        for op in self.alter(old, _nothing(old), SETTINGS, context):
            none = frozenset[Identity]()
            yield replace(
                op, verb=Verb.DROP, requires=none, provides=none, fold=Fold(old.parent, "")
            )

    def alter(
        self, old: ColumnSetting, new: ColumnSetting, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """One statement for each setting, of this relation alone, after the table's own."""
        above = _column(context.desired, Identity(new.of, new.identity.path[:2]), new.identity.name)
        own = Identity("column", new.identity.path)
        for op in alter_settings(old, new, context.version, retyped=False):
            yield replace(
                op,
                sql=op.sql.replace("ALTER TABLE ", "ALTER TABLE ONLY ", 1),
                requires=frozenset(
                    {
                        own,
                        *([above.identity, stored_as(above.identity)] if above is not None else []),
                    }
                ),
            )


def _storage(stored: str) -> str:
    return f"CASE WHEN {stored} = t.typstorage THEN 'default' ELSE {stored}::text END"


def _nothing(obj: ColumnSetting) -> ColumnSetting:
    return replace(obj, statistics=None, storage=None, compression=None, options=())


def _first(obj: ColumnSetting) -> ColumnSetting:
    """Give what a column has where its part has just been made."""
    above = obj.above or _nothing(obj)
    return replace(_nothing(obj), storage=above.storage, compression=above.compression)


def _names(table: Any, current: Catalog, desired: Catalog) -> list[str]:
    """Name the columns of a relation whose settings have to be looked at."""
    identity = table.identity
    if identity.kind == _MATVIEW:
        return sorted(_own(current, identity) | _own(desired, identity))
    return sorted(_set_above(current, identity) | _set_above(desired, identity))


def _own(catalog: Catalog, relation: Identity) -> set[str]:
    return {i.name for i in catalog.children.get(relation, ()) if i.kind == "column_setting"}


def _set_above(catalog: Catalog, table: Identity) -> set[str]:
    """Name the columns with settings, of a part or of the tables that it is a part of."""
    found = _own(catalog, table)
    for path in parents(catalog.get(table)) if table in catalog else ():
        whole = relation_at(catalog, path)
        if whole is None:
            continue
        found |= _set_above(catalog, whole.identity)
        for child in catalog.children.get(whole.identity, ()):
            if child.kind == "column" and _has_settings(catalog.objects[child]):
                found.add(child.name)
    return found


def _has_settings(column: Any) -> bool:
    return column.statistics is not None or bool(
        column.storage or column.compression or column.options
    )


def _column(catalog: Catalog, table: Identity, name: str) -> Any:
    """Find the column of a table above, whose type and settings a part has."""
    obj = catalog.get(table)
    for path in parents(obj) if obj is not None and table.kind in RELATIONS else ():
        found = catalog.get(Identity("column", (*path, name)))
        found = found or _column(catalog, _at(catalog, path), name)
        if found is not None:
            return found
    return None


def _effective(catalog: Catalog, relation: Identity, name: str) -> ColumnSetting | None:
    """Spell out the settings of a column; None where a part has no such column."""
    path = Identity("column_setting", (*relation.path, name))
    own: Any = catalog.get(path)
    base = ColumnSetting(path, options=(), of=relation.kind)
    if relation.kind in RELATIONS:
        above = _above(catalog, relation, name)
        column: Any = catalog.get(Identity("column", (*relation.path, name))) or above
        if column is None:
            return None
        base = replace(_of(path, column, relation.kind), above=above)
    if own is None:
        return base
    return replace(
        base,
        statistics=_or(own.statistics, base.statistics, NO_TARGET),
        storage=_or(own.storage, base.storage, DEFAULT),
        compression=_or(own.compression, base.compression, DEFAULT),
        options=base.options if own.options is None else own.options,
        type_storage=own.type_storage or base.type_storage,
    )


def _above(catalog: Catalog, table: Identity, name: str) -> ColumnSetting | None:
    obj = catalog.get(table)
    for parent in parents(obj) if obj is not None else ():
        found = _effective(catalog, _at(catalog, parent), name)
        if found is not None:
            return found
    return None


def _at(catalog: Catalog, path: tuple[str, ...]) -> Identity:
    found = relation_at(catalog, path)
    return found.identity if found is not None else Identity("table", path)


def _of(path: Identity, column: Any, of: str) -> ColumnSetting:
    values = (column.statistics, column.storage, column.compression, column.options)
    return ColumnSetting(path, *values, of=of, type_storage=column.type_storage)


def _stands_alone(before: dict[Identity, DbObject], setting: Identity, current: Catalog) -> None:
    """Have a column whose table leaves those that it has it from say what this one set."""
    column = before.get(Identity("column", setting.path))
    said: Any = current.objects[setting]
    wanted = _effective(current, said.parent, setting.name)
    if column is not None and wanted is not None:
        before[column.identity] = _as_own(column, wanted)


def _as_own(column: Any, wanted: ColumnSetting) -> DbObject:
    """Have a column that is its table's own before and after say what is said of it."""
    return replace(  # type: ignore[no-any-return]
        column,
        statistics=wanted.statistics,
        storage=wanted.storage,
        compression=wanted.compression,
        options=wanted.options or (),
    )


def _or(own: Any, above: Any, default: Any) -> Any:
    if own is None:
        return above
    return None if own == default else own


def _as_it_will_be(
    current: Catalog, desired: Catalog, relation: Identity, name: str
) -> ColumnSetting | None:
    """Spell out what a column has once its table has changed; None where it is not there yet."""
    if relation not in current:
        return None
    path = Identity("column_setting", (*relation.path, name))
    if relation.kind not in RELATIONS:
        return _effective(current, relation, name)
    old, new = _column(current, relation, name), _column(desired, relation, name)
    if new is None:
        return None
    if Identity("column_setting", new.identity.path) in desired:  # which an heir keeps as its own
        told = _effective(desired, _at(desired, new.identity.path[:2]), name)
        new = new if told is None else _as_own(new, told)
    if Identity("column", path.path) in current:
        return _of(path, new, relation.kind)  # The part joins: its column becomes its table's.
    if old is None:
        # What a new column is given after ADD COLUMN is handed on as later changes are.
        return replace(_of(path, new, relation.kind), compression=None, options=())
    found = _effective(current, relation, name)
    assert found is not None
    retyped = (old.type, old.collation) != (new.type, new.collation)
    if retyped:
        found = replace(found, storage=None, compression=None)
    if old.statistics != new.statistics:
        found = replace(found, statistics=new.statistics)
    if old.storage != new.storage or (retyped and new.storage):
        found = replace(found, storage=new.storage)
    return found
