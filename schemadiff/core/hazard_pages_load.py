"""Pages of what others feel while a plan runs, and of how it runs.

The surprising fact: a lock is held until the transaction ends, not until its statement does; and
one that only waits already stands in the way of everybody behind it.
"""

from __future__ import annotations

from schemadiff.core.hazard_class import HazardClass

_READS = (
    "As long as the table takes to be read: the plan reckons with 200 MB a second from the table's "
    "size; your disks may be ten times faster or slower."
)
_WRITES = (
    "As long as the table and its indexes take to be written anew: the plan reckons with 40 MB a "
    "second from their size, and the disk has to hold both copies."
)

LOAD_PAGES = (
    HazardClass(
        code="SD121", cls="rewrite", group="availability", severity="warning",
        title="a table is written anew with all its indexes",
        advice="add a new column, fill it in batches, and swap the names",
        happens="Every row is copied into new files under ACCESS EXCLUSIVE: nobody reads or "
        "writes meanwhile, and replicas receive all of it.",
        why="The stored bytes of a row differ from those of the new form.",
        lasts=_WRITES,
        versions="All. Constant defaults do not rewrite; volatile ones, identities, stored "
        "expressions and most changes of type do.",
    ),
    HazardClass(
        code="SD122", cls="scan", group="availability", severity="warning",
        title="every row is read under a lock that others wait for",
        advice="add a valid CHECK that says the same first: then there is nothing to read",
        happens="The server reads the whole table while its lock keeps others out.",
        why="It has to see that every row is as the new form says.",
        lasts=_READS,
    ),
    HazardClass(
        code="SD123", cls="index-build", group="availability", severity="warning",
        title="an index is built while writers wait",
        advice="build it with CREATE INDEX CONCURRENTLY, outside of a transaction",
        happens="The table is read and sorted under SHARE: reading goes on, writing waits.",
        why="The index has to hold every row, so rows must not change meanwhile. CONCURRENTLY "
        "reads twice instead.",
        lasts="As long as the table takes to be read and sorted: the plan reckons with 40 MB a "
        "second.",
        versions="All. CONCURRENTLY does not work on partitioned tables as a whole.",
    ),
    HazardClass(
        code="SD124", cls="validate-at-once", group="availability", severity="warning",
        title="a constraint is validated in the statement that adds it",
        advice="add it NOT VALID, then VALIDATE CONSTRAINT in a later transaction",
        happens="Every row is checked while the lock that adds the constraint is held.",
        why="Without NOT VALID both happen in one statement; VALIDATE alone lets others write.",
        lasts=_READS,
        versions="Checks and foreign keys on all; NOT NULL as NOT VALID since PostgreSQL 18, "
        "through a valid CHECK before.",
    ),
    HazardClass(
        code="SD125", cls="blocks-reads", group="availability", severity="warning",
        title="nobody reads or writes a table for more than a moment",
        advice="run the long part in another transaction, or in a quiet hour",
        happens="ACCESS EXCLUSIVE is held from the statement that takes it to the end of its "
        "transaction, whatever table the rest of it works on.",
        why="PostgreSQL keeps locks until COMMIT (manual, 13.3.1).",
        lasts="The sum of the work from that statement to the end of the transaction.",
    ),
    HazardClass(
        code="SD126", cls="blocks-writes", group="availability", severity="warning",
        title="nobody writes a table for more than a moment",
        advice="run the long part in another transaction, or in a quiet hour",
        happens="A lock from SHARE to EXCLUSIVE is held to the end of its transaction: reading "
        "goes on, INSERT, UPDATE and DELETE wait.",
        why="PostgreSQL keeps locks until COMMIT (manual, 13.3.1).",
        lasts="The sum of the work from that statement to the end of the transaction.",
    ),
    HazardClass(
        code="SD127", cls="lock-queue", group="availability", severity="info",
        title="a brief lock that may have to wait, and others behind it",
        advice="keep lock_timeout short; end long transactions first",
        happens="The work takes milliseconds, but the lock waits for every transaction that has "
        "used the table, and everybody who comes later waits behind it.",
        why="Locks are given in the order in which they are asked for.",
        lasts="Until the oldest transaction on the table ends, at most lock_timeout; then the "
        "statement is tried again after a pause.",
    ),
    HazardClass(
        code="SD128", cls="index-gone", group="availability", severity="warning",
        title="queries lose an index",
        advice="see in pg_stat_user_indexes.idx_scan, of each replica too, that nobody uses it",
        happens="Queries that the index made quick read the whole table or another index, and so "
        "does DELETE of rows to which a foreign key on its columns refers.",
        why="The server takes what indexes there are; no error says that one is missing.",
        lasts="Until an index is built again.",
    ),
    HazardClass(
        code="SD129", cls="statistics-gone", group="availability", severity="info",
        title="what the planner knew of a column is forgotten",
        advice="run ANALYZE on the table right after the plan",
        happens="Queries on the column may be planned badly, and be slow, until the table is "
        "analyzed. Extended statistics and those of indexes with expressions on it go as well.",
        why="A column that gets another type loses its statistics, also where no row is written "
        "anew (manual, ALTER TABLE, SET DATA TYPE). What changes in steps has them from the start.",
        lasts="Until ANALYZE, which autovacuum does not run because of this.",
    ),
    HazardClass(
        code="SD131", cls="not-transactional", group="operation", severity="info",
        title="it is committed by itself, before the rest",
        advice="nothing has to be done: running the plan again goes on where it stopped",
        happens="When something later fails, this stays.",
        why="PostgreSQL refuses it inside of a transaction, or lets nobody use it before COMMIT "
        "(ALTER TYPE … ADD VALUE).",
    ),
    HazardClass(
        code="SD132", cls="irreversible", group="operation", severity="info",
        title="there is no statement that takes it back",
        advice="be sure of the name: what is added stays",
        happens="The plan back is another way: it makes the object anew, or cannot be made.",
        why="PostgreSQL has no statement for the way back (there is no DROP VALUE).",
    ),
    HazardClass(
        code="SD133", cls="extension-upgrade", group="operation", severity="warning",
        title="an extension runs its own script of an update",
        advice="read the extension's notes and try it on a copy of the database",
        happens="The script may change, lock or rewrite whatever belongs to the extension.",
        why="It is the extension's program; no catalog says what it does, and most have no way "
        "back to the older version.",
        lasts="Nobody knows before.",
    ),
)  # fmt: skip
