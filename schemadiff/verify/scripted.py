"""A script run by psql, as a person would run it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import parameters_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError, ShadowError
from schemadiff.verify.dumped import client, environment

if TYPE_CHECKING:
    from psycopg import Connection

_SAID = 5  # lines


def run_script(connection: Connection[Any], script: str) -> bool:
    """Run a script with psql in the database of a connection; False where there is no psql.

    Raises ShadowError with what psql says.
    """
    from psycopg.conninfo import make_conninfo

    info, to = connection.info, make_conninfo(**parameters_of(connection))
    try:
        binaries = client("psql", info.server_version // 10000)
    except ConnectError:
        return False
    done = subprocess.run(
        [
            str(binaries.program("psql")),
            *("-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", to, "-f", "-"),
        ],
        env=environment(binaries, info.password),
        input=script.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[:_SAID]
        message = "the rehearsal failed: psql stops in the script: " + "\n  ".join(said)
        raise ShadowError(Diagnostic(code="SD520", message=message))
    return True
