"""Defaults that mean the moment in which they are read: 'now', 'today'.

The server replaces them at once by the time it is (manual, 8.5.1.4), so a plan would never be
empty, and nobody wants the day of the migration in every row.
"""

from __future__ import annotations

import re

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
