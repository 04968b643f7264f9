"""The type of a connection, for those who hand one on and never speak to the server themselves.

It exists for type checkers alone: importing this costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["Connection"]
