"""How large the tables are that a plan touches, and what else only the server can tell of them.

The surprising fact: only "no page at all" is certain. The number of rows is an estimate of the last
ANALYZE, and -1 before the first one, so a table counts as empty only when its main fork is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field

from schemadiff.core.identity import Identity
from schemadiff.core.record import record, replace

Path = tuple[str, ...]
Pair = tuple[str, str]  # a type and the one that takes its place, in the server's words


@record(frozen=True, slots=True)
class Size:
    """One table or materialized view, with all its partitions and children."""

    empty: bool = False  # certainly without any row
    rows: int | None = None  # the server's estimate; None before the first ANALYZE
    heap: int = 0  # bytes of the rows alone
    total: int = 0  # bytes with indexes and TOAST


UNKNOWN = Size()
SMALL_TABLE = 1 << 20  # bytes: reading or writing it takes a moment


@record(frozen=True, slots=True)
class Formula:
    """How the value of a column comes of its row: in the user's words, or in the server's.

    In the server's words it is the same at any time and in any session.
    """

    text: str
    type: str
    reads: frozenset[str] = frozenset()  # columns
    calls: frozenset[str] = frozenset()  # routines that are not the server's own: schema.name


@record(frozen=True, slots=True)
class Sizes:
    """Sizes by schema and name; what is not known counts as not empty."""

    known: Mapping[Path, Size] = field(default_factory=dict)
    quiet: bool = False  # whether rows can be written without the triggers of others firing
    sees_all: bool = False  # whether no policy hides rows from the role
    formulas: Mapping[Path, Formula] = field(default_factory=dict)  # of columns, by their path
    zone: str = ""  # the session's time zone, where its name means the same in an expression
    # What changes its type and keeps every byte (pg_cast, domains); whether the order stays too.
    alike: Mapping[Pair, bool] = field(default_factory=dict)
    # The same of domains with rules: a value is refused, or kept, and each row is written anew.
    refusing: Mapping[Pair, bool] = field(default_factory=dict)
    # What has no conversion, asked only where nobody can say one: between two databases.
    apart: frozenset[Pair] = frozenset()
    vacant: frozenset[Path] = frozenset()  # what is made anew, and had no row before

    def formula(self, column: Identity) -> Formula | None:
        """Give how a column's value comes of its row, if it comes alike always."""
        return self.formulas.get(column.path)

    def of(self, table: Identity) -> Size:
        """Give the size of a table, or of the table that a column or constraint is in."""
        return self.known.get(table.path[:2], UNKNOWN)

    def none_in(self, table: Identity) -> bool:
        """Tell whether a table has certainly no row, also if it is made anew."""
        return self.of(table).empty or table.path in self.vacant

    def without(self, tables: Collection[Path]) -> Sizes:
        """Forget tables that are made anew: they are nobody's yet when they get what they have."""
        vacant = self.vacant.union(p for p in tables if self.known.get(p, UNKNOWN).empty)
        left = {p: size for p, size in self.known.items() if p not in tables}
        return replace(self, known=left, vacant=vacant)

    def moved(self, renames: Iterable[tuple[Path, Path]]) -> Sizes:
        """Give the sizes by the names after renames of tables and schemas."""
        found = dict(self.known)
        for old, new in renames:
            for path in [p for p in found if p[: len(old)] == old]:
                found[new + path[len(old) :]] = found.pop(path)
        return replace(self, known=found)


# Asked once, and only when there are changes: the paths (schema, name) that they touch, how the
# values of columns (schema, table, name) are to come of their rows, and which types change.
Measure = Callable[[Iterable[Path], Mapping[Path, Formula], Collection[Pair]], Sizes]
