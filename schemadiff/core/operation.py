"""One DDL statement and everything that must be known about it.

The default lock is the worst one, so forgetting to declare it is safe and visible.
`destroys` and `provides` may both hold the target: it changes in place, what rested on the old
form goes before, what needs the new form comes after.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage
from schemadiff.core.record import record
from schemadiff.core.sql import search


class Verb(StrEnum):
    """What an operation does to its target."""

    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    RENAME = "rename"

    @property
    def sign(self) -> str:
        """The sign in front of a line of the plan."""
        return {"create": "+", "alter": "~", "drop": "-", "rename": ">"}[self.value]


class Transaction(StrEnum):
    """Where a statement may run."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    COMMIT_AFTER = "commit-after"


class ScanFor(StrEnum):
    """Why an operation reads a whole table."""

    ROWS = "rows"
    VALIDATION = "validation"  # to see that every row keeps a rule
    INDEX = "an index"
    UNIQUE = "a unique index"  # for an index that no two rows may share a place in
    QUERY = "a query"  # reads what the query reads, for as long as that takes


@record(frozen=True, slots=True)
class Guard:
    """The condition (one boolean SQL expression) under which an operation still has to run."""

    condition: str

    def __or__(self, other: Guard) -> Guard:
        """Run when either holds."""
        return self if self == other else Guard(f"({self.condition}) OR ({other.condition})")

    def __and__(self, other: Guard) -> Guard:
        """Run when both hold."""
        return self if self == other else Guard(f"({self.condition}) AND ({other.condition})")


@record(frozen=True, slots=True)
class Fold:
    """How an operation can be said inside another one (`into` is that one's target).

    A smaller rank is unfolded first when folding would close a circle of dependencies.
    """

    into: Identity
    text: str
    rank: int = 10
    lock: LockMode = LockMode.NONE  # on another relation than the new one (a referenced table)
    rewrites: bool = False  # said inside, it makes the host rewrite a table that has rows


@record(frozen=True, slots=True)
class Host:
    """How others are folded into this operation: head, the folded texts joined, tail."""

    head: str
    tail: str = ""
    joiner: str = ", "
    lead: str = ""


@record(frozen=True, slots=True, kw_only=True)
class Operation:
    """One statement. `guard` None means that the statement is safe to run twice by itself."""

    verb: Verb
    target: Identity
    sql: str
    guard: Guard | None = None
    provides: frozenset[Identity] = frozenset()
    requires: frozenset[Identity] = frozenset()
    destroys: frozenset[Identity] = frozenset()
    releases: frozenset[Identity] = frozenset()
    lock: LockMode = LockMode.ACCESS_EXCLUSIVE
    rewrites: bool = False
    scans: bool = False
    # The relations that were there before and that it locks, reads or writes: the planner's to say,
    # but for those that stand apart from the target. `reads` are such that it scans.
    touches: tuple[Identity, ...] = ()
    reads: tuple[Identity, ...] = ()
    on_new: bool = False  # it locks only what the plan makes: nobody can wait (the planner says so)
    scan_for: ScanFor | None = None  # None is what the kind says
    transaction: Transaction = Transaction.INSIDE
    hazards: tuple[Hazard, ...] = ()
    fold: Fold | None = None
    host: Host | None = None
    # Environment variables whose values stand in the statement, as '${NAME}', unseen until it runs.
    secrets: tuple[str, ...] = ()
    stage: Stage = Stage.FIRST
    # Runs before all that is done to these objects and to what is in them: what left them stays as
    # it is.
    ahead_of: frozenset[Identity] = frozenset()
    awaited_by: frozenset[Identity] = frozenset()  # what is made afterwards only
    # What takes its place, by another name or of another kind: in the same transaction if possible.
    gives_way_to: frozenset[Identity] = frozenset()
    why: str = ""  # why this step of several is taken, in a few words
    # Puts a name into the target's schema: it makes or renames what is in it, which the planner
    # says; whatever the verb says, it says the target again, or makes something beside it.
    makes: bool = False
    clears: bool = False  # needed only where a run was stopped, which is not so as far as is known
    # Comes back in the transaction in which it went, before anything else.
    returns: bool = False
    # Schemas in which what it runs finds names, beside those of the session; the planner says so.
    along: tuple[str, ...] = ()
    defers: bool = False  # so does what it leaves to the end of its transaction: deferred triggers
    bound: bool = True  # the planner adds the order that the target's own dependencies ask for

    @property
    def hinders_nobody(self) -> bool:
        """Tell whether nobody waits while it waits: its lock is weak, and it holds no rows."""
        weak = self.lock <= LockMode.SHARE_UPDATE_EXCLUSIVE
        return weak and self.lock is not LockMode.ROW_EXCLUSIVE


def search_to_the_end_sql(operations: Iterable[Operation]) -> str:
    """Write the call that a transaction ends with where deferred triggers may run; "" for none.

    Guards between its statements are asked with an empty search_path, as everywhere.
    """
    paths = (op.along for op in operations if op.defers)
    schemas = dict.fromkeys(schema for path in paths for schema in path)
    return search(schemas, local=True) if schemas else ""
