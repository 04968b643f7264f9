"""The rows of a table as a subquery: as they are, with the names and types that they will have.

Expressions of the desired state speak of columns by their new names, so the rows are put in a
subquery that says them so. A new column stands in it with its default, a column that gets another
type with the conversion. The surprising fact: what computes a value reads the columns before it,
so there are up to three subqueries: as it is, as it is converted, as it is generated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._column.alter import has_no_way
from schemadiff.kinds._fields_by_name import in_query
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import changing_types
from schemadiff.kinds._new_value import default_of, domains, may_be_volatile
from schemadiff.kinds._row.batch import Batch, batch_of
from schemadiff.kinds._row.sql import values
from schemadiff.kinds._table.heirs import Parts, Path, belongings, below, lineage
from schemadiff.kinds._type_change import is_words, type_change

SHOWN = 5
KEY = "schemadiff_key"
ROW = "schemadiff_row"
ANOTHER = "its value may be another one each time"


class Rows:
    """The rows of one table, as they are now, under the names of the desired state."""

    def __init__(
        self, table: Identity, asking: Asking, *, only: bool = False, every: bool = False
    ) -> None:
        """Take a table by its new name: it `only`, `every` table below it, or those that stay."""
        self.table, self.asking, self.only, self.every = table, asking, only, every
        self.context = asking.context

    @property
    def there(self) -> bool:
        """Tell whether the table has any rows that can be asked."""
        return self.table in self.context.current and self.table.kind != FOREIGN

    @cached_property
    def batch(self) -> Batch | None:
        """The rows that the plan writes."""
        return batch_of(self.table, self.context.desired, self.context.current)

    @property
    def touched(self) -> tuple[Identity, ...]:
        """Name the table where rows that the plan writes are among those that are asked."""
        known = self.asking.untouched and self.batch is not None
        return () if known else (self.table,)

    @cached_property
    def before(self) -> Parts:
        """What the table has, its own or not."""
        return belongings(self.context.current, self.table.path)

    @cached_property
    def after(self) -> Parts:
        """What it will have."""
        return belongings(self.context.desired, self.table.path)

    @cached_property
    def left(self) -> list[Path]:
        """Name what is below the table now and leaves it, before anything else changes."""
        current, desired, path = self.context.current, self.context.desired, self.table.path
        if self.only or self.every or self.table not in desired:
            return []
        then = {*below(desired, path)}
        gone = [p for p in below(current, path) if p not in then]
        kind: Any = self.context.registry[self.table.kind]
        return [] if gone and kind.rows_go_on(path, self.asking) else gone

    def columns(self, parts: Parts) -> list[str]:
        """Name the columns among what it has."""
        return [i.name for i in parts if i.kind == "column"]

    def source(self, columns: Iterable[str], *, as_is: bool = False) -> str:
        """Write the subquery with these columns, the key of a row and its place."""
        wanted, name = list(dict.fromkeys(columns)), ident(self.table.name)
        if not self.there:
            said = [f"{self._absent(c)} AS {ident(c)}" for c in wanted]
            return f"(SELECT {comma([*said, f'NULL::text[] AS {KEY}'])} WHERE false) AS {name}"
        computed = {c: v for c in wanted if not as_is and (v := self._computed(c))}
        if computed:
            said = [f"{computed.get(c) or ident(c)} AS {ident(c)}" for c in wanted]
            words = frozenset().union(*map(names, computed.values()))
            below = [c for c in self.columns(self.after) if c in words and c not in computed]
            source = self.source([*(c for c in wanted if c not in computed), *below])
        elif not as_is and any(self._using(c) for c in wanted):
            said = [f"{self._converted(c, ident(c))} AS {ident(c)}" for c in wanted]
            source = self.source(self.columns(self.before), as_is=True)
        else:
            return f"({self._select(wanted, as_is=as_is)}) AS {name}"
        return f"(SELECT {comma([*said, KEY, ROW])} FROM {source}) AS {name}"

    def is_settled(self, columns: Iterable[str]) -> bool:
        """Tell whether the types of columns are already what they will be."""
        paths = list(lineage(self.context.desired, self.table.path))
        every = [Identity("column", (*path, c)) for path in paths for c in columns]
        return not any(changing_types(each, self.context) for each in every)

    def guess(self, columns: Iterable[str]) -> str:
        """Say that a new column gives each row a value of its own; empty where none does."""
        for old, new in map(self._sides, columns):
            default = None if old is not None or new is None else default_of(new, self.context)
            if default is not None and may_be_volatile(default):
                return ANOTHER
        return ""

    def is_numbered(self, column: str) -> bool:
        """Tell whether a new column gives each row a number of its own."""
        old, new = self._sides(column)
        return old is None and getattr(new, "identity_options", None) is not None

    def _select(self, columns: Iterable[str], *, as_is: bool) -> str:
        heres = {c: f"t.{ident(self._live(c))}" for c in columns}
        said = [
            f"{here if as_is else self._converted(c, here)} AS {ident(c)}"
            for c, here in heres.items()
        ]
        said += [f"{self._key()} AS {KEY}", f"ROW(t.tableoid, t.ctid) AS {ROW}"]
        only = "ONLY " if self.only else ""
        source, where = f"{only}{self.asking.live(self.table).sql} AS t", list[str]()
        if self.left:
            names = (self.asking.live(Identity(self.table.kind, p)).sql for p in self.left)
            gone = comma(f"{literal(n)}::pg_catalog.regclass::oid" for n in names)
            where.append(f"t.tableoid <> ALL (ARRAY[{gone}])")
        where += self._untouched()
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        return f"SELECT {comma(said)} FROM {source}{condition}"

    def _untouched(self) -> Iterator[str]:
        """Write that a row is none of those that the plan writes."""
        batch = self.batch if self.asking.untouched else None
        changed = [] if batch is None else [*batch.deleted.values()]
        changed += [] if batch is None else [r for u in batch.updated.values() for r in u.values()]
        if batch is not None and changed:
            key = batch.target.key
            listed = values(batch.target, key, [{c: row[c] for c in key} for row in changed])
            same = " AND ".join(f"t.{ident(self._live(c))} = v.{ident(c)}" for c in key)
            yield f"NOT EXISTS (SELECT FROM {listed} WHERE {same})"

    def _live(self, column: str) -> str:
        """Give the name that a column has now, which may be another table's to say."""
        for path in lineage(self.context.desired, self.table.path):
            live = self.asking.live(Identity("column", (*path, column))).name
            if live != column:
                return live
        return column

    def _sides(self, column: str) -> tuple[Any, Any]:
        identity = Identity("column", (*self.table.path, column))
        old: Any = self.before.get(identity)
        new: Any = self.after.get(identity)
        both = old is not None and new is not None
        return None if both and has_no_way(old, new, self.context) else old, new

    def _absent(self, column: str) -> str:
        _, new = self._sides(column)
        return "NULL" if new is None else f"NULL::{new.type}"

    def _computed(self, column: str) -> str:
        """Write what generates a column anew; empty where nothing does."""
        old, new = self._sides(column)
        if new is None or new.generated is None or (old is not None and self._stays(old, new)):
            return ""
        return f"({new.generated})::{new.type}"

    def _stays(self, old: Any, new: Any) -> bool:
        """Tell whether a generated column keeps the values that it has."""
        below = names(new.generated)
        read = [self._sides(c) for c in self.columns(self.after) if c in below]
        same = (old.generated, old.type, old.collation) == (new.generated, new.type, new.collation)
        return same and all(a is not None and a.type == b.type for a, b in read)

    def _using(self, column: str) -> str | None:
        old, new = self._sides(column)
        return None if old is None or new is None or old.type == new.type else new.using

    def _converted(self, column: str, here: str) -> str:
        old, new = self._sides(column)
        if new is None:
            return here
        value, again = here, old is None or (old.type, old.collation) != (new.type, new.collation)
        if old is None:
            default: Any = self.after.get(Identity("default", (*self.table.path, column)))
            value = f"{'NULL' if default is None else f'({default.expression})'}::{new.type}"
        elif old.type != new.type:
            value = value_of(old, new, here, self.context)
        elif based := self._based(new.type):
            value = cast(f"{here}::{based[0].type}", *based)
        elif again and new.collation is None and is_words(new.type):
            value = f'{here} COLLATE pg_catalog."default"'
        return f"{value} COLLATE {new.collation}" if again and new.collation else value

    def _based(self, type_: str) -> tuple[Any, Any] | None:
        """Give a domain as it is and as it will be, where it gets another type below it."""
        sides = (self.context.current, self.context.desired)
        old, new = (next(domains(type_, side), None) for side in sides)
        if old is None or new is None or old.type == new.type:
            return None
        return old, new

    def _key(self) -> str:
        """Write the names and values of the primary key, else where the row lies."""
        for child in self.context.current.children.get(self.table, ()):
            if child.kind == "primary_key":
                columns = getattr(self.context.current.objects[child], "columns", ())
                return pairs("t", map(self._live, columns))
        return "ARRAY['row', t.tableoid::pg_catalog.regclass::text || ' ' || t.ctid::text]"

    def question(
        self, subject: Identity, meaning: Meaning, text: str, where: str, source: str
    ) -> Question:
        """Ask for the rows of a source for which a condition is true."""
        return Question(
            subject=subject,
            meaning=meaning,
            text=text,
            count=f"SELECT pg_catalog.count(*) FROM {source} WHERE {where}",
            examples=f"SELECT {KEY} FROM {source} WHERE {where} LIMIT {SHOWN}",
            tables=self.touched,
        )


def pairs(alias: str, names: Iterable[str]) -> str:
    """Write an array of names and values."""
    return f"ARRAY[{comma(f'{literal(n)}, {alias}.{ident(n)}::text' for n in names)}]::text[]"


def value_of(old: Any, new: Any, here: str, context: Context) -> str:
    """Write what becomes of a column's value that changes its type."""
    if not new.using:
        return cast(here, old, new)
    said = in_query(old, new, (context.current, context.desired))
    return f"({said})::{new.type}"


def cast(value: str, old: Any, new: Any) -> str:
    """Write the conversion of a column's value as ALTER COLUMN … TYPE does it."""
    steps = type_change(old.type, new.type).using or (new.type,)
    return f"({'::'.join((value, *steps))})"
