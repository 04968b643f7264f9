"""SQL scripts run in a scratch database.

Roles belong to the cluster. Where that is thrown away as well, a script may make them, and those
that it only names are made for it; elsewhere what is about a missing role is left out, and told.

The surprising fact: files of a folder are often one object each, in the order of their names, which
is not the order of their needs. What lacks something that a later file makes is tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import ShadowError
from schemadiff.core.record import record
from schemadiff.shadow.migrations import left_out, without_ways_back
from schemadiff.shadow.roles import make_roles
from schemadiff.shadow.script import Script, Statement, scripts_of

if TYPE_CHECKING:
    from psycopg import Connection

_ROLE: Final = frozenset("role user group".split())
_UNDEFINED_OBJECT: Final = "42704"
_IS_THERE: Final = "42710"
_IN_USE: Final = "2BP01"
_NO_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_NEVER_MIND: Final = frozenset("alter create grant reassign revoke".split())
# Table, function, object, column, schema: what another file may still make.
_UNDEFINED: Final = frozenset(("42P01", "42883", _UNDEFINED_OBJECT, "42703", "3F000"))
_MAY_WAIT: Final = frozenset("alter comment create grant revoke".split())


@record(frozen=True, slots=True)
class _Waiting:
    """A statement that lacks something, with the path in which its names were looked up."""

    script: Script
    statement: Statement
    search_path: str


def run_scripts(
    scratch: Connection[Any], files: Sequence[Path], *, own_cluster: bool = False
) -> tuple[Diagnostic, ...]:
    """Run scripts statement by statement; gives what is to be said of what was left out.

    `own_cluster` says that the whole server goes with the database. Raises ShadowError for what the
    server refuses, and for what reaches beyond the database.
    """
    kept, back = without_ways_back(files)
    scripts = scripts_of(kept)
    several = len(scripts) > 1 or any(s.includes for s in scripts)
    run = _Run(scratch, own_cluster=own_cluster, several=several)
    for script in scripts:
        # A dump sets its own search_path; what it leaves of that must not bear on the next file.
        run.prepare()
        run.all_of(script, ())
    run.what_waits()
    back += [s.file for s in scripts if s.ways_back]
    return (*run.told(), *([left_out(back)] if back else ()))


class _Run:
    """Scripts on their way: what waits for another file, and which roles there are not."""

    def __init__(self, scratch: Connection[Any], *, own_cluster: bool, several: bool) -> None:
        self._scratch = scratch
        self._own = own_cluster
        self._several = several
        self._waiting: list[_Waiting] = []
        self._beyond: list[tuple[Script, Statement]] = []
        self._missing: dict[str, list[tuple[Script, Statement]]] = {}

    def prepare(self) -> None:
        """Set the session as a script may expect it."""
        from psycopg.errors import InsufficientPrivilege

        self._scratch.execute("RESET ALL")
        self._scratch.execute("SET check_function_bodies = off")
        with suppress(InsufficientPrivilege):  # only a message tells which role is missing
            self._scratch.execute("SET lc_messages = 'C'")

    def all_of(self, script: Script, outer: tuple[Path, ...]) -> None:
        """Run a script and what it brings."""
        around = (*outer, script.file.resolve())
        for part in script.parts:
            if isinstance(part, Statement):
                self._one(script, part)
            elif part.file.resolve() in around:
                raise script.wrong(part.offset, f"{part.file} would bring itself")
            else:
                self.all_of(Script(part.file), around)

    def what_waits(self) -> None:
        """Run what waited until no more of it succeeds; ShadowError for the first of the rest."""
        while self._waiting:
            again, self._waiting = self._waiting, []
            for each in again:
                self.prepare()
                self._scratch.execute(
                    "SELECT pg_catalog.set_config('search_path', %s, false)", (each.search_path,)
                )
                self._one(each.script, each.statement)
            if len(self._waiting) == len(again):
                self._several = False
                self._one(again[0].script, again[0].statement)

    def told(self) -> Iterator[Diagnostic]:
        """Say what was left out, and which roles are missing for it."""
        if self._beyond:
            script, statement = self._beyond[0]
            about = sorted({s.reach.kind for _, s in self._beyond if s.reach})
            yield Diagnostic(
                code="SD083",
                message=f"left out what is no part of one database: {_several(self._beyond)} "
                f"about {' and '.join(about)}",
                severity=Severity.INFO,
                place=script.place(statement.offset),
            )
        for role, found in self._missing.items():
            script, statement = found[0]
            yield Diagnostic(
                code="SD086",
                message=f"there is no role {role} on the server: {_several(found)} left out",
                hint="make the role, or compare where it is",
                severity=Severity.WARNING,
                place=script.place(statement.offset),
            )

    def _one(self, script: Script, statement: Statement) -> None:
        """Run a statement, with the roles that it names."""
        from psycopg import Error

        if (reach := statement.reach) and not (self._own and reach.of_roles):
            # What is only said on something (COMMENT, GRANT) makes no difference in a schema.
            if reach.makes and not (reach.kind == "database" and reach.name == script.database):
                said = f"{' '.join(statement.words[:2]).upper()} reaches beyond"
                said += " the scratch database"
                raise script.wrong(statement.offset, said, "take it out of the script")
            self._beyond.append((script, statement))
            return
        made: set[str] = set()
        while True:
            try:
                self._scratch.execute(statement.text.encode())
            except Error as error:
                role = _missing_role(error)
                if self._own and role and role not in made:
                    make_roles(self._scratch, [role])
                    made.add(role)
                    continue
                if not self._never_mind(error, script, statement):
                    raise _refused(error, script, statement) from None
            return

    def _never_mind(self, error: Any, script: Script, statement: Statement) -> bool:
        """Tell whether what is refused may wait, or says nothing of a schema, or is only told."""
        first, second = (*statement.words, "", "")[:2]
        if second in _ROLE and first in ("create", "drop"):
            # Both sides of a comparison share the cluster: the other one may have it, and use it.
            return bool(error.sqlstate == (_IS_THERE if first == "create" else _IN_USE))
        if error.sqlstate == _UNDEFINED_OBJECT and first == "set":
            return True  # a setting of another version
        role = _missing_role(error)
        if role and first in _NEVER_MIND:
            self._missing.setdefault(role, []).append((script, statement))
            return True
        return self._waits(error, script, statement)

    def _waits(self, error: Any, script: Script, statement: Statement) -> bool:
        from psycopg.pq import TransactionStatus

        idle = self._scratch.info.transaction_status == TransactionStatus.IDLE
        may = statement.words[:1] and statement.words[0] in _MAY_WAIT
        if not (self._several and idle and may and error.sqlstate in _UNDEFINED):
            return False
        row = self._scratch.execute("SHOW search_path").fetchone()
        self._waiting.append(_Waiting(script, statement, row[0] if row else ""))
        return True


def _several(found: Sequence[object]) -> str:
    return f"{len(found)} statements" if len(found) > 1 else "1 statement"


def _missing_role(error: Any) -> str:
    """Name the role that the server lacks, where its messages are in English."""
    hit = _NO_ROLE.search(str(error.diag.message_primary or ""))
    return hit[1] if hit and error.sqlstate == _UNDEFINED_OBJECT else ""


def _refused(error: Any, script: Script, statement: Statement) -> ShadowError:
    position = error.diag.statement_position
    inside = int(position) - 1 if position else 0
    said = f"PostgreSQL says: {error.diag.message_primary or error}"
    hint = " ".join(filter(None, (error.diag.message_detail, error.diag.message_hint)))
    return script.wrong(statement.offset + inside, said, hint)
