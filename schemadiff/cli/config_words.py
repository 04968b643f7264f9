"""The words that settings may say, wherever they say them: in the file, a variable or a flag.

A slip of the pen is a ValueError, whose text may have a hint behind "hint: ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from schemadiff.core.diagnostic import Severity
from schemadiff.core.hazard import Allowance, Rule
from schemadiff.core.hazard_class import GROUPS
from schemadiff.core.hazards import DATA_LOSS, WORDS

FILE = Path("schemadiff.yaml")
OFF = "off"
MANAGED = ("database", "roles", "security_labels", "subscriptions")
KEPT = {"grants": "grant", "default_privileges": "default_privilege"}  # word -> kind
LAYOUTS = ("by-table", "by-schema", "single")
CLASSES = WORDS
SHOWN = ("all", *GROUPS, *DATA_LOSS)  # what a message names: there are too many words for a line

_DURATION = re.compile(r"(\d+)\s*(ms|s|min|h)?")


def check_layout(value: str) -> str:
    """Refuse a layout that does not exist; ValueError."""
    if value not in LAYOUTS:
        raise ValueError(f"no layout {value!r}: it is {', '.join(LAYOUTS)}")
    return value


def check_duration(value: str) -> str:
    """Refuse what PostgreSQL would not take for a time with a unit; ValueError."""
    if _DURATION.fullmatch(value) is None:
        raise ValueError(f"{value!r} is not a duration: write 3s, 500ms or 1min")
    return value


def check_managed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a word that stands for nothing; only roles can be named by a pattern; ValueError."""
    for each in values:
        word, colon, pattern = each.partition(":")
        if word in KEPT:
            hint = "take the word out; `keep:` names what stays where no file names it"
            raise ValueError(f"{word} are managed anyway\nhint: {hint}")
        if word not in MANAGED:
            raise ValueError(f"nothing is called {word!r}\nhint: known: {', '.join(MANAGED)}")
        if colon and (word != "roles" or not pattern.strip()):
            raise ValueError(f"{each!r} cannot be so\nhint: a pattern of names: roles:app_*")
    return values


def check_kept(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a word that stands for nothing; ValueError."""
    for each in values:
        if each not in KEPT:
            raise ValueError(f"{each!r} cannot be kept\nhint: known: {', '.join(KEPT)}")
    return values


def check_preflight(value: str) -> str:
    """Refuse what is neither a time nor `off`; ValueError."""
    return value if value == OFF else check_duration(value)


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


def severities(*said: Mapping[str, str]) -> tuple[tuple[Rule, Severity], ...]:
    """Give the severities of several mappings, the one that counts most last."""
    return tuple((Rule.of(word), Severity(value)) for each in said for word, value in each.items())


def flat(allowances: Sequence[Allowance], today: date) -> Iterator[str]:
    """Write what still counts as `--allow` takes it.

    An allowance counts up to and with its last day, by the calendar of the machine that plans;
    afterwards it is as if it were not there, and the plan says so.
    """
    for each in allowances:
        if not each.ended(today):
            yield from (f"{each.rule.word}:{p}" for p in each.rule.patterns)
            if not each.rule.patterns:
                yield each.rule.word
