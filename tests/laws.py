"""The laws that every case proves, on a real server.

A case's oracle is `after.sql`, written by hand: neither the expectation nor the observer
(pg_dump) is our own code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import psycopg

from schemadiff.apply.preflight import preflight
from schemadiff.catalog.inspector import Inspection, inspect, with_dependencies
from schemadiff.catalog.session import connect, reading, reading_within
from schemadiff.catalog.settings import search_to_the_end, searching
from schemadiff.catalog.sizes import measuring
from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Transaction, Verb
from schemadiff.core.plan import Plan
from schemadiff.core.preflight import Outcome
from schemadiff.kinds import KINDS
from schemadiff.plan.planner import Options, make_plan
from schemadiff.plan.touched import Sides, changed_since, pinned
from schemadiff.shadow.brought import Coming
from schemadiff.shadow.resolve import resolve
from schemadiff.shadow.server import ShadowOptions
from schemadiff.shadow.watch import with_watched
from schemadiff.spec.folder import build_spec, read_folder
from schemadiff.verify.observed import Relations, locks, relations, rewritten
from tests import observation
from tests.plugins.postgres import Database, pg_dump
from tests.rows_of_catalogs import rows_of_catalogs

# --- observing -------------------------------------------------------------------------------


def dump(database: Database) -> str:
    """Give the schema in pg_dump's words, in an order that is no property of the schema."""
    return "\n".join(sorted(dump_blocks(database)))


def dump_blocks(database: Database) -> frozenset[str]:
    """Give the statements of a dump, each with its head."""
    return frozenset(_blocks(pg_dump(database.url)))


def rows_of(database: Database) -> str | None:
    """Give a digest of all that pg_dump could read: equal ones mean equal dumps."""
    with opened(database) as connection:
        return rows_of_catalogs(connection)


class Standing:
    """How a database stands, to be asked later whether it still does, or does again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows, self._dump = rows_of(database), dump(database)

    def stands(self) -> bool:
        """Tell whether the schema is what it was, whatever numbers its objects now bear."""
        rows = rows_of(self._database)
        return (rows is not None and rows == self._rows) or dump(self._database) == self._dump


def _blocks(text: str) -> Iterator[str]:
    for block in re.split(r"\n--\n-- Name: ", text)[1:]:
        head, _, body = block.partition("\n--\n")
        if "; Type: TABLE;" in head or "; Type: FOREIGN TABLE;" in head:
            body = _sorted_columns(body)
        yield f"{head.partition('; Owner')[0]}\n{body.strip()}"


def _sorted_columns(body: str) -> str:
    """Columns come in the order in which they were added, which may rightly differ."""
    before, opening, rest = body.partition(" (\n")
    inside, closing, after = rest.partition("\n)")
    lines = sorted(line.rstrip(",") for line in inside.split("\n"))
    return before + opening + "\n".join(lines) + closing + after


def look(connection: psycopg.Connection[Any]) -> Inspection:
    """Inspect with dependencies."""
    with reading(connection):
        return with_dependencies(connection, inspect(connection, KINDS))


def look_within(connection: psycopg.Connection[Any]) -> Inspection:
    """Inspect what the transaction that a connection is in has made, with dependencies."""
    with reading_within(connection):
        return with_dependencies(connection, inspect(connection, KINDS))


@contextmanager
def opened(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connect as schemadiff does, or give the connection that is held."""
    if database in _held:
        yield _held[database]
        return
    connection = connect(database.url)
    try:
        yield connection
    finally:
        connection.close()


_held: dict[Database, psycopg.Connection[Any]] = {}


@contextmanager
def held(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Let the laws ask a database that nobody changes meanwhile on one connection.

    What a session has learnt of the catalogs makes its next reading twice as fast.
    """
    with opened(database) as connection:
        _held[database] = connection
        try:
            yield connection
        finally:
            del _held[database]


# --- planning --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what was there when it was made."""

    plan: Plan
    seen: Inspection  # with dependencies

    @property
    def live(self) -> Catalog:
        """The objects of then."""
        return self.seen.catalog


def plan_for(database: Database, schemas: Path, *, offline: bool = False) -> Plan:
    """Plan from the live database to the YAML."""
    return planned(database, schemas, offline=offline).plan


def planned(database: Database, schemas: Path, *, offline: bool = False) -> Planned:
    """Plan from the live database to the YAML, and keep what was inspected."""
    documents = read_folder(schemas, KINDS)
    with opened(database) as connection:
        with reading(connection):
            inspection = inspect(connection, KINDS)
        known = inspection.known(KINDS)
        spec = build_spec(documents, KINDS, schemas.parent, known)
        found = resolve(spec, inspection, connection, KINDS)
        coming = Coming((found.current, found.desired), connection, KINDS, ShadowOptions())
        measure = coming.measuring(measuring(connection))
        plan = make_plan(
            found.current,
            found.desired,
            KINDS,
            renames=found.renames,
            version=connection.info.server_version,
            options=Options(online=not offline, measure=measure),
        )
        seen = found.inspection
        plan = pinned(plan, Sides(seen.catalog, found.current, found.desired), KINDS)
        if not seen.catalog.dependencies:
            with reading(connection):
                seen = with_dependencies(connection, seen)
        return Planned(plan, seen)


def disturbed(database: Database, plan: Plan) -> list[str]:
    """Name what keeps a saved plan from being applied."""
    with opened(database) as connection:
        return disturbed_since(connection, look(connection).catalog, plan)


def disturbed_since(connection: psycopg.Connection[Any], catalog: Catalog, plan: Plan) -> list[str]:
    """Name what keeps a saved plan from being applied to what was just inspected."""
    live = with_watched(catalog, plan.watches, connection, KINDS)
    return [d.message for d in changed_since(plan.expected, live, KINDS)]


def commits(plan: Plan) -> set[int]:
    """Give the numbers of statements after which an apply can have been stopped for good."""
    return set(accumulate(len(s.operations) for s in plan.segments))


def refused(database: Database, plan: Plan) -> list[str]:
    """Give what the rows are said to make fail for certain: nothing, of a plan that applies."""
    with opened(database) as connection:
        answers = preflight(connection, plan).answers or ()
    return [a.text for a in answers if a.outcome is Outcome.FAILS]


_MAY_BE_GONE = frozenset({"index", "primary_key", "unique", "exclusion", "foreign_key", "check"})


def missing_between(plan: Plan) -> list[Identity]:
    """Name what a program would miss between two transactions, dropped in one and made in another.

    A value of an enum has to be committed before it is used; and an index or a constraint that
    comes back later is missed by nobody's query.
    """
    gone: dict[Identity, int] = {}
    found = []
    committed = any(o.transaction is Transaction.COMMIT_AFTER for o in plan.operations())
    for number, segment in enumerate(plan.segments):
        for op in segment.operations:
            for each in op.destroys if op.verb is Verb.DROP else ():
                gone[each] = number
            made = op.provides if op.verb is Verb.CREATE else ()
            back = (i for i in made if i in gone and gone[i] != number)
            found += [i for i in back if i.kind not in _MAY_BE_GONE]
    return [] if committed else found


def plan_between(current: Database, desired: Database, *, online: bool = True) -> Plan:
    """Plan from one live database to the state of another."""
    with opened(current) as connection:
        before = look(connection).catalog
        return plan_from(connection, before, catalog_of(desired), online=online)


def plan_from(
    connection: psycopg.Connection[Any], before: Catalog, after: Catalog, *, online: bool = True
) -> Plan:
    """Plan between two catalogs, the first of which is that of a connection."""
    options = Options(online=online, measure=measuring(connection, between=True))
    version = connection.info.server_version
    return make_plan(before, after, KINDS, version=version, options=options)


def catalog_of(database: Database) -> Catalog:
    """Inspect a database."""
    with opened(database) as connection:
        return look(connection).catalog


# --- running ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What an operation did that its declaration has to cover."""

    op: Operation
    lock: LockMode
    rewrote: frozenset[str]
    scanned: frozenset[str] = frozenset()


def run(
    database: Database,
    plan: Plan,
    *,
    statements: int | None = None,
    after: Callable[[int, psycopg.Connection[Any]], None] | None = None,
) -> list[Seen]:
    """Run a plan's statements (or the first so many), each still needed one in a transaction.

    `after` is told how many have been run, each time another one has.
    """
    seen: list[Seen] = []
    assert database not in _held, "it is about to be changed"
    with _applying(database) as connection, observation.whole_reads(connection) as reads:
        there = relations(connection)
        existing = frozenset(there)
        for number, op in enumerate(plan.operations(), 1):
            if statements is not None and number > statements:
                break
            if not _is_needed(connection, op):
                pass
            elif op.transaction is Transaction.OUTSIDE:
                with searching(connection, op.along, local=False):
                    connection.execute(op.sql.encode())
                there = relations(connection)
            else:
                reads.clear()
                before = there
                with connection.transaction():
                    with searching(connection, op.along, local=True):
                        connection.execute(op.sql.encode())
                    there = relations(connection)
                    lock = locks(connection, existing)
                    search_to_the_end(connection, [op])
                scanned = _scanned(op, reads, before, existing)
                seen.append(Seen(op, lock, rewritten(before, there, existing), scanned))
            if after is not None:
                after(number, connection)
    return seen


def _scanned(
    op: Operation, reads: list[str], there: Relations, existing: frozenset[int]
) -> frozenset[str]:
    names = {name.rpartition(".")[2]: oid for oid, (name, _, kind) in there.items() if kind != "i"}
    own = op.target.path[:2]
    if not any(name == ".".join(own) for name, *_ in there.values()):
        names.pop(own[-1], None)  # the statement makes one, called like one elsewhere
    return frozenset(
        text
        for table, text in observation.tables_read(reads, op.target.path[1:2])
        if names.get(table) in existing
    )


def ties(database: Database) -> set[tuple[str, str]]:
    """Name the parts and heirs, each with what it belongs to."""
    names = "inhrelid::regclass::text, inhparent::regclass::text"
    return {*database.execute(f"SELECT {names} FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
                              " WHERE c.relkind IN ('r', 'p', 'f')")}  # fmt: skip


def run_first(database: Database, plan: Plan, statements: int) -> None:
    """Run the first so many statements of a plan, without looking at what they do."""
    with _applying(database) as connection:
        for op in islice(plan.operations(), statements):
            if _is_needed(connection, op):
                with searching(connection, op.along, local=False):
                    connection.execute(op.sql.encode())


@contextmanager
def _applying(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with opened(database) as connection:
        connection.execute(
            "SET search_path = ''; SET check_function_bodies = off; SET default_tablespace = ''"
        )
        yield connection


def _is_needed(connection: psycopg.Connection[Any], op: Operation) -> bool:
    if op.guard is None:
        return True
    [(needed,)] = connection.execute(f"SELECT ({op.guard.condition})".encode()).fetchall()
    return bool(needed)


def checksums(database: Database) -> dict[tuple[str, str], str]:
    """Give a checksum of every column of every table, to see that rows survive."""
    question = (
        "SELECT c.oid::regclass::text, quote_ident(a.attname) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        # The text of an enum's or a composite's value changes when its labels are renamed.
        " JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'b' AND t.typcategory <> 'A'"
        " WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^pg_'"
        " AND n.nspname <> 'information_schema' AND a.attgenerated = ''"
    )
    with opened(database) as connection:
        columns = connection.execute(question).fetchall()
        parts = [_checksum(table, column) for table, column in columns]
        return {
            (table, column): connection.execute(part.encode()).fetchall()[0][0]
            for (table, column), part in zip(columns, parts, strict=True)
        }


def _checksum(table: str, column: str) -> str:
    return (
        f"SELECT count(*) || coalesce(md5(string_agg(v, '|' ORDER BY v)), '')"
        f" FROM (SELECT coalesce({column}::text, 'null') AS v FROM ONLY {table}) x"
    )


Counters = dict[str, tuple[int, bool]]


def counters(database: Database) -> Counters:
    """Give where each sequence stands, by the column that has it where there is one."""
    question = (
        "SELECT s.oid::regclass::text, coalesce((SELECT d.refobjid::regclass || '.' || a.attname"
        " FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid"
        " AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass"
        " AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass"
        " AND d.deptype IN ('a', 'i')), s.oid::regclass::text)"
        " FROM pg_class s WHERE s.relkind = 'S'"
    )
    with opened(database) as connection:
        sequences = connection.execute(question).fetchall()
        return {
            owner: connection.execute(
                f"SELECT last_value, is_called FROM {sequence}".encode()
            ).fetchall()[0]
            for sequence, owner in sequences
        }


def listed_tables(schemas: Path) -> tuple[str, ...]:
    """Name the tables whose rows the YAML lists."""
    if "rows:" not in schemas.read_text(encoding="utf-8"):
        return ()
    spec = build_spec(read_folder(schemas, KINDS), KINDS, schemas.parent)
    return tuple(i.sql for i in spec.questions)


def contents(database: Database, tables: Iterable[str]) -> dict[str, list[str]]:
    """Give the rows of tables as text, whatever the order of rows and columns."""
    found: dict[str, list[str]] = {}
    if not (wanted := list(tables)):
        return found
    with opened(database) as connection:
        for table in wanted:
            rows = connection.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t".encode())
            found[table] = sorted(row[0] for row in rows.fetchall())
    return found
