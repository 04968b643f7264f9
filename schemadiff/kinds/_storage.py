"""Storage parameters of indexes: WITH (fillfactor = 70).

The server keeps them as text, as they were written, in an order that means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, ObjectKind, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.kinds._index.online import is_partitioned

Storage = tuple[tuple[str, str], ...]

# What bears on rows that are still to come, of whatever kind of index; everything else keeps out
# whoever uses the index (src/backend/access/common/reloptions.c).
_LATER_ROWS = frozenset({"fillfactor", "deduplicate_items"})
_SHARED = LockMode.SHARE_UPDATE_EXCLUSIVE


def storage_field() -> Any:
    """Make the field of a spec that is written `with:` in YAML."""
    return Field(default={}, alias="with")


def read_storage(options: list[str] | None) -> Storage:
    """Split pg_class.reloptions."""
    if not options:
        return ()
    pairs = (option.partition("=") for option in options)
    return AnyOrder((name, value) for name, _, value in pairs)


def to_storage(options: Mapping[str, str]) -> Storage:
    """Give what the YAML says."""
    return AnyOrder((name.lower(), value) for name, value in options.items())


def storage_sql(storage: Storage) -> str:
    """Write the parameters as pg_get_indexdef() does."""
    return comma(f"{ident(name)}={_value(value)}" for name, value in storage)


def storage_yaml(storage: Storage) -> dict[str, YamlValue]:
    """Write the parameters, numbers as numbers."""
    return {
        name: int(value) if value.isdecimal() and str(int(value)) == value else value
        for name, value in storage
    }


def _value(value: str) -> str:
    return value if ident(value) == value else literal(value)


class Stored(ObjectKind):
    """A kind whose objects have an index of their own with storage parameters.

    That of a partitioned table takes none once it is made (manual, ALTER INDEX): it is made anew.
    """

    def must_replace(self, old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
        """Make it anew also where the server cannot alter its parameters."""
        stuck = "storage" in changed and is_partitioned(new, context)
        return stuck or super().must_replace(old, new, changed, context)

    def alter(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """The storage parameters of the index."""
        yield from alter_storage(new.identity, old.storage, new.storage)


def stored_otherwise(storage: Storage) -> str:
    """Give the condition "the index of this row of pg_constraint has other parameters"."""
    texts = comma(literal(f"{name}={value}") for name, value in storage)
    options = "(SELECT reloptions FROM pg_catalog.pg_class c WHERE c.oid = conindid)"
    return f"{options} IS DISTINCT FROM ARRAY[{texts}]" if texts else f"{options} IS NOT NULL"


def alter_storage(target: Identity, old: Storage, new: Storage) -> Iterator[Operation]:
    """ALTER INDEX … RESET what is gone, SET what is new; both may be said again."""
    index = qualified(target.path[0], target.path[2])
    gone = [name for name, _ in old if name not in dict(new)]
    more = tuple(pair for pair in new if pair not in old)
    for action, names in (
        (f"RESET ({comma(map(ident, gone))})", set(gone)),
        (f"SET ({storage_sql(more)})", {name for name, _ in more}),
    ):
        if names:
            yield Operation(
                verb=Verb.ALTER,
                target=target,
                sql=f"ALTER INDEX {index} {action}",
                guard=Guard(f"to_regclass({literal(index)}) IS NOT NULL"),
                lock=_SHARED if names <= _LATER_ROWS else LockMode.ACCESS_EXCLUSIVE,
            )
