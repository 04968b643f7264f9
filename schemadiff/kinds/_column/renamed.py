"""A column gets another name, and so does each that heirs have from it.

The surprising fact: PostgreSQL renames no column that an heir has from another table as well. So
such an heir leaves all tables but one for as long as the column is renamed in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.kinds._table.heirs import RELATIONS, Path, below, lineage, parents, relation
from schemadiff.kinds._table.rejoining import tops_of


class _Merged(NamedTuple):
    """The tables that heirs have a column from, and which heirs leave which tables for a while."""

    tops: list[Path]
    leaving: list[tuple[Path, Path]]


def rename_column(old: Identity, new: Identity, context: Context) -> Iterator[Operation]:
    """RENAME COLUMN; of several tables that share heirs with the first of them."""
    context = _with_parents(context)
    merged = _merged(new, context)
    _refuse_apart(old, new, merged, context)
    if len(merged.tops) == 1:
        yield _operation(new, _rename(merged.tops[0], old, new), _has(new.path[:2], old.name))
        return
    group = {Identity("column", (*top, new.name)) for top in merged.tops}
    if next(i for i in context.former if i in group) == new:
        sql = f"DO {dollar(_block(old, new, merged), 'rename')}"
        waits = " OR ".join(_has(top, old.name) for top in merged.tops)
        paths = sorted({*merged.tops, *(p for pair in merged.leaving for p in pair)})
        yield _operation(new, sql, waits, (relation(context.current, p).identity for p in paths))


def _with_parents(context: Context) -> Context:
    """Have heirs know the tables above them by the names that these have by now."""
    moved = {o.path: n.path for n, o in context.former.items() if n.kind in RELATIONS}
    current = context.current
    if not moved:
        return context
    found = dict(current.objects)
    for identity in current.of(*RELATIONS):
        table: Any = found[identity]
        inherits = tuple(moved.get(p, p) for p in table.inherits)
        if inherits != table.inherits:
            found[identity] = replace(table, inherits=inherits)
    return replace(context, current=replace(current, objects=found))


def _merged(new: Identity, context: Context) -> _Merged:
    current, name = context.current, new.name
    found = _Merged([new.path[:2]], [])
    for top in found.tops:  # which grow
        for heir in below(current, top):
            above = {p: tops_of(current, p, name) for p in parents(relation(current, heir))}
            given = {p: tops for p, tops in above.items() if tops}
            more = sorted(frozenset[Path]().union(*given.values()) - {*found.tops})
            found.tops.extend(more)
            first = next(iter(given.values()), None)
            left = [(heir, p) for p, tops in given.items() if tops != first]
            found.leaving.extend(pair for pair in left if pair not in found.leaving)
    return found


def _refuse_apart(old: Identity, new: Identity, merged: _Merged, context: Context) -> None:
    """An heir cannot have a column of one name from one table, and of another from the next."""
    former, current = context.former, context.current
    for top in merged.tops[1:]:
        before = former.get(Identity("column", (*top, new.name)))
        if before is None or before.name != old.name:
            raise _apart(old, new, merged.leaving[0][0], top)
    table = new.path[:2]
    for each in lineage(current, table):
        if each != table and Identity("column", (*each, old.name)) in current:
            raise _apart(old, new, table, each)
    under = [*below(current, table)]
    for heir in under:
        for each in (a for p in parents(relation(current, heir)) for a in lineage(current, p)):
            same = each == table or each in under or each in lineage(current, table)
            if not same and Identity("column", (*each, old.name)) in current:
                raise _apart(old, new, heir, each)


def _apart(old: Identity, new: Identity, heir: Path, other: Path) -> PlanError:
    message = (
        f"{new} cannot be renamed from {'.'.join(old.path)}: "
        f"{qualified(*heir)} has it from {qualified(*other)} too"
    )
    hint = f"rename it in {qualified(*other)} as well, or take out inherits: of {qualified(*heir)}"
    return PlanError(Diagnostic(code="SD050", message=message, hint=hint, about=(new,)))


def _operation(new: Identity, sql: str, guard: str, touches: Iterable[Identity] = ()) -> Operation:
    return Operation(
        verb=Verb.RENAME, target=new, sql=sql, guard=Guard(guard), touches=tuple(touches)
    )


def _rename(table: Path, old: Identity, new: Identity) -> str:
    names = f"{ident(old.name)} TO {ident(new.name)}"
    return f"ALTER TABLE {qualified(*table)} RENAME COLUMN {names}"


def _block(old: Identity, new: Identity, merged: _Merged) -> str:
    lines = ["", "BEGIN"]
    for heir, above in merged.leaving:
        alter = f"ALTER TABLE {qualified(*heir)} NO INHERIT {qualified(*above)}"
        lines.append(f"    IF {_inherits(heir, above)} THEN {alter}; END IF;")
    lines += [
        f"    IF {_has(top, old.name)} THEN {_rename(top, old, new)}; END IF;"
        for top in merged.tops
    ]
    for heir, above in merged.leaving:
        there = " AND ".join(f"to_regclass({_name(p)}) IS NOT NULL" for p in (heir, above))
        alter = f"ALTER TABLE {qualified(*heir)} INHERIT {qualified(*above)}"
        lines.append(f"    IF {there} AND NOT {_inherits(heir, above)} THEN {alter}; END IF;")
    return "\n".join((*lines, "END", ""))


def _name(table: Path) -> str:
    return literal(qualified(*table))


def _has(table: Path, column: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({_name(table)}) AND attname = {literal(column)} AND NOT attisdropped)"
    )


def _inherits(heir: Path, above: Path) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = "
        f"to_regclass({_name(heir)}) AND inhparent = to_regclass({_name(above)}))"
    )
