"""Which server a run speaks to, opened: the user's, or the embedded one of a newcomer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemadiff.cli import say
from schemadiff.cli.settings import Target

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection

NAME_LENGTH = 40


@contextmanager
def opened(target: Target) -> Iterator[Connection[Any]]:
    """Connect, and close at the end; raises ConnectError."""
    from schemadiff.catalog.session import connect, shown_url

    if target.url is None:
        with _embedded() as connection:
            yield connection
        return
    if say.is_verbose():
        shown = shown_url(target.url) or "from the environment"
        say.detail(f"database: {shown} ({target.origin})")
    connection = connect(target.url)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _embedded() -> Iterator[Connection[Any]]:
    from schemadiff.catalog.embedded import default_server
    from schemadiff.catalog.session import connect

    with default_server() as server:
        name = embedded_database(Path.cwd())
        url = server.ensure_database(name)
        say.line(
            f"no database is named (--db, --env, DATABASE_URL): using {name} on the embedded "
            f"PostgreSQL {server.binaries.version}"
        )
        say.detail(f"database: {url}")
        connection = connect(url)
        try:
            yield connection
        finally:
            connection.close()


def embedded_database(folder: Path) -> str:
    """Name the database of a project's folder, so that no two projects share one."""
    resolved = folder.resolve()
    word = re.sub(r"[^a-z0-9]+", "_", resolved.name.lower()).strip("_") or "schemadiff"
    mark = hashlib.sha256(str(resolved).encode()).hexdigest()[:6]
    return f"{word[:NAME_LENGTH]}_{mark}"
