"""What ALTER COLUMN sets on how a column is stored and sampled.

A change of the type sets STORAGE and COMPRESSION back, so they are said again after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemadiff.core.kind import At, Row
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._foreign.tables import expand_options
from schemadiff.kinds._storage import Storage, read_storage, storage_sql, storage_yaml, to_storage
from schemadiff.kinds._table.heirs import stored_as
from schemadiff.kinds._targets import check_target

STORAGES: Final[Mapping[str, str]] = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
COMPRESSIONS: Final[Mapping[str, str]] = {"p": "pglz", "l": "lz4"}
SETTINGS: Final = frozenset({"statistics", "storage", "compression", "options"})
_DEFAULT_STORAGE_SINCE = 160000


def settings_sql() -> str:
    """Give the columns of the query over pg_attribute `a` and pg_type `t`."""
    return """a.attstattarget,
                   CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
                   a.attcompression::text, a.attoptions, t.typstorage::text"""


def read_settings(row: Row) -> dict[str, Any]:
    """Make the fields of a row of the query; before 17, -1 was the default of statistics."""
    target, storage, compression, options, usual = row
    if (target is None or target == -1) and not (storage or compression or options):
        return {"type_storage": usual}
    return {
        "statistics": None if target == -1 else target,
        "storage": STORAGES[storage] if storage else None,
        "compression": COMPRESSIONS.get(compression),
        "options": read_storage(options),
        "type_storage": usual,
    }


def expand_settings(spec: Any, at: At) -> dict[str, Any]:
    """Make the fields of what the YAML says."""
    storage = spec.storage.lower() if spec.storage else None
    compression = spec.compression.lower() if spec.compression else None
    for key, value, known in (
        ("storage", storage, [*STORAGES.values(), "default"]),
        ("compression", compression, [*COMPRESSIONS.values(), "default"]),
    ):
        if value is not None and value not in known:
            at.fail("SD066", f"{key} {value!r} is not known", f"{key}: {' or '.join(known)}", key)
    check_target(spec.statistics, at, "statistics")
    return {
        "statistics": None if spec.statistics == -1 else spec.statistics,
        "storage": None if storage == "default" else storage,
        "compression": None if compression == "default" else compression,
        "options": to_storage(spec.options),
        "foreign_options": expand_options(spec, at),
    }


def adopt_storage(raw: Any, current: Any) -> dict[str, Any]:
    """Say nothing about STORAGE where the YAML says what the type has anyway."""
    if raw.storage is None or current.type != raw.type or current.storage is not None:
        return {}
    usual = STORAGES.get(current.type_storage)
    return {"storage": None} if raw.storage == usual else {}


def settings_yaml(column: Any) -> dict[str, Any]:
    """Give one key per setting that is not the default."""
    found: dict[str, Any] = {}
    for key in ("statistics", "storage", "compression"):
        if (value := getattr(column, key)) is not None:
            found[key] = value
    if column.options:
        found["options"] = storage_yaml(column.options)
    return found


def alter_settings(old: Any, new: Any, version: int, *, retyped: bool) -> Iterator[Operation]:
    """Make one statement per setting that differs; `old` is None for a column just made."""
    was = {key: getattr(old, key) if old is not None else None for key in SETTINGS}
    if retyped:
        was |= {"storage": None, "compression": None}
    if new.statistics != was["statistics"]:
        target = -1 if new.statistics is None else new.statistics
        condition = f"coalesce(attstattarget, -1) <> {target}"
        yield _alter(new, f"SET STATISTICS {target}", condition, shared=True)
    if new.storage != was["storage"]:
        yield _storage(old, new, version)
    if new.compression != was["compression"]:
        code = {v: k for k, v in COMPRESSIONS.items()}.get(new.compression, "")
        condition = f"attcompression <> {literal(code)}"
        yield _alter(new, f"SET COMPRESSION {new.compression or 'default'}", condition)
    yield from _options(was["options"] or (), new)


def _storage(old: Any, new: Any, version: int) -> Operation:
    if new.storage is not None:
        code = next(k for k, v in STORAGES.items() if v == new.storage)
        return _alter(new, f"SET STORAGE {new.storage}", f"attstorage <> {literal(code)}")
    usual = "(SELECT typstorage FROM pg_catalog.pg_type WHERE oid = atttypid)"
    condition = f"attstorage <> {usual}"
    if version >= _DEFAULT_STORAGE_SINCE:
        return _alter(new, "SET STORAGE default", condition)
    if old.type_storage:
        return _alter(new, f"SET STORAGE {STORAGES[old.type_storage]}", condition)
    op = _alter(new, "SET STORAGE ", condition)
    known = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in STORAGES.items())
    table, name = literal(qualified(*new.identity.path[:2])), literal(new.identity.name)
    body = f"""
BEGIN
    EXECUTE {literal(op.sql)} || (
        SELECT CASE t.typstorage {known} END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = to_regclass({table}) AND a.attname = {name});
END
"""
    return replace(op, sql=f"DO {dollar(body, 'storage')}")


def _options(old: Storage, new: Any) -> Iterator[Operation]:
    gone = [name for name, _ in old if name not in dict(new.options)]
    more = tuple(pair for pair in new.options if pair not in old)
    if gone:
        yield _alter(
            new, f"RESET ({comma(map(ident, gone))})", "attoptions IS NOT NULL", shared=True
        )
    if more:
        pairs = comma(literal(f"{name}={value}") for name, value in more)
        condition = f"NOT coalesce(attoptions, '{{}}') @> ARRAY[{pairs}]::pg_catalog.text[]"
        yield _alter(new, f"SET ({storage_sql(more)})", condition, shared=True)


def _alter(column: Any, action: str, condition: str, *, shared: bool = False) -> Operation:
    table = qualified(*column.identity.path[:2])
    name = column.identity.name
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"ALTER TABLE {table} ALTER COLUMN {ident(name)} {action}",
        guard=Guard(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(table)}) AND attname = {literal(name)} "
            f"AND NOT attisdropped AND {condition})"
        ),
        provides=frozenset({stored_as(column.identity)}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE if shared else LockMode.ACCESS_EXCLUSIVE,
    )
