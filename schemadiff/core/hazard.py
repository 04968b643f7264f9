"""A named danger of an operation.

Its class is the word that `--allow` takes, its code the same word for machines; a group such as
`data-loss` stands for every class in it. What each class means stands in `core/hazards.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

from schemadiff.core.diagnostic import Severity
from schemadiff.core.hazards import BY_CLASS, DATA_LOSS, words_of
from schemadiff.core.identity import Identity, dotted
from schemadiff.core.record import record, replace

__all__ = [
    "DATA_LOSS",
    "Allowance",
    "Hazard",
    "Policy",
    "Rule",
    "allow_name",
    "data_loss",
    "hazard",
]


@record(frozen=True, slots=True)
class Hazard:
    """A danger: its class, whether rows are lost, whose, and the sentence that says it.

    Of severity `error` it is refused until it is allowed. `allowed` is who or what allowed it, in
    words; empty where nothing does.
    """

    code: str
    cls: str
    subject: Identity
    message: str
    loses_data: bool = True
    severity: Severity = Severity.ERROR
    allowed: str = ""

    @property
    def flag(self) -> str:
        """The exact flag that allows it."""
        return f"--allow {self.cls}:{allow_name(self.subject)}"

    @property
    def advice(self) -> str:
        """How it is done more safely, in one sentence."""
        found = BY_CLASS.get(self.cls)
        return found.advice if found else ""

    def is_called(self, word: str) -> bool:
        """Tell whether a word names it: its code, its class, its group, or `all`."""
        return word in ("all", self.code, self.cls) or word in words_of(self.cls)

    def allowed_by(self, allowances: Iterable[str]) -> bool:
        """Tell whether one of `CLASS[:PATTERN]` covers it."""
        return any(Rule.of(a).covers(self) for a in allowances)

    def refused(self, allowances: Iterable[str]) -> bool:
        """Tell whether it stops `apply`."""
        if self.severity is not Severity.ERROR or self.allowed:
            return False
        return not self.allowed_by(allowances)


@record(frozen=True, slots=True)
class Rule:
    """Which hazards are meant: a code, class or group, and patterns of their objects."""

    word: str
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Rule:
        """Read `CLASS[:PATTERN]`."""
        word, _, pattern = text.partition(":")
        return cls(word, (pattern,) if pattern else ())

    def covers(self, hazard: Hazard) -> bool:
        """Tell whether a hazard is meant."""
        if not hazard.is_called(self.word):
            return False
        return not self.patterns or any(fits(hazard.subject, p) for p in self.patterns)


@record(frozen=True, slots=True)
class Allowance:
    """What is allowed, why, up to and with which day, and where that was said."""

    rule: Rule
    reason: str = ""
    until: date | None = None
    origin: str = ""

    @classmethod
    def of(cls, text: str, origin: str = "--allow") -> Allowance:
        """Read `CLASS[:PATTERN]`."""
        return cls(Rule.of(text), origin=origin)

    def covers(self, hazard: Hazard) -> bool:
        """Tell whether a hazard is meant, expired or not."""
        return self.rule.covers(hazard)

    def ended(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return self.until is not None and self.until < today

    def __str__(self) -> str:
        """Say what is allowed, as `--allow` takes it."""
        return ":".join((self.rule.word, ",".join(self.rule.patterns))).rstrip(":")

    @property
    def words(self) -> str:
        """Say why and how long."""
        until = f"until {self.until.isoformat()}" if self.until else ""
        return ", ".join(part for part in (self.reason, until) if part) or self.origin


@record(frozen=True, slots=True)
class Policy:
    """How hazards are taken here: severities (the last that fits counts) and allowances."""

    severities: tuple[tuple[Rule, Severity], ...] = ()
    allowances: tuple[Allowance, ...] = ()
    today: date | None = None

    @property
    def day(self) -> date:
        """The day by which allowances end."""
        return self.today or date.today()  # noqa: DTZ011  a day in the settings is the reader's own

    def judged(self, hazard: Hazard) -> Hazard:
        """Give a hazard with its severity and what allows it here."""
        fitting = [severity for rule, severity in self.severities if rule.covers(hazard)]
        usual = BY_CLASS.get(hazard.cls)
        severity = fitting[-1] if fitting else Severity(usual.severity) if usual else None
        live = [a for a in self.allowances if a.covers(hazard) and not a.ended(self.day)]
        allowed = live[0].words if live else ""
        return replace(hazard, severity=severity or hazard.severity, allowed=allowed)

    def expired(self, hazards: Sequence[Hazard]) -> tuple[Allowance, ...]:
        """Name the allowances that would have covered one of these, had they not ended."""
        over = (a for a in self.allowances if a.ended(self.day))
        return tuple(a for a in over if any(a.covers(h) and not h.allowed for h in hazards))


def allow_name(identity: Identity) -> str:
    """Name an object as `--allow` takes it: the schema `public` may be left out."""
    return dotted(_short(identity))


def fits(identity: Identity, pattern: str) -> bool:
    """Tell whether a pattern of `--allow` or of a scope names an object.

    `f.*` is every function of that name, also the one without arguments.
    """
    paths = (identity.path, _short(identity))
    names = {name for path in paths for name in (".".join(path), dotted(path))}
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


def _short(identity: Identity) -> tuple[str, ...]:
    public = identity.path[0] == "public" and len(identity.path) > 1
    return identity.path[1:] if public else identity.path


def hazard(cls: str, subject: Identity, message: str) -> Hazard:
    """Make a hazard of a class in the table."""
    kind = BY_CLASS[cls]
    losing = kind.group == "data-loss"
    return Hazard(kind.code, cls, subject, message, losing, Severity(kind.severity))


def data_loss(cls: str, subject: Identity, message: str) -> Hazard:
    """Make a hazard that loses data; `cls` is one of DATA_LOSS."""
    assert cls in DATA_LOSS, cls
    return hazard(cls, subject, message)
