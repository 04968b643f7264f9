"""Unique constraints.

NULLs are distinct from each other unless the constraint says otherwise, which it can since 15.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from schemadiff.core.default_names import distinct_names, index_name_addition
from schemadiff.core.kind import At, Row, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag
from schemadiff.kinds._index.comment import comment_beside
from schemadiff.kinds._key.kind import Key, KeyKind, KeySpec


class UniqueSpec(KeySpec):
    """A unique constraint; its columns alone are the short form."""

    nulls_not_distinct: Flag = False
    """Whether nulls count as equal (PostgreSQL 15)."""


@record(frozen=True, slots=True)
class Unique(Key):
    """A unique constraint of a table."""

    nulls_not_distinct: bool = False


class UniqueKind(KeyKind):
    """UNIQUE."""

    name = "unique"
    order = 71
    present = "contype = 'u'"
    model = Unique
    since: ClassVar = {"nulls_not_distinct": 15, "without_overlaps": 18}
    section = "unique"
    essential = True
    spec = UniqueSpec
    unnamed = True
    contype = "u"
    replaces = KeyKind.replaces | {"nulls_not_distinct"}

    def read(self, row: Row, names: Names) -> Unique | None:
        """Make the constraint."""
        fields = self.read_key(row, names)
        return Unique(**fields, nulls_not_distinct=row[8]) if fields else None

    def expand(self, spec: UniqueSpec, at: At) -> Iterable[Unique]:
        """Make the constraint; without a name it is table_columns_key."""
        assert at.parent is not None
        name = at.name
        if name is None:
            addition = index_name_addition(distinct_names((*spec.columns, *spec.include)))
            name = at.choose(at.parent.identity.name, addition, "key", "relation", "constraint")
        fields = self.expand_key(spec, at, name)
        key = Unique(**fields, nulls_not_distinct=spec.nulls_not_distinct)
        comment_beside(spec, key, at)
        yield key

    def extras(self, key: Key) -> dict[str, YamlValue]:
        """Add what only a unique constraint can say."""
        more = KeyKind.extras(self, key)
        if cast(Unique, key).nulls_not_distinct:
            more["nulls_not_distinct"] = True
        return more

    def clause(self, obj: Unique) -> str:
        """Write UNIQUE (…)."""
        nulls = " NULLS NOT DISTINCT" if obj.nulls_not_distinct else ""
        return self.columns_clause(obj, f"UNIQUE{nulls}")

    def words(self, key: Unique) -> str:
        """UNIQUE; how nulls are taken is the index's own."""
        del key
        return "UNIQUE"
