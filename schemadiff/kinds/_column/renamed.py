"""A column gets another name, and so does each that heirs have from it.

The surprising fact: PostgreSQL renames no column that an heir has from another table as well, but
in a table above all of these. So there is one for a moment: an heir that left them would have the
rest of their columns as its own ever after, and them in another order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.online import temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.kinds._table.heirs import RELATIONS, Path, below, lineage, parents, relation
from schemadiff.kinds._table.rejoining import tops_of


class _Merged(NamedTuple):
    """The tables that heirs have a column from, and the first heir that has it from two."""

    tops: list[Path]
    shared: list[Path]


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
        sql = f"DO {dollar(_block(old, new, merged.tops, context), 'rename')}"
        waits = " OR ".join(_has(top, old.name) for top in merged.tops)
        heirs = (below(context.current, top) for top in merged.tops)
        paths = sorted({*merged.tops}.union(*heirs))
        yield _operation(new, sql, waits, (relation(context.current, p).identity for p in paths))


def _with_parents(context: Context) -> Context:
    """Have heirs know the tables above them by the names that these have by now."""
    known = context.memo.get("heirs by now")
    if known is None or known[0] is not context.former or known[1] is not context.current:
        known = (context.former, context.current, _with_parents_of(context))
        context.memo["heirs by now"] = known
    return replace(context, current=known[2])


def _with_parents_of(context: Context) -> Catalog:
    moved = [(o.path, n.path) for n, o in context.former.items() if n.kind in RELATIONS]
    current = context.current
    if not moved:
        return current
    found = dict(current.objects)
    for identity in current.of(*RELATIONS):
        table: Any = found[identity]
        inherits = tuple(_by_now(p, moved) for p in table.inherits)
        if inherits != table.inherits:
            found[identity] = replace(table, inherits=inherits)
    return replace(current, objects=found)


def _by_now(path: Path, moved: Sequence[tuple[Path, Path]]) -> Path:
    """Give what a table is called after renames in their order: one may have two."""
    for old, new in moved:
        path = new if path == old else path
    return path


def _merged(new: Identity, context: Context) -> _Merged:
    current, name = context.current, new.name
    found = _Merged([new.path[:2]], [])
    for top in found.tops:  # which grow
        for heir in below(current, top):
            above = {p: tops_of(current, p, name) for p in parents(relation(current, heir))}
            given = {p: tops for p, tops in above.items() if tops}
            more = sorted(frozenset[Path]().union(*given.values()) - {*found.tops})
            found.tops.extend(more)
            if len({*given.values()}) > 1:
                found.shared.append(heir)
    return found


def _refuse_apart(old: Identity, new: Identity, merged: _Merged, context: Context) -> None:
    """An heir cannot have a column of one name from one table, and of another from the next."""
    former, current = context.former, context.current
    for top in merged.tops[1:]:
        before = former.get(Identity("column", (*top, new.name)))
        if before is None or before.name != old.name:
            raise _apart(old, new, merged.shared[0], top)
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


def _block(old: Identity, new: Identity, tops: list[Path], context: Context) -> str:
    column: Any = context.current.objects[new]
    above = (new.path[0], temporary_name("above", *new.path))
    made = f"CREATE TABLE {qualified(*above)}"
    name, first = ident(old.name), qualified(*tops[0])
    if column.generated is not None and context.version >= _GENERATED_ALIKE:
        how = "VIRTUAL" if column.virtual else "STORED"
        made += f" ({name} {column.type}{_collate(column)} GENERATED ALWAYS AS (NULL) {how})"
    else:
        made += f" AS SELECT {name} FROM ONLY {first} WITH NO DATA"
    alter = [f"ALTER TABLE {qualified(*top)}" for top in tops]
    statements = [
        made,
        *(f"{each} INHERIT {qualified(*above)}" for each in alter),
        _rename(above, old, new),
        *(f"{each} NO INHERIT {qualified(*above)}" for each in alter),
        f"DROP TABLE {qualified(*above)}",
    ]
    return "\n".join(("", "BEGIN", *(f"    {each};" for each in statements), "END", ""))


_GENERATED_ALIKE = 160000  # what heirs generate has to be generated above, by whatever expression


def _collate(column: Any) -> str:
    return f" COLLATE {column.collation}" if column.collation else ""


def _has(table: Path, column: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(qualified(*table))}) AND attname = {literal(column)} "
        "AND NOT attisdropped)"
    )
