"""Versions of PostgreSQL as the server counts them (server_version_num)."""

from __future__ import annotations

from typing import Final

PG15: Final = 150000
PG16: Final = 160000
PG17: Final = 170000
PG18: Final = 180000
