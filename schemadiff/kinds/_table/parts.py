"""Tables that become or cease to be part of another: ATTACH, DETACH, INHERIT, NO INHERIT.

The moment between is when the table stands alone: it is left before its own parts change and
joined after them, for a part's columns cannot be altered by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context
from schemadiff.core.lexer import code
from schemadiff.core.object import DbObject
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import literal, qualified
from schemadiff.kinds._column.alter import attribute, differs
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._constraint import checked
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._not_null import OF_PART
from schemadiff.kinds._row.type import ROWS, order_afterwards
from schemadiff.kinds._table.anew import is_made_anew, leaves
from schemadiff.kinds._table.for_good import is_another
from schemadiff.kinds._table.heirs import (
    BUILT,
    RELATIONS,
    joined,
    lineage,
    parents,
    parted,
    relation,
    within,
)
from schemadiff.kinds._table.online import (
    default_of,
    join_in_steps,
    joins_online,
    leave_in_steps,
    leaves_online,
    rebind_in_steps,
    rebound,
    whole_of,
)
from schemadiff.kinds._table.referring import let_go, referring, unrefer
from schemadiff.kinds._table.rejoining import (
    generated_anew,
    given_up,
    leaving_for,
    made_generated,
    moved_with,
    retyped,
    shared,
)
from schemadiff.kinds._table.returning import (
    change_in_steps,
    has_own_changes,
    left_for_good,
    returns,
)
from schemadiff.kinds._table.tree import attached_with_parts

_INHERITS = frozenset({"inherits", "rejoins"})
_BOUND = "partition_of: parent, bound: for values from (…) to (…)  (or bound: default)"


def to_bound(spec: Any, what: str, at: At) -> str | None:
    """Give the bound of a partition; reports one that is none, or that stands alone."""
    if (spec.partition_of is None) != (spec.bound is None):
        at.fail("SD041", f"{what} {at.name}: partition_of and bound belong together", _BOUND)
    if spec.bound is None:
        return None
    text = at.clause(spec.bound, "bound")
    first = next((t.value for t in code(text)), "")
    if first in ("from", "in", "with"):
        return f"for values {text}"
    if first not in ("for", "default"):
        said = f"{what} {at.name}: a bound begins with `for values`, or is `default`"
        at.fail("SD041", said, _BOUND, "bound")
    return text


_OF_COLUMNS = frozenset({"base_type", "collation", "composite", "domain", "enum", "range"})


class Lineage(Checked):
    """A kind whose objects may be parts or heirs of one another."""

    def afterwards(self, obj: Any, context: Context) -> Any:
        """Know the order of its columns, where others hold its rows."""
        return order_afterwards(obj, context)

    def faults(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Nothing is its own ancestor."""
        above, seen = list(parents(obj)), set[tuple[str, ...]]()
        while above:
            path = above.pop()
            if path == obj.identity.path:
                message = f"{obj.identity} is a part or an heir of itself"
                yield Fault("SD029", message, "look at partition_of: and inherits: of both ends")
                return
            if path not in seen and (table := relation(catalog, path)) is not None:
                above += parents(table)
            seen.add(path)

    def follow(self, moves: Sequence[tuple[Any, Any]], context: Context) -> Iterable[Operation]:
        """Nothing: ALTER TABLE of the parent reaches its parts."""
        del moves, context
        return ()

    def leaves(self, old: Any, new: Any, whole: Identity) -> bool:
        """An heir or a part that is none any more, or none for a while."""
        return leaves(old, new, whole.path)

    def stages(self, old: Any, new: Any, changed: frozenset[str]) -> Iterable[DbObject]:
        """One that leaves others and comes back is no heir of theirs in between."""
        found: list[Any] = list(super().stages(old, new, changed))
        left = (replace(each, inherits=_stays(each, new)) for each in found if new.rejoins)
        return [*found, *left]

    def apart(
        self, moving: Collection[Identity], context: Context
    ) -> Iterable[tuple[Identity, Mapping[str, Any]]]:
        """An heir leaves those that it has a column from beside others, as this moves."""
        return leaving_for(moving, self.name, context)

    def from_above(self, obj: Any, cause: Identity, context: Context) -> bool:
        """Rows of another table in columns that an heir has from its own."""
        above = lineage(context.current, obj.identity.path)
        return bool(obj.inherits) and cause.kind in ROWS and cause.path not in above

    def above_tells(self, obj: Any, gone: Identity) -> bool:
        """Types and collations of columns that it has from above: its own are objects."""
        return bool(parents(obj)) and gone.kind in _OF_COLUMNS


def _stays(form: Any, new: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(p for p in form.inherits if p not in new.rejoins)


def change_parents(
    old: Any, new: Any, changed: frozenset[str], context: Context
) -> Iterator[Operation]:
    """Leave and join tables, as a part or an heir; a part has no other parents."""
    inherits = list(_change_inheritance(old, new, context)) if changed & _INHERITS else []
    yield from inherits if new.partition_of else ()
    if changed & {"partition_of", "bound"}:
        yield from _reattach(old, new, context)
    yield from () if new.partition_of else inherits


def _reattach(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """DETACH from the old parent, ATTACH to the new one; a new bound is both."""
    leaving = [*_detach(old, new, context)] if old.partition_of else []
    if not new.partition_of:
        yield from leaving
        return
    join = attached_with_parts(_attach(new, context), new, context)
    anew = is_made_anew(new.partition_of, context)
    if old.partition_of == new.partition_of and not anew:
        # Nobody is to find it missing: it goes when all is there for it to come back.
        *before, leave = leaving
        ready = leave.requires | _ready_to_return(new.partition_of, context)
        yield from before
        stage = Stage.SWAP if change_in_steps(new.partition_of, context) else leave.stage
        leave = replace(leave, requires=ready, returns=True, stage=stage, bound=False)
        steps = new.identity in rebound(new.partition_of, context)
        join = replace(join, returns=True, stage=stage)
        yield from rebind_in_steps(new, leave, join, context) if steps else (leave, join)
        return
    if leaving and not leaving[-1].why and has_own_changes(new, context):
        leaving[-1] = replace(leaving[-1], why="its rows are in neither table until it is attached")
    yield from leaving
    # What is made anew gets its rows at once, into all of its parts.
    at_once = anew or not joins_online(old, new, context)
    yield from (join,) if at_once else join_in_steps(new, join, context)


def _ready_to_return(whole: tuple[str, ...], context: Context) -> frozenset[Identity]:
    """Name what has to be there before the parts of a table leave it for a moment, all together."""
    known: dict[Any, frozenset[Identity]] = context.memo.setdefault("ready to return", {})
    if whole not in known:
        parts = context.desired.dependents[Identity("table", whole)]
        both = ((context.current.get(i), context.desired.get(i)) for i in parts)
        back = [new for old, new in both if old is not None and returns(old, new, whole)]
        gone = {parted(whole), *(new.identity for new in back if new is not None)}
        needed = (_attach(new, context).requires for new in back)
        known[whole] = frozenset({left_for_good(whole)}).union(*needed) - gone
    return known[whole]


def _detach(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    name = literal(new.identity.sql)
    same = old.partition_of == new.partition_of
    condition = _inherits(new, old.partition_of)
    if same and new.bound:
        condition += (
            " AND EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
            f"to_regclass({name}) AND pg_catalog.pg_get_expr(relpartbound, oid) "
            f"IS DISTINCT FROM {literal(new.bound)})"
        )
    detach = f"{_alter(old.partition_of)} DETACH PARTITION {new.identity.sql}"
    back = old.partition_of if same else None
    # To return, the former parent has to be what it will be already.
    whole = None if same else old.partition_of
    heir = old.partition_of in new.inherits
    if heir:
        condition += f" AND {_is_part(new)}"
    leave = _leave(old, detach, condition, whole, context)
    if back and not is_made_anew(back, context):  # it changes along, with what is its own
        leave = replace(leave, releases=frozenset())
    elif not back:
        leave = replace(leave, provides=leave.provides | {left_for_good(old.partition_of)})
    between = old.partition_of in lineage(context.desired, new.identity.path)
    if heir or (between and not same):  # of what is not there yet
        above = frozenset({Identity("table", old.partition_of)})
        leave = replace(leave, releases=leave.releases | above, bound=False)
    elif not same and new.partition_of and relation(context.current, new.partition_of) is None:
        leave = _before_it_is_there(leave, old.partition_of, context)
    if keys := referring(old, new, context):
        gone = let_go(keys, context)
        leave = replace(leave, requires=gone, destroys=leave.destroys | {new.identity})
    yield from unrefer(old, condition, context)
    if not is_made_anew(old.partition_of, context) and leaves_online(old, new, context):
        yield from leave_in_steps(old, leave, condition, context)
        return
    yield replace(
        leave,
        requires=leave.requires | (_as_it_will_be(context.desired, back) if back else set()),
        destroys=leave.destroys | ({Identity("table", back)} if back else set()),
    )


def _attach(new: Any, context: Context) -> Operation:
    attach = f"{_alter(new.partition_of)} ATTACH PARTITION {new.identity.sql} {new.bound}"
    # Rows that are elsewhere are not looked at (manual, ALTER TABLE, ATTACH PARTITION).
    other = default_of(new.partition_of, context.current)
    looks = new.identity.kind != FOREIGN or other is not None
    join = _join(new, attach, new.partition_of, context, scans=looks)
    return replace(join, reads=(other.identity,) if other is not None else ())


def _before_it_is_there(leave: Operation, gone: tuple[str, str], context: Context) -> Operation:
    """Wait for nothing of what is joined later: it may have names that only what is left frees."""
    above, this = frozenset({Identity("table", gone)}), frozenset({leave.target})
    before, after = (s.depends_on(leave.target) for s in (context.current, context.desired))
    let_go = leave.releases | above | (before - after)
    return replace(leave, releases=let_go, provides=leave.provides | this, bound=False)


def _change_inheritance(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """NO INHERIT for what is gone, INHERIT for what is new; both for what is made anew."""
    table = _alter(new.identity.path)
    for gone in (p for p in old.inherits if p not in new.inherits or p in new.rejoins):
        sql = f"{table} NO INHERIT {qualified(*gone)}"
        op = _leave(old, sql, _inherits(new, gone), gone, context)
        if any(is_made_anew(above, context) for above in parents(new)):
            op = replace(op, bound=False)  # what it joins is not there yet
        if new.partition_of == gone:
            # What it becomes a part of is not there yet; and as a part it is an heir too.
            above = frozenset({Identity("table", gone)})
            guard = Guard(f"{_inherits(new, gone)} AND NOT {_is_part(new)}")
            op = replace(op, releases=op.releases | above, guard=guard, bound=False)
        if gone in new.rejoins:
            above = frozenset({Identity("table", gone)})
            guard = Guard(f"{_inherits(new, gone)} AND {_still_as_before(new, gone, context)}")
            op = replace(op, releases=op.releases | above, guard=guard, bound=False)
        elif op.bound:
            # Of what it will rest on nothing has to be there: a type of its columns may wait for
            # this, to be made anew.
            op = _before_it_is_there(op, gone, context)
        # What it has from others too cannot be altered through these as long as it is an heir.
        stays = [p for p in old.inherits if p in new.inherits and p not in new.rejoins]
        yield replace(op, ahead_of=op.ahead_of | {*shared(gone, stays, context.current)})
    for more in (p for p in new.inherits if p not in old.inherits or p in new.rejoins):
        yield _join(new, f"{table} INHERIT {qualified(*more)}", more, context, scans=False)


def _still_as_before(heir: Any, path: tuple[str, ...], context: Context) -> str:
    """Give the condition "a table that heirs leave, or what they leave it for, is as before"."""
    old, table = relation(context.current, path), relation(context.desired, path)
    if old.identity.kind != table.identity.kind:
        wanted = literal("f" if old.identity.kind == FOREIGN else "r")
        name = literal(old.identity.sql)
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
            f"to_regclass({name}) AND relkind = {wanted})"
        )
    sides = (context.current, context.desired)
    columns = [*retyped(path, *sides), *generated_anew(heir.identity, path, *sides)]
    columns += made_generated(path, *sides)
    anew = [is_another(table)] if is_made_anew(path, context) else []
    types = moved_with(path, context)
    gone = [attribute(old, "true") for old in given_up(path, context.current, context.desired)]
    return f"({' OR '.join([*anew, *map(differs, columns), *types, *gone])})"


def _is_part(table: Any) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass("
        f"{literal(table.identity.sql)}) AND relispartition)"
    )


def _leave(
    old: Any, sql: str, condition: str, whole: tuple[str, ...] | None, context: Context
) -> Operation:
    """Stop being a part, before the table or what it is part of changes: it would change along."""
    return Operation(
        verb=Verb.ALTER,
        target=old.identity,
        sql=sql,
        guard=Guard(condition),
        releases=frozenset(context.current.descendants(old.identity)),
        provides=frozenset({parted(old.partition_of)}) if old.partition_of else frozenset(),
        touches=whole_of(old),
        ahead_of=frozenset(
            Identity("table", each) for each in (lineage(context.current, whole) if whole else ())
        ),
    )


def _join(
    new: Any, sql: str, parent: tuple[str, str], context: Context, *, scans: bool
) -> Operation:
    """Become a part, when both tables are as they will be."""
    above = frozenset(Identity(kind, parent) for kind in RELATIONS)
    passed = _as_it_will_be(context.desired, new.identity.path, parent)
    inside = context.desired.children[new.identity]
    own = frozenset(i for i in inside if i.kind == OF_PART)
    # Where values follow a type, or wait for it, those of both tables have come back.
    proved = own | {i for i in inside if i.kind == "column"} | {settled(i.path) for i in own}
    refers = frozenset(_refers_elsewhere(new, parent, context))
    proved |= refers | {checked(i) for i in refers}
    # A key or an index that it gets by itself would be made by ATTACH, and then be there twice, as
    # would be what it refers to. One that comes from another table stands alone for no longer than
    # it has to.
    now, then = context.current, context.desired
    moves = bool(getattr(now.get(new.identity), "partition_of", None))
    there = (i for i in then.children[new.identity] if i.kind in BUILT and (i in now or not moves))
    built = frozenset(i for i in there if now.get(i) != then.objects[i])
    return Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=sql,
        guard=Guard(f"NOT {_inherits(new, parent)}"),
        requires=passed | proved | above | built | {parted(parent)},
        provides=frozenset({joined(parent)}),
        destroys=frozenset({new.identity}),
        scans=scans,
        bound=False,
    )


def _as_it_will_be(desired: Catalog, *tables: tuple[str, ...]) -> frozenset[Identity]:
    """Name what tables hand on to their parts, and the ends of all steps that lead there.

    A check that only helps to prove NOT NULL is not there in both tables, and one that is not
    valid yet conflicts with that of the table above.
    """
    passed = frozenset[Identity]().union(*(within(desired, path) for path in tables))
    return passed | {checked(i) if i.kind == "check" else settled(i.path) for i in passed}


def _refers_elsewhere(new: Any, parent: tuple[str, str], context: Context) -> Iterator[Identity]:
    """Name the references of a table, but those to what it becomes a part of."""
    above = {*lineage(context.desired, parent)}
    for each in context.desired.children[new.identity]:
        key: Any = context.desired.objects[each]
        if each.kind == "foreign_key" and key.target not in above:
            yield each


def _alter(path: tuple[str, ...]) -> str:
    return f"ALTER TABLE {qualified(*path)}"


def _inherits(child: Any, parent: tuple[str, str]) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = "
        f"to_regclass({literal(child.identity.sql)}) AND inhparent = "
        f"to_regclass({literal(qualified(*parent))}))"
    )
