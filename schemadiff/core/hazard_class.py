"""What is known of a class of hazards before any database is looked at: its page.

`severity` is the usual one; settings may say otherwise (`hazards:` in schemadiff.yaml).
"""

from __future__ import annotations

from schemadiff.core.record import record

GROUPS = {
    "data-loss": "rows or values are lost",
    "availability": "others wait while it runs",
    "operation": "how it runs, and whether there is a way back",
    "compatibility": "programs that run now may fail afterwards",
    "data": "what is stored decides whether it works, or changes",
    "behaviour": "the same statements mean something else afterwards",
    "security": "somebody may do or see more than before",
}


@record(frozen=True, slots=True, kw_only=True)
class HazardClass:
    """One page: `advice` is the one sentence that stands in a plan, the rest is for `explain`."""

    code: str
    cls: str
    group: str
    severity: str
    title: str
    advice: str
    happens: str
    why: str
    lasts: str = "No longer than the statement itself, which looks at the catalogs alone."
    versions: str = "All."
