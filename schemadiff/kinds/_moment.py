"""Moments: those that mean when they are read ('now', 'today'), and those that are written out.

The server replaces the former at once by the time it is (manual, 8.5.1.4), so with such a default
a plan would never be empty, and nobody wants the day of the migration in every row.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from schemadiff.core.kind import At

_INSTEAD = {
    "now": "now()",
    "today": "current_date",
    "tomorrow": "current_date + 1",
    "yesterday": "current_date - 1",
}
_MOMENT = re.compile(
    rf"(?:\w+\s*)?'\s*({'|'.join(_INSTEAD)})\s*'(?:\s*::.*)?", re.IGNORECASE | re.DOTALL
)
_TIMES = ("timestamp", "date", "time")


def check_moment(default: str, type_: str, at: At) -> None:
    """Report a default that would be a constant from the day of the migration on."""
    found = _MOMENT.fullmatch(default.strip())
    if found and type_.startswith(_TIMES) and "[" not in type_:
        at.fail(
            "SD036",
            f"{default} means the moment in which the default is made, not that of each row",
            f"write {_INSTEAD[found[1].lower()]}, or the date itself",
            "default",
        )


def moment(text: str, at: At, key: str) -> str | None:
    """Give a date or time as the server prints it in UTC; None for one that never comes."""
    if text.strip().lower() == "infinity":
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        hint = "write it as 2030-01-01 00:00:00+00, or infinity"
        at.fail("SD013", f"{text!r} is not a moment", hint, key)
        return None
    if found.tzinfo is not None:
        found = found.astimezone(UTC)
    precise = found.replace(tzinfo=None).isoformat(" ")
    return (precise.rstrip("0") if "." in precise else precise) + "+00"
