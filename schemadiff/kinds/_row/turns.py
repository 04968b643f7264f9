"""In which order the rows of a table are written, so that none meets a value another still has.

Rows go in before others change, and go last, since other tables may refer to them. Where a key
beside that of the rows makes values unique, and nothing refers, what gives values up comes first.
The surprising fact: a key that is not deferrable is looked at row by row (manual, SET CONSTRAINTS),
so rows that hand values on are changed in turn, the one at the free end first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.preflight import Asking
from schemadiff.core.sql import comma, dollar, ident
from schemadiff.kinds._expand.triggers import states, triggers
from schemadiff.kinds._row.batch import ROWS, Batch, batch_of
from schemadiff.kinds._row.circle import reached
from schemadiff.kinds._row.keys import compared, unique_in, used_by
from schemadiff.kinds._row.parked import given_up, park
from schemadiff.kinds._row.sql import Cell, Target, update

Columns = tuple[str, ...]


class Turns(NamedTuple):
    """What comes before new rows, and the groups of rows that are changed in turn."""

    deletes_first: bool = False
    updates_first: bool = False
    together: tuple[Columns, ...] = ()


def turns(batch: Batch, context: Context) -> Turns:
    """Find the order in which the rows of a table are written."""
    table, desired = batch.target.table, context.desired
    asking = Asking(context, _same)
    keys = [(key, {*used_by(key, asking)}) for key in _beside(batch, desired)]
    touching = [c for c in batch.updated if any(used & {*c} for _, used in keys)]
    alone = bool(keys) and table not in reached(table, desired)
    gone = bool(batch.deleted and (batch.inserted or touching))
    return Turns(
        deletes_first=alone and gone and not _is_referred_to(table, context),
        updates_first=alone and bool(batch.inserted and touching),
        together=tuple(dict.fromkeys(_together(batch, keys, touching))),
    )


def _same(identity: Identity) -> Identity:
    return identity


def _beside(batch: Batch, desired: Catalog) -> Iterator[Any]:
    """Give what makes values unique in a table beside the key of its rows."""
    keys = unique_in(batch.target.table, desired)
    return (key for key in keys if {*key.columns} != {*batch.target.key})


def _is_referred_to(table: Identity, context: Context) -> bool:
    """Tell whether a table whose rows are written as well refers to one."""
    desired = context.desired
    for source in desired.of("foreign_key"):
        other = Identity("table", source.path[:2])
        if desired.objects[source].target == table.path and _is_written(other, context):  # type: ignore[attr-defined]
            return True
    return False


def _is_written(table: Identity, context: Context) -> bool:
    return batch_of(table, context.current, context.desired) is not None


def _together(
    batch: Batch, keys: Sequence[tuple[Any, set[str]]], touching: Sequence[Columns]
) -> Iterator[Columns]:
    """Give the groups of rows of which one gets, or may get, the value that another has."""
    for key, used in keys:
        if getattr(key, "deferrable", False):
            continue
        found = [c for c in touching if used & {*c}]
        if sum(len(batch.updated[c]) for c in found) > 1 and _hand_on(batch, key, used, found):
            yield from found


def _hand_on(batch: Batch, key: Any, used: set[str], groups: Sequence[Columns]) -> bool:
    """Tell whether a row may get another's value; what is not known may be any."""
    before = batch.before
    plain = not hasattr(key, "where") or not key.where
    if before is None or not plain or any(getattr(c, "is_expression", False) for c in key.columns):
        return True
    rows = [(i, cells, c) for c in groups for i, cells in batch.updated[c].items()]
    for name in used:
        old = {before[i].get(name): i for i, _, c in rows if name in c}
        if any(old.get(cells[name], i) != i for i, cells, c in rows if name in c):
            return True
    return False


def in_turn(batch: Batch, groups: Sequence[Columns], context: Context) -> str:
    """Update rows whose new values are free, until there are none; what is left is an error.

    Rows of a circle give up what they have first, where they can, and wait for one another no more.

    Statements are not moved to the right: line breaks may be a part of their values.
    """
    asking, target = Asking(context, _same), batch.target
    rows = {c: list(batch.updated[c].values()) for c in groups}
    touched = {c: _touched(batch, c, asking) for c in groups}
    parked = [sql for c in groups if (sql := park(batch, c, touched[c], context))]
    more = len(rows) > 1 or bool(parked)
    body = ["", "#variable_conflict use_column"]  # a column may be called like one
    body += ["DECLARE"] if more else []
    body += ["    again boolean;"] if more else []
    body += ["    parked boolean := false;"] if parked else []
    body += ["BEGIN", f"    FOR turn IN 1..{sum(map(len, rows.values())) + bool(parked)} LOOP"]
    body += ["        again := false;"] if more else []
    for columns, some in rows.items():
        free = [_no_other(target, columns, k, asking) for k in touched[columns]]
        body.append(f"{update(target, columns, some, free)};")
        body += ["        again := again OR FOUND;"] if more else []
    if parked:
        body += ["        EXIT WHEN NOT again AND parked;", "        IF NOT again THEN"]
        body += [*(f"{sql};" for sql in parked), "            parked := true;", "        END IF;"]
    else:
        body.append(f"        EXIT WHEN NOT {'again' if more else 'FOUND'};")
    body.append("    END LOOP;")
    body += [f"{update(target, columns, some)};" for columns, some in rows.items()]
    return "DO " + dollar("\n".join([*body, "END"]))


def seen_between(batch: Batch, groups: Sequence[Columns], context: Context) -> Iterator[Hazard]:
    """Name the triggers that see what rows have while they trade values."""
    asking, table = Asking(context, _same), batch.target.table
    columns = {
        one[0]
        for c in groups
        for key in _touched(batch, c, asking)
        if (one := given_up(key, c, batch, context)) and _go_round(batch, key, asking, groups)
    }
    sides = (context.current, context.desired)
    every = {i: side.objects[i] for side in sides for i in triggers(table, side)}
    seeing = [i.sql for i in sorted(every) if _sees(every[i], columns)]
    if columns and seeing:
        names = comma(map(ident, sorted(columns)))
        who = f"Trigger {seeing[0]} sees" if len(seeing) == 1 else f"Triggers {comma(seeing)} see"
        text = (
            f"{who} values of {names} that rows of {table.sql} have only while they trade theirs."
        )
        yield hazard("passing-values", Identity(ROWS, table.path), text)


def _go_round(batch: Batch, key: Any, asking: Asking, groups: Sequence[Columns]) -> bool:
    """Tell whether rows may get one another's values in a circle, as far as they are known."""
    used, before = {*used_by(key, asking)}, batch.before
    plain = not any(getattr(c, "is_expression", False) for c in key.columns)
    if before is None or not plain:
        return True
    rows = [(i, cells, c) for c in groups for i, cells in batch.updated[c].items()]
    had = defaultdict[tuple[str, Cell], set[Identity]](set)
    for i, _, c in rows:
        for name in used.intersection(c):
            had[name, before[i].get(name)].add(i)
    waits = {i: {j for n in used.intersection(c) for j in had[n, v[n]] - {i}} for i, v, c in rows}
    while free := {i for i, others in waits.items() if not others & waits.keys()}:
        waits = {i: others for i, others in waits.items() if i not in free}
    return bool(waits)


def _sees(trigger: Any, columns: set[str]) -> bool:
    """Tell whether an UPDATE of any of these columns fires a trigger."""
    of = set(trigger.update_of)
    on = "update" in trigger.events and states(trigger) - {"disabled", "replica"}
    return bool(on) and (not of or not of.isdisjoint(columns))


def _touched(batch: Batch, columns: Columns, asking: Asking) -> list[Any]:
    keys = _beside(batch, asking.context.desired)
    touched = (k for k in keys if not {*used_by(k, asking)}.isdisjoint(columns))
    return [k for k in touched if not getattr(k, "deferrable", False)]


def _no_other(target: Target, columns: Columns, key: Any, asking: Asking) -> str:
    used, table = used_by(key, asking), target.table
    same = "IS NOT DISTINCT FROM" if getattr(key, "nulls_not_distinct", False) else "="
    said = [compared(each, table, asking) for each in key.columns]
    having = f" WHERE ({key.where})" if getattr(key, "where", None) else ""
    gets = {c: f"{'v' if c in columns else 't'}.{ident(c)}" for c in used}
    if not having and all(value == ident(name) for name, value in said):
        meets = " AND ".join(f"o.{ident(c)} {same} {gets[c]}" for c, _ in said)
        other = f"SELECT FROM {target.only} AS o WHERE {meets}"
        return f"NOT EXISTS ({other} AND NOT ({target.matches('o', 't')}))"
    name, number = ident(table.name), range(len(said))
    keys = comma(f"({k}) AS k{n}" for n, (_, k) in enumerate(said))
    named = f"{name} ({comma(map(ident, used))})"
    meets = " AND ".join(f"n.k{n} {same} o.k{n}" for n in number)
    own = comma(f"{ident(c)} AS c{n}" for n, c in enumerate(target.key))
    another = " AND ".join(f"o.c{n} = t.{ident(c)}" for n, c in enumerate(target.key))
    return (
        f"NOT EXISTS (SELECT FROM (SELECT {keys} FROM (SELECT {comma(gets.values())}) AS {named}"
        f"{having}) AS n,\n"
        f"    (SELECT {keys}, {own} FROM {target.only} AS {name}{having}) AS o\n"
        f"    WHERE {meets} AND NOT ({another}))"
    )
