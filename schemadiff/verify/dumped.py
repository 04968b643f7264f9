"""What pg_dump says of two databases, object by object.

The surprising fact: the order of columns may rightly differ, since columns come in the order in
which they were added; so the lines of a table are sorted, and those of the rights on an object,
which come in the order in which they were granted. The dump is only cut at its own headings, its
SQL is not read.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.binaries import Binaries, find_binaries, wheel_binaries
from schemadiff.catalog.session import parameters_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError

if TYPE_CHECKING:
    from psycopg import Connection

_HEADING = re.compile(r"\n--\n-- Name: ")
_END = "-- PostgreSQL database dump complete"
# Of the schema "public", which is told where its rights are not those of initdb.
_NOT_MADE = "-- *not* creating schema, since initdb creates it"
_SAYS_NOTHING = ("\\restrict", "\\unrestrict", _NOT_MADE)
_OPTIONS = ("--schema-only", "--no-security-labels")
_NO_RIGHTS = ("--no-owner", "--no-privileges")


def client(name: str, major: int) -> Binaries:
    """Find a client program that is not older than the server; raises ConnectError."""
    for each in wheel_binaries():
        if each.major >= major and each.program(name).exists():
            return each
    found = find_binaries(major=major)
    if not found.program(name).exists():
        message = f"there is no {name} in {found.bindir}"
        hint = "pip install 'schemadiff[embedded]', or install the clients of PostgreSQL"
        raise ConnectError(Diagnostic(code="SD411", message=message, hint=hint))
    return found


def environment(binaries: Binaries, password: str) -> dict[str, str]:
    """Give the environment of a client that is to speak to a server and say little."""
    base = binaries.environment()
    base["PGOPTIONS"] = "-c client_min_messages=warning"
    base["PGCLIENTENCODING"] = "UTF8"
    if password:
        base["PGPASSWORD"] = password  # not as an argument: those everybody can see
    return base


def dumped(
    connection: Connection[Any], binaries: Binaries, *, rights: bool = True
) -> dict[str, str]:
    """Give what pg_dump writes of each object, by its heading; raises ConnectError.

    Without `rights` owners and privileges are left out.
    """
    from psycopg.conninfo import make_conninfo

    info, to = connection.info, make_conninfo(**parameters_of(connection))
    program = str(binaries.program("pg_dump"))
    more = () if rights else _NO_RIGHTS
    done = subprocess.run(
        [program, *_OPTIONS, *more, "--no-password", f"--dbname={to}"],
        env=environment(binaries, info.password),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        message = f"pg_dump {binaries.version} failed: {said}"
        raise ConnectError(Diagnostic(code="SD521", message=message))
    found: dict[str, str] = {}
    for name, body in blocks(done.stdout.decode(errors="replace")):
        found[name] = f"{found[name]}\n{body}" if name in found else body
    return found


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Cut a dump into objects: the heading without the owner, and the statements."""
    for block in _HEADING.split(text)[1:]:
        head, _, body = block.partition("\n--\n")
        if "; Type: TABLE;" in head or "; Type: FOREIGN TABLE;" in head:
            body = _sorted_columns(body)
        elif "; Type: ACL;" in head or "; Type: DEFAULT ACL;" in head:
            body = "\n".join(sorted(body.split("\n")))
        rows = (r for r in body.split("\n") if not r.startswith(_SAYS_NOTHING))
        body = "\n".join(r for r in rows if r.rstrip() not in (_END, "--"))
        yield head.partition("; Owner")[0], body.strip()


def _sorted_columns(body: str) -> str:
    before, opening, rest = body.partition(" (\n")
    inside, closing, after = rest.partition("\n)")
    lines = sorted(line.rstrip(",") for line in inside.split("\n"))
    return before + opening + "\n".join(lines) + closing + after


def differences(live: dict[str, str], desired: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Give each object that differs, as it is in the database and as the files would have it."""
    for name in sorted({*live, *desired}):
        one, other = live.get(name, ""), desired.get(name, "")
        if one != other:
            yield name, one, other
