"""What migra, an independent differ, says of two databases; in a process of its own.

The surprising fact: migra reads pkg_resources, which setuptools 81 dropped, and prints warnings
when it is imported; in another process neither bears on us.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError, InspectError

if TYPE_CHECKING:
    from psycopg import Connection

# The URLs come on standard input: arguments of a process everybody can see.
_PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
try:
    import pkg_resources, psycopg2
    from migra import Migration
    from schemainspect import get_inspector
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(7)
from sqlalchemy import create_engine
sides = [create_engine("postgresql+psycopg2://", creator=lambda dsn=dsn: psycopg2.connect(dsn))
         for dsn in json.load(sys.stdin)]
with sides[0].connect() as one, sides[1].connect() as other:
    found = Migration(get_inspector(one), get_inspector(other))
    found.set_safety(False)
    found.add_all_changes(privileges=False)
    json.dump([str(s).strip() for s in found.statements], sys.stdout)
"""
_MISSING = 7


def migra(live: Connection[Any], desired: Connection[Any]) -> list[str]:
    """Give the statements that migra would run; raises ConfigError where it is not installed."""
    from psycopg.conninfo import make_conninfo

    infos = live.info, desired.info
    sides = [make_conninfo(i.dsn, password=i.password or None) for i in infos]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        input=json.dumps(sides),
        capture_output=True,
        check=False,
        text=True,
    )
    said = (done.stderr.strip().splitlines() or [""])[-1]
    if done.returncode == _MISSING:
        hint = "pip install 'schemadiff[verify]'"
        message = f"migra cannot be run: {said}"
        raise ConfigError(Diagnostic(code="SD522", message=message, hint=hint))
    if done.returncode:
        raise InspectError(Diagnostic(code="SD523", message=f"migra failed: {said}"))
    return [str(each) for each in json.loads(done.stdout)]
