"""What a database refuses from now on that it took so far, so that programs fail at it.

The surprising fact: rows that are there say nothing of this. They are looked at once, when the rule
is made; what programs write is looked at from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import changed_attributes
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._proved import excludes_as_much

_KEYS = frozenset({"primary_key", "unique", "index"})


def stricter_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name a rule that is new to a table or domain in use, or that refuses more than it did."""
    if new is None or not _counts(new) or new.parent not in context.current:
        return
    if old is None or not _counts(old):
        said = None if _is_told(new, context) else _refuses(new)
    else:
        said = _refuses_more(old, new, context)
    if said:
        name = f"{new.identity.kind.replace('_', ' ').capitalize()} {new.identity.sql}"
        yield hazard("breaks-rule", new.identity, f"{name} {said} from now on.")


def _counts(obj: Any) -> bool:
    """Tell whether the server sees to it: not to what is of a foreign table, nor by every index."""
    unique = getattr(obj, "unique", True)
    return bool(unique and getattr(obj, "enforced", True) and obj.parent.kind != FOREIGN)


def _is_told(new: Any, context: Context) -> bool:
    """Tell whether no program can know its columns yet, or the same rule was there before."""
    columns = [i for i in context.desired.depends_on(new.identity) if i.kind == "column"]
    if columns and not any(c in context.current for c in columns):
        return True
    siblings = map(context.current.objects.get, context.current.children.get(new.parent, ()))
    return any(_says_as_much(each, new) for each in siblings)


_SAYS = frozenset({"expression", "columns", "target", "target_columns", "elements", "where"})


def _says_as_much(old: Any, new: Any) -> bool:
    """Tell whether a rule that was there refuses all that the new one does."""
    if {old.identity.kind, new.identity.kind} <= _KEYS:
        whole = _counts(old) and getattr(old, "where", None) is None
        return whole and _keys(old) <= _keys(new) and _nulls(old) >= _nulls(new)
    if old.identity.kind != new.identity.kind or not _counts(old):
        return False
    if new.identity.kind == "exclusion":
        return excludes_as_much(old, new)
    return not changed_attributes(old, new) & _SAYS


def _refuses(new: Any) -> str:
    match new.identity.kind:
        case "primary_key" | "unique" | "index":
            return "refuses a row whose key another row has"
        case "foreign_key":
            whole = ".".join(new.target)
            return f"refuses rows that refer to no row of {whole}, and may keep rows of that"
        case "exclusion":
            return "refuses a row that conflicts with another row"
    return "refuses what does not fit it"


def _refuses_more(old: Any, new: Any, context: Context) -> str:
    if new.identity.kind in _KEYS:
        if _nulls(new) and not _nulls(old):
            return "refuses a second NULL"
        return "" if _keys(old) <= _keys(new) else _refuses(new)
    if _says_as_much(old, new) or is_reworded(new.identity, context):
        return ""
    return f"is another one and {_refuses(new)}"


def is_reworded(rule: Identity, context: Context) -> bool:
    """Tell whether a type below it changes, for which the server has other words."""
    for each in context.desired.depends_on(rule):
        old, new = context.current.get(each), context.desired.get(each)
        if old is not None and new is not None and "type" in changed_attributes(old, new):
            return True
    return False


def _keys(obj: Any) -> set[str]:
    return {getattr(c, "text", c) for c in obj.columns}


def _nulls(obj: Any) -> bool:
    return bool(getattr(obj, "nulls_not_distinct", False))


_SILENT = ("disabled", "replica")


def trigger_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name a trigger that no longer fires for what clients do, or begins to.

    What goes with its table is told there.
    """
    before, after = (each is not None and each.enabled not in _SILENT for each in (old, new))
    identity = (new or old).identity
    if before and not after and old.parent in context.desired and not _goes_on(old, context):
        text = f"Trigger {identity.sql} does not fire any more for what clients do."
        yield hazard("rule-gone", identity, text)
    elif after and not before and new.parent in context.current:
        text = f"Trigger {identity.sql} may change or refuse what clients write from now on."
        yield hazard("breaks-rule", identity, text)


def _goes_on(old: Any, context: Context) -> bool:
    """Tell whether a new trigger of the table calls the same function."""
    siblings = context.desired.children.get(old.parent, ())
    new = (context.desired.objects[i] for i in siblings if i not in context.current)
    return any(getattr(each, "function", None) == old.function for each in new)
