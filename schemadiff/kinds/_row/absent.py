"""Which rows of the files are not there yet."""

from __future__ import annotations

from schemadiff.core.preflight import Asking
from schemadiff.core.sql import ident
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._row.sql import Target


def not_there(target: Target, asking: Asking) -> str:
    """Write that no row has the key of one of the files, which is passed over where one has."""
    live = Rows(target.table, asking, only=target.heirs).source(target.key)
    return f"NOT EXISTS (SELECT FROM {live} WHERE {target.matches(ident(target.table.name), 'v')})"
