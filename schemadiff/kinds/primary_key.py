"""Primary keys.

A primary key makes its columns NOT NULL, whatever they say themselves; a column stays NOT NULL when
the key is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.names import ONE_OF_A_TABLE, Names
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.core.spec_model import Text
from schemadiff.kinds._hazards.replicas import replica_hazards
from schemadiff.kinds._index.comment import comment_beside
from schemadiff.kinds._key.kind import Key, KeyKind, KeySpec
from schemadiff.kinds._part_names import is_from_above_alone


class PrimaryKeySpec(KeySpec):
    """The primary key of a table; its columns alone are the short form."""

    name: Text | None = None
    """The name of the constraint; absent is `table_pkey`."""


@record(frozen=True, slots=True)
class PrimaryKey(Key):
    """The primary key of a table."""


class PrimaryKeyKind(KeyKind):
    """PRIMARY KEY."""

    name = "primary_key"
    order = 70
    present = "contype = 'p'"
    model = PrimaryKey
    since: ClassVar = {"without_overlaps": 18}
    section = "primary_key"
    essential = True
    spec = PrimaryKeySpec
    single = True
    contype = "p"
    label = "pkey"

    def read(self, row: Row, names: Names) -> PrimaryKey | None:
        """Make the key."""
        fields = self.read_key(row, names)
        return PrimaryKey(**fields) if fields else None

    def expand(self, spec: PrimaryKeySpec, at: At) -> Iterable[PrimaryKey]:
        """Make the key of the table; without a name it is table_pkey."""
        assert at.parent is not None
        name = at.name or spec.name
        name = name or at.choose(at.parent.identity.name, "", "pkey", "relation", "constraint")
        key = PrimaryKey(**self.expand_key(spec, at, name))
        comment_beside(spec, key, at)
        yield key

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A table has one primary key, whatever that is called."""
        yield from super().occupies(obj)
        schema, table, _ = obj.identity.path
        yield (ONE_OF_A_TABLE, schema, table)

    def implies(self, obj: DbObject) -> Iterable[tuple[Identity, Mapping[str, Any]]]:
        """Its columns are NOT NULL."""
        assert isinstance(obj, PrimaryKey)
        for column in obj.columns:
            yield Identity("column", (*obj.identity.path[:2], column)), {"not_null": True}

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the columns, and the name where PostgreSQL would choose another one."""
        value = KeyKind.to_yaml(self, obj, nested, style)
        schema, table, name = obj.identity.path
        if name == style.default_name(schema, table, "", "pkey"):
            return value
        return {"name": name, **(value if isinstance(value, dict) else {"columns": value})}

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when rows of a published table cannot be told apart any more."""
        yield from super().hazards(old, new, changed, context)
        if new is None:
            yield from replica_hazards(old.parent, context)

    def comes_after(self, new: PrimaryKey, context: Context) -> bool:
        """Tell whether an heir would say a NOT NULL itself that it has from above (18)."""
        paths = ((*new.identity.path[:2], column) for column in new.columns)
        return any(is_from_above_alone(path, context) for path in paths)

    def clause(self, obj: PrimaryKey) -> str:
        """Write PRIMARY KEY (…)."""
        return self.columns_clause(obj, "PRIMARY KEY")

    def addition(self, key: PrimaryKey) -> str:
        """The server names no columns."""
        del key
        return ""

    def words(self, key: PrimaryKey) -> str:
        """PRIMARY KEY; that nulls are out is the columns' own."""
        del key
        return "PRIMARY KEY"
