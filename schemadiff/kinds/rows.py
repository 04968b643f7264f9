"""Reference data: the rows that a lookup table has to have.

What the YAML says of a table's rows is one object, kept apart from the catalog: the server is asked
how its rows differ, in one query per such table and all in one round trip. Only rows that differ
become objects (see `row.py`), so that a project without `rows:` pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.core.request import OnRequest, Query, Request
from schemadiff.kinds._row.ask import Asking, refusal
from schemadiff.kinds._row.back import watched
from schemadiff.kinds._row.batch import Batch, TableRow
from schemadiff.kinds._row.spec import MOST, Rows, RowsSaid, read_rows, too_many
from schemadiff.kinds._row.sql import Cells

__all__ = ["Rows", "RowsKind"]


_BARE = frozenset({"smallint", "integer", "bigint", "boolean"})


class _Answer(NamedTuple):
    """What the server says of one row that is listed."""

    number: int
    found: bool
    alike: list[int]  # the listed rows with the same key
    live: list[str | None]
    wanted: list[str | None]
    differs: list[bool | None]


class RowsKind(OnRequest):
    """`rows:` of a table."""

    name = "rows"
    writes_rows = True
    order = 76
    model = Rows
    single = True
    alters = frozenset({"key", "rows", "exact"})
    changes_rows = True

    def expand(self, spec: RowsSaid, at: At) -> Iterable[Rows]:
        """Make the object, checked against the columns and keys of its table."""
        found = read_rows(spec, at)
        if found is not None:
            yield found

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """A table has only one."""
        del obj, style
        return ""

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the three keys of the table."""
        del nested, style
        assert isinstance(obj, Rows)
        value: dict[str, YamlValue] = {}
        if obj.named_key:
            value["rows_key"] = list(obj.key)
        if obj.exact:
            value["rows_exact"] = True
        value["rows"] = [{c: _written(v, bare=c in obj.bare) for c, v in row} for row in obj.rows]
        return value

    def create(self, new: Rows, context: Context) -> Iterable[Operation]:
        """Nothing: it is the rows that are created."""
        del new, context
        return ()

    def drop(self, old: Rows, context: Context) -> Iterable[Operation]:
        """Nothing: rows are deleted only where all of them are listed."""
        del old, context
        return ()

    # --- the server ----------------------------------------------------------------------------

    def ask(self, said: Rows, request: Request) -> Sequence[Query]:
        """Ask how the listed rows differ, and for the others where all are listed."""
        asking = Asking(said, request)
        return [asking.listed(), *([asking.others(MOST + 1)] if said.exact else [])]

    def suspects(self, said: Rows, request: Request) -> Iterator[tuple[Query, Diagnostic]]:
        """Give each value, to find the one that the type refuses."""
        yield from Asking(said, request).values()

    def refused(self, said: Rows, message: str, request: Request) -> Diagnostic:
        """Say that the rows cannot be read."""
        return refusal(said, message, request)

    def answered(
        self, said: Rows, answers: Sequence[Sequence[Row]], request: Request
    ) -> tuple[Sequence[DbObject], Sequence[DbObject]]:
        """Make objects of the rows that differ."""
        asking = Asking(said, request)
        listed = [_Answer(*row) for row in answers[0]]
        wrong = [*_repeated(listed, said, request), *_fixed(listed, asking, request)]
        wrong += _incomplete(listed, asking, request)
        if wrong:
            raise PlanError(*wrong)
        others = list(answers[1]) if said.exact else []
        if len(others) > MOST:
            raise PlanError(too_many(said.table, request.place("rows_exact")))
        return _changes(asking, listed, others)

    def pulled(
        self, said: Rows, answers: Sequence[Sequence[Row]], request: Request
    ) -> tuple[Rows, bool]:
        """Give the rows as the server has them, and whether that is what was said."""
        asking = Asking(said, request)
        rows: list[tuple[tuple[str, str | None], ...]] = []
        same = True
        for answer in (_Answer(*row) for row in answers[0]):
            given = dict(said.rows[answer.number])
            differs = _differing(answer, asking, given)
            same = same and answer.found and not differs
            if answer.found:
                live = dict(zip(asking.names, answer.live, strict=True))
                rows.append(tuple((c, live[c] if c in differs else v) for c, v in given.items()))
        for _, values in answers[1] if said.exact else ():
            same = False
            rows.append(tuple(zip(asking.written, values, strict=True)))
        if len(rows) > MOST:
            raise PlanError(too_many(said.table, request.place()))
        bare = {n for n, c in asking.columns.items() if c.type in _BARE}
        return replace(said, rows=tuple(rows), bare=frozenset(bare)), same


def _written(value: str | None, *, bare: bool) -> YamlValue:
    """Write whole numbers and truth values without quotes."""
    if not bare or value is None:
        return value
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.lstrip("-").isdecimal() and str(int(value)) == value else value


def _changes(
    asking: Asking, listed: list[_Answer], others: Sequence[Row]
) -> tuple[list[DbObject], list[DbObject]]:
    said = asking.said
    inserted: dict[Identity, Cells] = {}
    updated: dict[tuple[str, ...], dict[Identity, Cells]] = {}
    before: dict[Identity, Cells] = {}
    after: dict[Identity, Cells] = {}
    for answer in listed:
        given = dict(said.rows[answer.number])
        wanted = dict(zip(asking.names, answer.wanted, strict=True))
        cells = {c: wanted[c] for c in given}
        identity = _identity(said, [cells[c] for c in said.key])
        if not answer.found:
            inserted[identity] = after[identity] = cells
            continue
        if differs := _differing(answer, asking, given):
            live = dict(zip(asking.names, answer.live, strict=True))
            updated.setdefault(differs, {})[identity] = cells
            before[identity] = {c: live[c] for c in differs}
            after[identity] = {c: cells[c] for c in differs}
    deleted: dict[Identity, Cells] = {}
    for key, values in others:
        identity = _identity(said, key)
        deleted[identity] = dict(zip(said.key, key, strict=True))
        before[identity] = dict(zip(asking.written, values, strict=True))
    batch = Batch(
        asking.target,
        inserted,
        updated,
        deleted,
        asking.requires,
        asking.counters if inserted else (),
        asking.commits,
        circular=asking.circular,
    )
    batch = replace(batch, before=_before(batch, before, asking))
    keys = {**{i: c for some in updated.values() for i, c in some.items()}, **inserted, **deleted}
    counted = {**before, **after}
    batch = watched(batch, {i: (keys[i], counted[i]) for i in counted}, asking)
    current: list[DbObject] = [TableRow(i, cells, batch) for i, cells in before.items()]
    return current, [TableRow(i, cells, batch) for i, cells in after.items()]


def _before(
    batch: Batch, before: dict[Identity, Cells], asking: Asking
) -> dict[Identity, Cells] | None:
    """Give the rows to go back to; None where names or types of what they hold change."""
    if not asking.is_there:
        return None
    key = batch.target.key
    new = {n for n in asking.columns if n not in asking.before_names}
    needed = {*key, *(c for some in batch.updated for c in some if c not in new)}
    if batch.deleted:
        needed |= {*asking.written}
    if not all(n in asking.columns and asking.keeps(n) and asking.same_name(n) for n in needed):
        return None
    found: dict[Identity, Cells] = {i: before[i] for i in batch.deleted}
    for columns, rows in batch.updated.items():
        old = [c for c in columns if c not in new]
        found |= {
            i: {**{c: cells[c] for c in key}, **{c: before[i][c] for c in old}}
            for i, cells in rows.items()
        }
    return found


def _identity(said: Rows, key: Sequence[str | None]) -> Identity:
    return Identity("row", (*said.table.path, *(part or "" for part in key)))


def _differing(answer: _Answer, asking: Asking, given: Cells) -> tuple[str, ...]:
    flags = dict(zip(asking.names, answer.differs, strict=True))
    return tuple(c for c in given if flags[c] and c not in asking.said.key) if answer.found else ()


def _repeated(listed: list[_Answer], said: Rows, request: Request) -> Iterator[Diagnostic]:
    """Find keys that the server takes for the same, whatever they look like."""
    for answer in listed:
        first = min(answer.alike)
        if first != answer.number:
            yield Diagnostic(
                code="SD183",
                message=f"{said.table}: this row has the same key as row {first + 1}, "
                "as the server compares them",
                hint="keep one of them",
                place=request.place("rows", answer.number),
            )


def _fixed(listed: list[_Answer], asking: Asking, request: Request) -> Iterator[Diagnostic]:
    """Find what would have to change and never can: an identity that is always generated."""
    for answer in listed:
        given = dict(asking.said.rows[answer.number])
        for column in _differing(answer, asking, given):
            if column in asking.target.always:
                yield Diagnostic(
                    code="SD187",
                    message=f"{asking.said.table}: column {column} is generated always as "
                    "identity, so the row that is there cannot get another value",
                    hint=f"leave {column} out of the row, or make it the key: rows_key: {column}",
                    place=request.place("rows", answer.number, column),
                )


def _incomplete(listed: list[_Answer], asking: Asking, request: Request) -> Iterator[Diagnostic]:
    """Find rows that are not there, and lack what a new row must have."""
    for answer in listed:
        given = dict(asking.said.rows[answer.number])
        lacks = [] if answer.found else [c for c in asking.demanded if c not in given]
        if lacks:
            yield Diagnostic(
                code="SD182",
                message=f"{asking.said.table}: a row that is not there yet has no {lacks[0]}, "
                "which is not null and has no default",
                hint=f"give the row a value of {lacks[0]}",
                place=request.place("rows", answer.number),
            )
