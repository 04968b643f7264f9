"""The sentences that all outputs share: the summary, hazards, locks, what is not managed."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from schemadiff.core.catalog import Unmanaged
from schemadiff.core.change import Alter
from schemadiff.core.diagnostic import Severity
from schemadiff.core.hazard import Hazard
from schemadiff.core.hazards import BY_CLASS
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import Kind, LexError, tokens
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, ScanFor
from schemadiff.core.plan import Plan, Segment, change_verb
from schemadiff.core.preflight import Outcome
from schemadiff.core.record import record
from schemadiff.render.entries import entry, stands_alone
from schemadiff.render.values import one_line

VERBS = ("create", "change", "replace", "drop", "rename")
_NO_CHANGES = "No changes. The database is as the schema files say."
_NO_DIFFERENCE = "No differences. What schemadiff manages is the same in both."
_SHOWN = 8  # names of one kind before the rest is counted


def count(number: int, noun: str) -> str:
    """Write a number with its noun in the right form."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Give the plural of a kind's words; it is the first of them in "comment on"."""
    first, on, rest = noun.partition(" on")
    if on and not rest.strip():
        return plural(first) + on
    if noun.endswith(("x", "ch", "sh", "ss")):
        return noun + "es"
    if noun.endswith("s"):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def kind_words(kind: str) -> str:
    """Write a kind's name as words."""
    return one_line(kind).replace("_", " ")


def name_of(identity: Identity) -> str:
    """Write a name path on one line."""
    return one_line(identity.called)


def title(identity: Identity) -> str:
    """Write kind and name on one line."""
    return f"{kind_words(identity.kind)} {name_of(identity)}".strip()


class Titles:
    """Names for people: `f(integer)` for a routine, `comment on table t` for what has no name."""

    def __init__(self, plan: Plan) -> None:
        """Learn from the plan's objects which of them are called otherwise than by their path."""
        entries = [entry(c) for c in (*plan.changes, *plan.rebuilt)]
        self._signed = {e.identity: e.name for e in entries if stands_alone(e)}
        self._nameless = {e.identity: e for e in entries if e.parent and not e.name}
        self._parents = {e.identity: e.parent for e in entries if e.parent}

    def __call__(self, identity: Identity) -> str:
        """Write kind and name on one line."""
        kind = kind_words(identity.kind)
        if (name := self._signed.get(identity)) is not None:
            return f"{kind} {one_line(f'{identity.schema}.{name}')}"
        seen = self._nameless.get(identity)
        if seen is not None and seen.parent is not None:
            joiner = "of" if seen.parent.path == identity.path else "on"
            return f"{kind} {joiner} {self(seen.parent)}"
        parent = self._parents.get(identity)
        if parent is not None and identity.path[:-1] == (*parent.path, parent.kind):
            # What is attached to an object and has a name beside it: a grant, by its role.
            return f"{kind} {one_line(identity.name)} on {self(parent)}"
        return title(identity)


def summary(plan: Plan) -> str:
    """Write the counts of a plan in one sentence."""
    counts = plan.counts()
    parts = [f"{counts[verb]} to {verb}" for verb in VERBS]
    if plan.rebuilt:
        parts.append(f"{len(plan.rebuilt)} rebuilt on the way")
    return "Plan: " + ", ".join(parts)


def breakdown(plan: Plan) -> Iterator[tuple[str, str]]:
    """Say for each verb how many of which kind."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for change in plan.changes:
        kinds[change_verb(change)][kind_words(change.identity.kind)] += 1
    for verb in VERBS:
        if kinds[verb]:
            yield verb, ", ".join(count(n, kind) for kind, n in kinds[verb].items())


def hazards(plan: Plan) -> tuple[Hazard, ...]:
    """Give the hazards that stop `apply` unless they are allowed, those that lose data first."""
    found = (h for h in plan.hazards if h.severity is Severity.ERROR)
    return tuple(sorted(found, key=lambda h: not h.loses_data))


def is_allowed(hazard: Hazard, plan: Plan) -> bool:
    """Tell whether somebody has allowed a hazard."""
    return bool(hazard.allowed) or hazard.allowed_by(plan.allowed)


@record(frozen=True, slots=True)
class Warned:
    """The hazards of one class that do not stop `apply`."""

    code: str
    cls: str
    title: str
    advice: str
    quiet: bool
    members: tuple[Hazard, ...]

    @property
    def names(self) -> str:
        """Say whose they are, in one line."""
        found = list(dict.fromkeys(name_of(h.subject) for h in self.members))
        rest = f" … and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        return ", ".join(found[:_SHOWN]) + rest

    @property
    def messages(self) -> list[str]:
        """Say what happens, once each, and how often."""
        times = Counter(h.message for h in self.members)
        return [m if n == 1 else f"{m} ({n} times)" for m, n in times.items()]


def warnings(plan: Plan) -> tuple[Warned, ...]:
    """Give what does not stop `apply`, by class, the quiet ones last; not what is allowed.

    That programs miss what is dropped with its data goes without saying.
    """
    groups: dict[tuple[bool, str, str], list[Hazard]] = defaultdict(list)
    said = {h.subject for h in hazards(plan)}
    for each in plan.hazards:
        if each.subject in said and each.is_called("compatibility"):
            continue
        if each.severity is not Severity.ERROR and not is_allowed(each, plan):
            groups[each.severity is Severity.INFO, each.code, each.cls].append(each)
    found = []
    for (quiet, code, cls), members in sorted(groups.items()):
        page = BY_CLASS.get(cls)
        head, advice = (page.title, page.advice) if page else (cls, "")
        found.append(Warned(code, cls, head, advice, quiet, tuple(members)))
    return tuple(found)


def allowed(plan: Plan) -> tuple[Hazard, ...]:
    """Give what would be warned of had nobody allowed it."""
    return tuple(
        h for h in plan.hazards if h.severity is not Severity.ERROR and is_allowed(h, plan)
    )


def hazards_text(plan: Plan) -> str:
    """Say how many hazards there are, and how many of them are still refused."""
    every, refused = len(hazards(plan)), len(plan.refused(plan.allowed))
    if refused == every:
        return f"{count(every, 'hazard')}, refused until allowed"
    if not refused:
        return f"{count(every, 'hazard')}, allowed"
    return f"{count(every, 'hazard')}, {refused:,} of them refused until allowed"


def hazard_flag(hazard: Hazard) -> str:
    """Write the flag that allows a hazard so that a shell takes it as it stands."""
    option, _, value = hazard.flag.partition(" ")
    return f"{option} {shlex.quote(one_line(value))}"


def impact(operation: Operation) -> str:
    """Say what an operation does to those who work meanwhile."""
    parts = []
    if operation.lock is LockMode.NONE or operation.on_new:
        parts.append("locks no existing table")
    else:
        parts.append(f"{operation.lock.sql} lock{_elsewhere(operation)}: {operation.lock.blocks}")
    if operation.rewrites:
        parts.append("rewrites the table")
    if operation.scans:
        query = operation.scan_for is ScanFor.QUERY
        parts.append("runs its query" if query else "scans the table")
    return ", ".join(parts)


_RELATION = 2  # so many names a table has
_NAMED = 3


def _elsewhere(operation: Operation) -> str:
    """Name the relations that are locked where the target's own is none of them."""
    names = [name_of(t) for t in operation.touches]
    own = operation.target.path[:_RELATION]
    if not names or any(t.path == own for t in operation.touches):
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" on {', '.join(names[:_NAMED])}{more}"


@dataclass(slots=True)
class Burden:
    """What a plan does to one relation while it runs, and by which statements.

    A lock is held to the end of its transaction: what is read under a weak one may be read while
    an earlier statement's blocks everybody.
    """

    lock: LockMode = LockMode.NONE
    rewrites: bool = False
    scans: bool = False
    reads_in_use: bool = False
    numbers: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Say it in words."""
        parts = [self.lock.blocks] if self.lock >= LockMode.SHARE else []
        parts += ["rewritten"] if self.rewrites else ["scanned"] if self.scans else []
        if self.reads_in_use:
            parts += ["scanned while in use" if parts else "scanned, in use"]
        return ", ".join(parts)


def burdens(plan: Plan) -> dict[str, Burden]:
    """Give which relations of before are blocked, rewritten or scanned, the worst first."""
    found: dict[str, Burden] = {}
    number = 0
    for segment in plan.segments:
        held: dict[str, LockMode] = defaultdict(lambda: LockMode.NONE)
        for op in segment.operations:
            number += 1
            if op.lock < LockMode.SHARE and not op.rewrites and not op.scans:
                continue
            column, home = len(op.target.path) > _RELATION, op.target.path[:_RELATION]
            among = any(t.path == home for t in op.touches)  # not so of a type: all have it
            for table in op.touches:
                name, own = name_of(table), table.path == home or not (column or among)
                # Where it is said what is read, that and the target itself are.
                every = own if op.rewrites and among else not op.reads
                scans = op.scans and (every or table in (op.target, *op.reads))
                held[name] = max(held[name], op.lock)
                burden = found.setdefault(name, Burden())
                burden.lock = max(burden.lock, op.lock)
                burden.rewrites |= op.rewrites and own
                burden.scans |= scans and held[name] >= LockMode.SHARE
                burden.reads_in_use |= scans and held[name] < LockMode.SHARE
                burden.numbers += (number,)
    order = sorted(found, key=lambda n: (-found[n].lock, -found[n].rewrites))
    return {name: found[name] for name in order}


def listed(numbers: Iterable[int]) -> str:
    """Write statement numbers, neighbours as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [f"{r[0]} to {r[-1]}" if r[2:] else ", ".join(map(str, r)) for r in runs]
    word = "statement" if len(runs) == 1 and len(runs[0]) == 1 else "statements"
    more = f" and {len(texts) - _SHOWN} more runs" if len(texts) > _SHOWN else ""
    return f"{word} {', '.join(texts[:_SHOWN])}{more}"


def segment_titles(plan: Plan) -> Iterator[tuple[Segment, str]]:
    """Give the segments that hold something, each with its heading."""
    segments = [s for s in plan.segments if s.operations]
    total = sum(s.transactional for s in segments)  # what only clears up has no heading
    number = 0
    for segment in segments:
        size = count(len(segment.operations), "statement")
        if segment.transactional:
            number += 1
            of = f" {number} of {total}" if total > 1 else ""
            yield segment, f"Transaction{of} ({size})"
        elif any(op.clears for op in segment.operations):
            yield segment, ""
        else:
            yield segment, f"Outside of a transaction ({size})"


def server_text(version: int) -> str:
    """Write `server_version_num` as people do."""
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def time_text(moment: datetime) -> str:
    """Write a moment in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def no_changes(plan: Plan) -> str:
    """Say that there is nothing to do."""
    return _NO_DIFFERENCE if plan.between else _NO_CHANGES


def where(plan: Plan) -> str:
    """Say which database on which server the plan was made against."""
    word = "from" if plan.between else "database"
    parts = [f"{word} {one_line(plan.database)}"] if plan.database else []
    parts += [server_text(plan.server_version)] if plan.server_version else []
    return ", ".join(parts)


_SEVERAL = ("settings ", "grants ")  # words that are no name of a single thing


def unmanaged(plan: Plan) -> Iterator[tuple[str, str]]:
    """Give what is not managed, by kind, with the names; a long list ends with a count."""
    groups: dict[tuple[str, str], list[Unmanaged]] = defaultdict(list)
    for each in plan.unmanaged:
        groups[each.kind, each.reason].append(each)
    for (kind, reason), members in groups.items():
        names = ", ".join(one_line(m.name) for m in members[:_SHOWN])
        rest = len(members) - _SHOWN
        more = f" … and {rest:,} more" if rest > 0 else ""
        because = f" ({one_line(reason)})" if reason else ""
        several = kind.startswith(_SEVERAL) and len(members) == 1
        head = kind if several else count(len(members), kind_words(kind))
        yield head, f"{names}{more}{because}"


def rebuilt(plan: Plan) -> dict[Identity | None, dict[Identity, str]]:
    """Give the rebuilt dependents by their cause, with the sign of each."""
    found: dict[Identity | None, dict[Identity, str]] = defaultdict(dict)
    for change in plan.rebuilt:
        in_place = isinstance(change, Alter) and not change.replace
        found[getattr(change, "cause", None)][change.identity] = "~" if in_place else "-/+"
    return found


def terminated(sql: str) -> str:
    """End a statement with one semicolon that no comment swallows."""
    try:
        found = tokens(sql)
    except LexError:
        return f"{sql}\n;"
    if found and found[-1].text == ";":
        return sql
    ends_in_comment = bool(found) and found[-1].kind is Kind.COMMENT
    return f"{sql}\n;" if ends_in_comment else f"{sql};"


_ANSWERS = {
    Outcome.FAILS: ("danger", "fails"),
    Outcome.LOSES: ("danger", "loses"),
    Outcome.NOT_CHECKED: ("warning", "not checked"),
    Outcome.PASSED: ("", "passed"),
}


def answers(plan: Plan) -> list[tuple[str, str]]:
    """Give a style and a line for each answer of the rows, what stops `apply` first."""
    order = list(_ANSWERS)
    found = sorted(plan.answers or (), key=lambda a: order.index(a.outcome))
    return [(style, f"{word}: {a.text}") for a in found for style, word in [_ANSWERS[a.outcome]]]
