"""What changes mean for running programs, meanings and rights, as several kinds say it.

The surprising fact: none of this shows in a lock or in the time that a statement takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.kinds._column.alter import by_clock, is_left_null
from schemadiff.kinds._expand.which import Move, move_of
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._hazards.cached import cached_plans
from schemadiff.kinds._hazards.kept import identity_hazards
from schemadiff.kinds._hazards.replicas import published_hazards
from schemadiff.kinds._privileges import gathered
from schemadiff.kinds._type_change import (
    effect_of,
    is_timed,
    keeps_bytes,
    loses_precision,
    may_refuse,
)

PUBLIC = "public"


def column_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what a new or altered column means for those who write the table."""
    if (old or new).of == FOREIGN:
        return
    yield from published_hazards(old, new, context)
    if new is None:
        return
    name = new.identity.sql
    empty = context.sizes.of(new.parent).empty
    if old is None:
        if is_left_null(new, context):
            text = f"INSERT into {new.parent.sql} has to name {new.identity.name} from now on."
            yield hazard("breaks-not-null", new.identity, text)
        return
    yield from identity_hazards(old, new, context)
    if new.not_null and not old.not_null:
        yield hazard("breaks-not-null", new.identity, f"{name} takes no NULL from now on.")
    if old.not_null and not new.not_null:
        yield hazard("rule-gone", new.identity, f"{name} takes NULL from now on.")
    if old.collation != new.collation:
        here, there = (c or "the usual collation" for c in (old.collation, new.collation))
        text = f"{name} goes from {here} to {there}: it is sorted and compared otherwise."
        yield hazard("collation-change", new.identity, text)
    if None not in (old.generated, new.generated) and old.generated != new.generated and not empty:
        text = f"{name} is {new.generated} in every row from now on, instead of {old.generated}."
        yield hazard("generated-change", new.identity, text)
    if old.type != new.type:
        yield from _type_hazards(old, new, context)


def _type_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what another type means for who reads and writes the column."""
    name, empty = new.identity.sql, context.sizes.of(new.parent).empty
    if not empty:
        yield cached_plans(new)
        if not isinstance(move_of(new, context), Move):
            text = f"The planner knows nothing of the values of {name} until it is analyzed."
            yield hazard("statistics-gone", new.identity, text)
    if old.generated is not None:
        return
    if keeps_bytes(old, new, context) is False:
        text = f"{name} goes from {old.type} to {new.type}: it is sorted and compared otherwise."
        yield hazard("collation-change", new.identity, text)
    refuses = may_refuse(old, new, context)
    if refuses and not empty:
        text = f"A value of {name} that {new.type} refuses makes it fail."
        yield hazard("may-fail", new.identity, text)
    if refuses or effect_of(old, new, context).narrows:
        text = f"{name} takes {new.type} instead of {old.type}: some values do not fit."
        yield hazard("breaks-type", new.identity, text)
    if not empty and by_clock(old, new) and is_timed(old.type, new.type):
        zone = context.sizes.zone or "of the session"
        text = f"Times in {name} are read in the time zone {zone}, as {new.type}."
        yield hazard("time-zone", new.identity, text)
    if loses_precision(old.type, new.type) and not empty:
        text = f"Values of {name} are rounded from {old.type} to {new.type}."
        yield hazard("loses-precision", new.identity, text)


def routine_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what a routine's rights and search_path mean."""
    before = _search_path(old) if old is not None else None
    after = _search_path(new)
    name = ".".join(new.identity.path[:2])
    bare = new.security_definer and after is None
    was_bare = old is not None and old.security_definer and before is None
    if bare and not was_bare:
        text = f"{name} runs with its owner's rights along its caller's search_path."
        yield hazard("definer-search-path", new.identity, text)
    if old is not None and new.security_definer != old.security_definer:
        if new.security_definer:
            text = f"{name} runs with its owner's rights from now on, whoever calls it."
            yield hazard("definer", new.identity, text)
        else:
            text = f"{name} runs with its caller's rights from now on."
            yield hazard("breaks-grant", new.identity, text)
    if old is not None and before != after:
        here, there = (p if p is not None else "the caller's" for p in (before, after))
        text = f"{name} finds names along {there or 'nothing'} instead of {here or 'nothing'}."
        yield hazard("search-path", new.identity, text)


def signature_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what calls of before no longer get, or can no longer leave out or name."""
    name = new.identity.called
    before, after = (getattr(each, "returns", None) for each in (old, new))
    if before != after:
        yield hazard("breaks-drop", new.identity, f"{name} returns {after} instead of {before}.")
    inputs = [[a.name for a in each.arguments if a.is_input] for each in (old, new)]
    for here, there in zip(*inputs, strict=False):
        if here and here != there:
            said = f"is called {there}" if there else "has no name"
            text = f"Argument {here} of {name} {said} from now on."
            yield hazard("breaks-rename", new.identity, text)
    if len(new.defaults) < len(old.defaults):
        text = f"Calls of {name} have to give more arguments than before."
        yield hazard("breaks-drop", new.identity, text)


def promise_hazards(old: Any, new: Any, stored: Iterable[str]) -> Iterator[Hazard]:
    """Name what the server, and those who call it, can no longer rely on, or do from now on.

    `stored` names what stores its results.
    """
    name = new.identity.called
    before, after = (getattr(each, "volatility", None) for each in (old, new))
    kept = ", ".join(stored)
    if before == "immutable" != after and kept:
        text = f"{name} becomes {after}, and {kept} keeps what it gave before."
        yield hazard("volatility", new.identity, text)
    elif kept and changed_attributes(old, new) & _RESULT:
        text = f"{name} may give something else, and {kept} keeps what it gave before."
        yield hazard("volatility", new.identity, text)
    strict = [getattr(each, "strict", False) for each in (old, new)]
    if strict == [False, True]:
        text = f"{name} gives NULL for any NULL argument from now on, without being run."
        yield hazard("null-input", new.identity, text)
    elif strict == [True, False]:
        text = f"{name} is run for NULL arguments too from now on."
        yield hazard("null-input", new.identity, text)
    if getattr(new, "leakproof", False) and not old.leakproof:
        text = f"{name} may see rows before policies and security barriers hide them."
        yield hazard("leakproof", new.identity, text)
    settings = [dict(each.settings) for each in (old, new)]
    names = {n for each in settings for n in each} - {"search_path"}
    differ = sorted(n for n in names if settings[0].get(n) != settings[1].get(n))
    if differ:
        text = f"{name} runs with another {', '.join(differ)}."
        yield hazard("routine-settings", new.identity, text)


# What decides what a routine gives.
_RESULT = frozenset({"body", "sql_body", "object_file", "language", "settings", "strict"})
# What stands between a routine and what stores its results.
_THROUGH = frozenset({"operator", "operator_class", "operator_family", "function", "cast"})
_KEEP = frozenset({"index", "exclusion", "statistics", "primary_key", "unique"})


def kept_results(routine: DbObject, context: Context) -> Iterator[str]:
    """Name what stores results of a routine, for which the server asks IMMUTABLE when it is made.

    It does not ask again when the routine changes (manual, 36.7). An index of an operator knows
    the operator alone.
    """
    seen, queue = {routine.identity}, [routine.identity]
    while queue:
        more = set(context.current.dependents.get(queue.pop(), ())) - seen
        seen |= more
        queue += [each for each in more if each.kind in _THROUGH]
    for each in sorted(seen - {routine.identity}):
        obj: Any = context.current.objects[each]
        stores = each.kind in _KEEP
        stores |= each.kind == "column" and obj.generated is not None
        stores |= each.kind == "table" and obj.partition_by is not None
        if stores and each in context.desired:
            yield str(each)


def _search_path(routine: Any) -> str | None:
    found: dict[str, str] = dict(routine.settings)
    return found.get("search_path")


def view_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what a view no longer shows, and what it no longer keeps from its readers."""
    for option in ("security_invoker", "security_barrier"):
        if getattr(old, option) and not getattr(new, option):
            text = f"View {new.identity.sql} loses {option}."
            yield hazard("view-rights", new.identity, text)
    if old.check_option is not None and new.check_option is None:
        text = f"View {new.identity.sql} takes rows that it does not show itself."
        yield hazard("view-rights", new.identity, text)
    kept = {c[0] for c in new.columns}
    gone = [c[0] for c in old.columns if c[0] not in kept] if kept else []
    if gone:
        text = f"View {new.identity.sql} no longer has {', '.join(gone)}."
        yield hazard("breaks-drop", new.identity, text)


def policy_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what a policy lets pass that it did not, and what it hides; rows cannot be told."""
    name = f"{new.identity.name} on {'.'.join(new.identity.path[:2])}"
    wider: list[str] = []
    narrower: list[str] = []
    if new.permissive != old.permissive:
        side = wider if new.permissive else narrower
        side.append("allows rows by itself" if new.permissive else "restricts what others allow")
    before, after = set(old.roles), set(new.roles)
    open_, closed = (wider, narrower) if new.permissive else (narrower, wider)
    if before != after and PUBLIC not in before and after - before:
        open_.append(f"is for {', '.join(sorted(after - before))} too")
    if before != after and PUBLIC not in after and before - after:
        closed.append(f"is not for {', '.join(sorted(before - after))} any more")
    if new.command != old.command:
        open_.append(f"is for {new.command} instead of {old.command}")
    if (new.using, new.with_check) != (old.using, old.with_check):
        wider.append("has another condition")
    if wider:
        yield hazard("policy-wider", new.identity, f"Policy {name} {', '.join(wider)}.")
    if narrower:
        yield hazard("hides-rows", new.identity, f"Policy {name} {', '.join(narrower)}.")


def row_security_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name it when policies of a table count no more, or do from now on, and for whom."""
    if old.row_security and not new.row_security:
        text = f"Policies of {new.identity.sql} do not count any more: all rows are visible."
        yield hazard("rls-off", new.identity, text)
    elif old.force_row_security and not new.force_row_security:
        text = f"Policies of {new.identity.sql} do not count for its owner any more."
        yield hazard("rls-off", new.identity, text)
    if new.row_security and not old.row_security:
        text = f"Who reads {new.identity.sql} sees only rows that its policies allow."
        yield hazard("hides-rows", new.identity, text)
    elif new.row_security and new.force_row_security and not old.force_row_security:
        text = f"The owner of {new.identity.sql} sees only rows that its policies allow."
        yield hazard("hides-rows", new.identity, text)


def public_hazard(subject: DbObject, of: str, added: Iterable[str]) -> Iterator[Hazard]:
    """Name the privileges that everybody gets."""
    words = ", ".join(sorted(added))
    if words:
        yield hazard("grant-public", subject.identity, f"Everybody gets {words} on {of}.")


def grant_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what everybody gets that was not there, or usual, and what a role loses."""
    grant = new or old
    known, usual = grant.known(context.version), grant.usual(context.version)
    before, after = (each.rights.sets(known)[0] if each else usual for each in (old, new))
    on = f"column {grant.on_column} of {grant.target}" if grant.on_column else str(grant.target)
    spoken, who = context.desired.spoken, grantee(grant.role)
    stays = grant.target in context.current and grant.target in context.desired
    silent = stays and spoken is not None and ("grant", grant.target) not in spoken
    said = []
    if gained := _few(after - before, known):
        if silent:
            said.append(f"{who} gets {', '.join(gained)} on {on}")
        elif grant.role == PUBLIC and new is not None:
            yield from public_hazard(new, on, gained)
    lost = ", ".join(_few(before - after, known))
    if lost and stays and not any(each is not None and each.owner for each in (old, new)):
        if silent:
            said.append(f"{who} loses {lost} on {on}")
        else:
            yield hazard("breaks-grant", grant.identity, f"{who} loses {lost} on {on}.")
    for text in said:
        message = f"{text}, for which the files name no grants."
        yield hazard("unnamed-grants", grant.target, message)


def _few(names: frozenset[str], known: frozenset[str]) -> tuple[str, ...]:
    """Name privileges: `all` where that is shorter."""
    return gathered(names, known) if len(known) > 1 else tuple(names)


def grantee(role: str) -> str:
    """Name who has a privilege at the beginning of a sentence."""
    return "Everybody" if role == PUBLIC else f"Role {role}"


def label_hazards(
    identity: Identity,
    old: Sequence[str],
    new: Sequence[str],
    renamed: Sequence[tuple[str, str]],
) -> Iterator[Hazard]:
    """Name labels of an enum that are gone, called otherwise, or there for good."""
    said = {before: label for label, before in renamed if label not in old}
    for label in old:
        if label in said:
            text = f"Label {label!r} of {identity.sql} is called {said[label]!r} from now on."
            yield hazard("breaks-label", identity, text)
        elif label not in new:
            text = f"Label {label!r} of {identity.sql} is gone."
            yield hazard("breaks-label", identity, text)
    kept = [said.get(label, label) for label in old if said.get(label, label) in new]
    if kept != [label for label in new if label in kept]:
        text = f"Values of {identity.sql} are sorted and compared in another order."
        yield hazard("label-order", identity, text)
    added = [each for each in new if each not in old and each not in said.values()]
    if added:
        labels = ", ".join(map(repr, added))
        text = f"{labels} in {identity.sql} cannot be taken away again by a statement."
        yield hazard("irreversible", identity, text)
