"""What the server prints of an object, which may be gone by then.

Its functions (`pg_get_viewdef`, `format_type`, …) look at what is there now, while a query shows
what was there when its transaction began. Of an object that somebody drops in between they say
nothing.
"""

from __future__ import annotations

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import Vanished

WHILE_DROPPED = "objects are dropped while they are read, again and again: run it when less changes"
_NO_TYPE = "???"  # of format_type()


def printed(text: str | None) -> str:
    """Give what was printed; raises Vanished for what is gone, so that all is read once more."""
    if text is None or text == _NO_TYPE:
        message = "the database cannot be read: something is gone that was there before"
        raise Vanished(Diagnostic(code="SD403", message=message, hint=WHILE_DROPPED))
    return text
