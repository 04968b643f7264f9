"""What went wrong, in PostgreSQL's own words, and where that leaves the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemadiff.apply.events import Blocker
from schemadiff.apply.secrets import hidden
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import ApplyError
from schemadiff.core.operation import Operation

if TYPE_CHECKING:
    from psycopg import Error

CANNOT_LOCK = frozenset({"55P03", "40P01"})  # lock_timeout, a deadlock that chose us

_SHOWN = 6  # lines of a statement
_AGAIN = "mend the cause and run schemadiff plan again: it takes it from there"
_FATAL = frozenset({"FATAL", "PANIC"})  # severities that end the session (manual, 55.8)


@dataclass(slots=True)
class Progress:
    """How far an apply has come; operations count from 1 over the whole plan."""

    operations: int
    segments: int
    number: int = 0  # of the operation that runs
    segment: int = 0
    transactional: bool = True
    committed: int = 0  # the last operation that is there to stay
    committed_segments: int = 0
    committing: bool = False
    skipped: int = 0
    retries: int = 0
    limit: str = "0"  # statement_timeout of what runs

    def standing(self) -> Diagnostic:
        """Say what is done, what was undone, and what has not run."""
        undone = (self.committed + 1, self.number if self.transactional else self.number - 1)
        parts = [
            _range(1, self.committed, "is committed", "are committed"),
            _range(*undone, "was rolled back", "were rolled back"),
            _range(max(undone[1], self.number) + 1, self.operations, "has not run", "have not run"),
        ]
        said = ", ".join(p for p in parts if p)
        if not self.committed and self.transactional:
            said = "nothing was changed" + (f": {said}" if said else "")
        return Diagnostic(
            code="SD501",
            message=said or "nothing else was under way",
            hint=_AGAIN,
            severity=Severity.INFO,
        )

    def of(self) -> str:
        """Say which statement it is: `statement 3 of 7`."""
        return f"statement {self.number} of {self.operations}"


def lost(error: Error) -> bool:
    """Tell whether the session is gone, and not the statement alone."""
    import psycopg

    if error.sqlstate is None:
        # libpq's own; what psycopg itself refuses to send is another class.
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    severity = error.diag.severity_nonlocalized
    # Of class 08 is also what a server says that cannot reach another one (a publisher).
    return severity in _FATAL or (severity != "ERROR" and error.sqlstate.startswith("08"))


def statement_failed(
    progress: Progress, operation: Operation, sql: str, error: Error, *, guard: bool = False
) -> ApplyError:
    """Make the error of a statement that PostgreSQL refused."""
    which = f"{progress.of()} failed: {words(operation)}"
    if guard:
        which = f"the condition of {progress.of()} failed: {words(operation)}"
    said = server_words(error, sql)
    if operation.secrets:
        said = [hidden(operation, line) for line in said]
    failed = Diagnostic(
        code="SD502",
        message="\n  ".join([which, *said]),
        hint=_hint(error, progress),
    )
    return ApplyError(failed, progress.standing())


def lock_denied(
    progress: Progress, operation: Operation, error: Error, blockers: tuple[Blocker, ...]
) -> ApplyError:
    """Make the error of a lock that was not to be had, however often it was tried."""
    tries = progress.retries + 1
    who = f"; held by {', '.join(map(str, blockers))}" if blockers else ""
    times = f" (tried {tries} times)" if tries > 1 else ""
    rolled = "; nothing was changed in this transaction" if progress.transactional else ""
    message = (
        f"{progress.of()} could not get its lock{times}: {words(operation)}{who}{rolled}\n"
        f"  {_primary(error)}"
    )
    hint = _until(blockers, "try again later")
    return ApplyError(Diagnostic(code="SD503", message=message, hint=hint), progress.standing())


def _until(blockers: tuple[Blocker, ...], otherwise: str) -> str:
    """Say what is to be done about those who hold a lock."""
    ends = [b.remedy for b in blockers if b.remedy][:3]
    if ends:
        return f"wait until they are done, or end them with {'; '.join(ends)}"
    return "wait until the server has done this work of its own" if blockers else otherwise


def will_wait(
    progress: Progress, operation: Operation, blockers: tuple[Blocker, ...]
) -> Diagnostic:
    """Say beforehand which transactions a concurrent build has to wait for."""
    who = "".join(f"\n  - {b}" for b in blockers[:_SHOWN])
    more = f"\n  and {len(blockers) - _SHOWN} more" if len(blockers) > _SHOWN else ""
    return Diagnostic(
        code="SD513",
        message=f"{progress.of()} ({words(operation)}) blocks nobody, and may have to wait "
        f"until older transactions end:{who}{more}",
        hint=_until(blockers, ""),
        severity=Severity.WARNING,
    )


def commit_failed(progress: Progress, error: Error) -> ApplyError:
    """Make the error of a commit that PostgreSQL refused (a deferred constraint, for one)."""
    lines = [f"transaction {progress.segment} of {progress.segments} could not be committed"]
    message = "\n  ".join([*lines, *server_words(error, "")])
    return ApplyError(
        Diagnostic(code="SD504", message=message, hint=_hint(error, progress)),
        progress.standing(),
    )


def connection_lost(progress: Progress, error: Error) -> ApplyError:
    """Make the error of a session that ended under us."""
    said = _primary(error)
    if progress.committing:
        unknown = "it is not known whether the last commit went through"
    elif not progress.transactional and progress.number > progress.committed:
        unknown = f"it is not known whether {progress.of()} was done"
    else:
        unknown = "the server undoes the transaction that was open"
    committed = _range(1, progress.committed, "is committed", "are committed")
    kept = f"; {committed}" if committed else ""
    return ApplyError(
        Diagnostic(
            code="SD505",
            message=f"the connection was lost: {said}\n  {unknown}{kept}",
            hint="run it again: whatever is done is found done",
        )
    )


def preparation_failed(progress: Progress, error: Error) -> ApplyError:
    """Make the error of a statement of our own around the plan's (a lock, a setting)."""
    message = "\n  ".join(["the plan cannot be applied", *server_words(error, "")])
    return ApplyError(
        Diagnostic(code="SD506", message=message, hint=_hint(error, progress)),
        progress.standing(),
    )


def interrupted(progress: Progress) -> ApplyError:
    """Make the error of an apply that the user ended."""
    half = ""
    if not progress.transactional and progress.number > progress.committed:
        half = (
            f"; {progress.of()} cannot be undone as a whole and may have left something "
            "half-built, which the next plan sees"
        )
    standing = progress.standing()
    return ApplyError(
        Diagnostic(
            code="SD507",
            message=f"interrupted; {standing.message}{half}",
            hint="run schemadiff plan again: it takes it from there",
        )
    )


def server_words(error: Error, sql: str) -> list[str]:
    """Give message, SQLSTATE, detail and hint as lines, with the place under a caret."""
    diag = error.diag
    state = f" ({error.sqlstate})" if error.sqlstate else ""
    lines = [f"{_primary(error)}{state}"]
    if diag.message_detail:
        lines.append(f"detail: {diag.message_detail}")
    if diag.message_hint:
        lines.append(f"PostgreSQL's hint: {diag.message_hint}")
    if diag.context:
        lines.append(f"context: {diag.context.splitlines()[0]}")
    if diag.internal_query:
        return lines + _marked(diag.internal_query, diag.internal_position)
    return lines + _marked(sql, diag.statement_position)


def words(operation: Operation) -> str:
    """Name an operation in a few words: `create column public.t.name`."""
    return f"{operation.verb} {operation.target}"


def _marked(sql: str, position: str | None) -> list[str]:
    """Give the line at a position with a caret below, or the statement's first lines."""
    if not position:
        lines = [line for line in sql.strip().splitlines() if line.strip()]
        more = [f"  … {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
        return [f"  {line}" for line in lines[:_SHOWN]] + more
    offset = min(max(int(position) - 1, 0), len(sql))
    start = sql.rfind("\n", 0, offset) + 1
    end = sql.find("\n", offset)
    line = sql[start : end if end >= 0 else len(sql)].rstrip("\r")
    label = f"LINE {sql.count(chr(10), 0, offset) + 1}: "
    # Tabs stay tabs, so that the caret stands below its word on any terminal.
    blank = "".join("\t" if c == "\t" else " " for c in line[: offset - start])
    return [f"{label}{line}", " " * len(label) + blank + "^"]


def _primary(error: Error) -> str:
    return (error.diag.message_primary or str(error)).strip()


def _hint(error: Error, progress: Progress) -> str:
    if error.sqlstate == "57014":
        if progress.limit == "0":
            return "it has no time limit of ours: somebody cancelled it (pg_cancel_backend)"
        return (
            f"it ran longer than {progress.limit} (or somebody cancelled it) and kept others out; "
            "--statement-timeout TIME gives it longer, 0 as long as it takes"
        )
    if error.sqlstate == "42501":
        return "apply as the owner of the objects, or as a role that has this right"
    if error.sqlstate == "25006":
        return "the database takes no changes: a standby, or default_transaction_read_only is on"
    if not progress.transactional:
        return "this statement runs outside of a transaction: what it began may be left half-built"
    return ""


def _range(first: int, last: int, one: str, many: str) -> str:
    if last < first:
        return ""
    if first == last:
        return f"statement {first} {one}"
    return f"statements {first} to {last} {many}"
