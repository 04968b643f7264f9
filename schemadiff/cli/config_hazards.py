"""How hazards are taken, as `schemadiff.yaml` says it: severities, and what is allowed and why.

The surprising fact: an allowance counts up to and with its last day, by the calendar of the machine
that plans; afterwards it is as if it were not there, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator

from schemadiff.core.diagnostic import Severity
from schemadiff.core.hazard import Allowance, Rule
from schemadiff.core.hazard_class import GROUPS
from schemadiff.core.hazards import DATA_LOSS, WORDS
from schemadiff.core.spec_model import SCALAR, OrOne, SpecModel, Text, Texts

CLASSES = WORDS
SHOWN = ("all", *GROUPS, *DATA_LOSS)  # what a message names: there are too many words for a line


def check_hazard(value: str) -> str:
    """Refuse a code, class or group that does not exist: a slip of the pen; ValueError."""
    word = value.partition(":")[0]
    if word not in CLASSES:
        known = f"known: {', '.join(SHOWN)}, … (schemadiff explain lists all)"
        raise ValueError(f"no hazard is called {word!r}\nhint: {known}")
    return value


def check_day(value: str) -> str:
    """Refuse what is not a day; ValueError."""
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a day: write 2027-01-31") from None
    return value


def check_severity(value: str) -> str:
    """Refuse a severity that does not exist; ValueError."""
    known = [s.value for s in Severity]
    if value not in known:
        raise ValueError(f"no severity {value!r}: it is {', '.join(known)}")
    return value


HazardWord = Annotated[Text, AfterValidator(check_hazard)]
Day = Annotated[Text, AfterValidator(check_day)]
SeverityWord = Annotated[Text, AfterValidator(check_severity)]


class AllowanceSpec(SpecModel):
    """A hazard that is allowed; `CLASS` or `CLASS:PATTERN` is the short form."""

    shorthands: ClassVar = (SCALAR,)

    hazard: HazardWord
    """Its code, class or group; `all` is every one."""
    objects: Texts = ()
    """Patterns of names: `public.audit_*`; none is every object."""
    reason: Text | None = None
    """Why; the plan shows it."""
    until: Day | None = None
    """The last day on which it counts: `2027-01-31`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Take `CLASS:PATTERN` apart."""
        if not isinstance(value, str):
            return value
        word, _, pattern = check_hazard(value).partition(":")
        return {"hazard": word, "objects": [pattern] if pattern else []}

    def allowance(self, origin: str) -> Allowance:
        """Give the value that it stands for."""
        until = date.fromisoformat(self.until) if self.until else None
        return Allowance(Rule(self.hazard, self.objects), self.reason or "", until, origin)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


Allowances = Annotated[tuple[AllowanceSpec, ...], BeforeValidator(_listed), OrOne()]
Severities = dict[HazardWord, SeverityWord]


def severities(*said: Mapping[str, str]) -> tuple[tuple[Rule, Severity], ...]:
    """Give the severities of several mappings, the one that counts most last."""
    return tuple((Rule.of(word), Severity(value)) for each in said for word, value in each.items())


def flat(allowances: Sequence[Allowance], today: date) -> Iterator[str]:
    """Write what still counts as `--allow` takes it."""
    for each in allowances:
        if not each.ended(today):
            yield from (f"{each.rule.word}:{p}" for p in each.rule.patterns)
            if not each.rule.patterns:
                yield each.rule.word
