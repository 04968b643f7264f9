"""What a database no longer sees to: rules that go, numbers that come again, parts that leave.

The surprising fact: each of these is done in a moment and fails nobody; what is wrong is found when
wrong rows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.hazard_kind import HazardKind
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.sizes import SMALL_TABLE
from schemadiff.kinds._column.around import sequence_of
from schemadiff.kinds._hazards.rules import is_reworded
from schemadiff.kinds._proved import excludes_as_much
from schemadiff.kinds._table.heirs import lineage

_DOES = {
    "cascade": "takes those that refer to it along",
    "set null": "empties what refers to it",
    "set default": "gives what refers to it its default",
}


def rule_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name a constraint that goes, or that is not enforced any more, without another in its place.

    What goes with its table or column is told there.
    """
    if old is None or not getattr(old, "enforced", True):
        return
    if new is None:
        if _stays(old, context) and not _has_heir(old, context):
            text = f"{_called(old)} is gone: rows that it refused are let in."
            yield hazard("rule-gone", old.identity, text)
        return
    if hasattr(new, "on_delete"):
        yield from action_hazards(old, new)
    if old.identity.kind in _UNIQUE:
        yield from key_hazards(old, new, context)
    if _excludes_less(old, new, context):
        text = f"{_called(new)} is of more elements or fewer rows: what it refused is let in."
        yield hazard("rule-gone", new.identity, text)
    if not getattr(new, "enforced", True):
        text = f"{_called(old)} is not enforced any more: rows that it refused are let in."
        yield hazard("rule-gone", old.identity, text)


def index_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name an index that goes, and a unique one that becomes one in which keys may come twice."""
    gone = old is not None and new is None and _stays(old, context)
    if gone and _is_large(old, context) and not _stands_in(old, context):
        text = f"Index {old.identity.sql} is gone: what it has made quick reads the table instead."
        yield hazard("index-gone", old.identity, text)
    if old is not None and old.unique and (new is None or not new.unique):
        yield from rule_hazards(old, None, context)
    elif old is not None and old.unique:
        yield from key_hazards(old, new, context)


def key_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what a key that stays does not see to any more, or not at once."""
    if _is_of_more(old, new, context):
        text = f"{_called(new)} is of other columns or rows: what it refused is let in."
        yield hazard("rule-gone", new.identity, text)
    nulls = [getattr(each, "nulls_not_distinct", False) for each in (old, new)]
    if nulls == [True, False]:
        text = f"{_called(new)} lets NULL come more than once."
        yield hazard("rule-gone", new.identity, text)
    deferrable = [getattr(each, "deferrable", False) for each in (old, new)]
    if deferrable == [False, True]:
        text = f"{_called(new)} cannot be named by ON CONFLICT any more, nor by a new foreign key."
        yield hazard("breaks-conflict-key", new.identity, text)


def _is_of_more(old: Any, new: Any, context: Context) -> bool:
    """Tell whether rows pass a key that it refused, and that no other refuses either."""
    less = getattr(new, "where", None) not in (None, getattr(old, "where", None))
    if (_keys(new) <= _keys(old) and not less) or is_reworded(new.identity, context):
        return False
    return _stays(old, context) and not _has_heir(old, context)


def _excludes_less(old: Any, new: Any, context: Context) -> bool:
    """Tell whether an exclusion lets rows pass that it refused."""
    if old.identity.kind != "exclusion" or excludes_as_much(new, old):
        return False
    return not is_reworded(new.identity, context) and not _has_heir(old, context)


def _called(obj: DbObject) -> str:
    return f"{obj.identity.kind.replace('_', ' ').capitalize()} {obj.identity.sql}"


_UNIQUE = ("primary_key", "unique", "index")


def _stays(old: Any, context: Context) -> bool:
    """Tell whether what a rule or an index is on stays without it."""
    used = [i for i in context.current.depends_on(old.identity) if i.kind == "column"]
    return old.parent in context.desired and all(i in context.desired for i in used)


def _is_large(old: Any, context: Context) -> bool:
    """Tell whether it takes more than a moment to read the table, as far as is known."""
    size = context.sizes.of(old.parent)
    return not size.empty and not 0 < size.heap <= SMALL_TABLE


def _stands_in(old: Any, context: Context) -> bool:
    """Tell whether another index begins with all that the old one has, in its order."""
    for each in context.desired.children.get(old.parent, ()):
        obj: Any = context.desired.objects[each]
        if each.kind not in _UNIQUE or getattr(obj, "where", None) not in (None, old.where):
            continue
        if getattr(obj, "method", old.method) != old.method:
            continue
        here, there = ([getattr(c, "text", c) for c in index.columns] for index in (old, obj))
        if here == there[: len(here)]:
            return True
    return False


def _has_heir(old: Any, context: Context) -> bool:
    """Tell whether something that is new sees to the same, or a key that stays."""
    unique = old.identity.kind in _UNIQUE
    for each in context.desired.children.get(old.parent, ()):
        obj: Any = context.desired.objects[each]
        if each == old.identity or (not unique and each.kind != old.identity.kind):
            continue
        if unique and (each.kind not in _UNIQUE or not getattr(obj, "unique", True)):
            continue
        if each not in context.current and not unique:
            return True
        if unique and getattr(obj, "where", None) is None and _keys(obj) <= _keys(old):
            return True
    return _is_handed_down(old, context)


def _is_handed_down(old: Any, context: Context) -> bool:
    """Tell whether a table gets the same rule from one that it is a part or an heir of."""
    kind, path = old.identity.kind, old.identity.path
    above = (p for p in lineage(context.desired, path[:2]) if p != path[:2])
    rules = (context.desired.get(Identity(kind, (*p, path[2]))) for p in above)
    alike = (r for r in rules if r is not None and not getattr(r, "no_inherit", False))
    return any(not changed_attributes(old, r) - {"of"} for r in alike)


def _keys(obj: Any) -> set[str]:
    return {getattr(c, "text", c) for c in obj.columns}


def action_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what a foreign key does to rows by itself that it did not do before."""
    for event, verb in (("on_delete", "is deleted"), ("on_update", "gets another key")):
        before, after = getattr(old, event), getattr(new, event)
        if before != after and after in _DOES:
            text = f"A row of {'.'.join(new.target)} that {verb} {_DOES[after]} by {new.identity}."
            yield hazard("key-action", new.identity, text)


def default_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what new rows get that do not say it."""
    path = (old or new).identity.path
    column = Identity("column", path)
    before: Any = context.current.get(column)
    after: Any = context.desired.get(column)
    if old is None or before is None or after is None or before.type != after.type:
        return
    if after.generated is not None or after.identity_options is not None:
        return
    if new is not None:
        if old.expression != new.expression:
            text = f"New rows get {new.expression} in {column.sql} instead of {old.expression}."
            yield hazard("default-change", column, text)
    elif after.not_null:
        text = f"INSERT into {after.parent.sql} has to name {path[2]} from now on."
        yield hazard("breaks-not-null", column, text)
    else:
        text = f"New rows get NULL in {column.sql} instead of {old.expression}."
        yield hazard("default-change", column, text)


def numbers_hazards(subject: Identity, old: Any, new: Any) -> Iterator[Hazard]:
    """Name it when numbers may come again, or come to an end sooner."""
    if new.cycle and not old.cycle:
        text = f"{subject.sql} begins anew after its last number: numbers come again."
        yield hazard("numbers", subject, text)
    elif new.increment == old.increment and (
        (new.increment > 0 and new.maximum < old.maximum)
        or (new.increment < 0 and new.minimum > old.minimum)
    ):
        last = new.maximum if new.increment > 0 else new.minimum
        text = f"{subject.sql} ends at {last}, sooner than before: then INSERT fails."
        yield hazard("numbers", subject, text)


def identity_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what becomes of the numbers of an identity, and of those that programs give."""
    before, after = old.identity_options, new.identity_options
    name = new.identity.sql
    if after is None:
        given = new.generated or Identity("default", new.identity.path) in context.desired
        if before is not None and new.not_null and not given:
            text = f"INSERT into {new.parent.sql} has to name {new.identity.name} from now on."
            yield hazard("breaks-not-null", new.identity, text)
        return
    if after.generation == "always" and (before is None or before.generation != "always"):
        text = f"{name} is always generated: INSERT and UPDATE that give it a value fail."
        yield hazard("breaks-type", new.identity, text)
    if before is not None:
        if before.generation == "always" != after.generation:
            text = f"Programs may give {name} themselves: numbers of the sequence may come again."
            yield hazard("numbers", new.identity, text)
        if old.type == new.type:
            yield from numbers_hazards(new.identity, before, after)


class Numbers(HazardKind):
    """A kind whose objects give numbers."""

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when numbers come again, or come to an end sooner.

        What an identity of its column gives under the same name is not missed.
        """
        column: Any = context.desired.get(Identity("column", getattr(old, "owner", None) or ()))
        taken_over = getattr(column, "identity_options", None) is not None
        if not (taken_over and sequence_of(column) == old.identity.path):
            yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None:
            yield from numbers_hazards(new.identity, old, new)
