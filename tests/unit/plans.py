"""Plans for the tests of rendering, made by hand from objects of no real kind."""

from __future__ import annotations

from schemadiff.core.catalog import Unmanaged
from schemadiff.core.change import Alter, Create, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic, Place, Severity
from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.plan import Expected, Plan, Segment
from schemadiff.core.record import record
from schemadiff.core.sql import literal


@record(frozen=True, slots=True)
class Member(DbObject):
    """Something in a schema."""

    unlogged: bool = False

    @property
    def parent(self) -> Identity | None:
        return Identity("schema", self.identity.path[:1])


@record(frozen=True, slots=True)
class Field(DbObject):
    """A column."""

    type: str = "text"
    not_null: bool = False

    @property
    def parent(self) -> Identity | None:
        return Identity("table", self.identity.path[:2])


@record(frozen=True, slots=True)
class Preset(DbObject):
    """A default: it has no name beside its column's."""

    expression: str = ""

    @property
    def parent(self) -> Identity | None:
        return Identity("column", self.identity.path)


@record(frozen=True, slots=True)
class Labels(Member):
    """An enum."""

    labels: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Server(Member):
    """A foreign server."""

    options: tuple[tuple[str, str], ...] = ()


@record(frozen=True, slots=True)
class Query(Member):
    """A view."""

    query: str = ""


@record(frozen=True, slots=True)
class Lookup(DbObject):
    """An index: named in the schema, and a child of its table."""

    table: str = ""
    columns: tuple[str, ...] = ()

    @property
    def parent(self) -> Identity | None:
        return Identity("table", (self.identity.path[0], self.table))


@record(frozen=True, slots=True)
class Note(DbObject):
    """A comment: its path is that of what it is on, and its kind."""

    text: str

    @property
    def parent(self) -> Identity | None:
        return Identity(self.identity.path[-1], self.identity.path[:-1])


@record(frozen=True, slots=True)
class Routine(Member):
    """A function: the last part of its path are the types of its arguments."""


def ident_of(kind: str, *path: str) -> Identity:
    return Identity(kind, ("public", *path))


def altered(
    old: DbObject, new: DbObject, *, replace: bool = False, cause: Identity | None = None
) -> Alter:
    return Alter(old, new, changed_attributes(old, new), replace, cause)


def column_exists(table: str, column: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(table)}) AND attname = {literal(column)} AND NOT attisdropped)"
    )


# The state that `salons()` starts from.
BEFORE = """
create table public.salons (
    id bigint primary key, title varchar(80), fax text, rating numeric);
create type public.mood as enum ('calm', 'wild');
create view public.live as select id, title from public.salons;
"""


def _changes() -> tuple[Create | Drop | Alter | Rename, ...]:
    bookings, fax = ident_of("table", "bookings"), ident_of("column", "salons", "fax")
    old_query = "SELECT id,\n    title\nFROM public.salons"
    new_query = "SELECT id,\n    name\nFROM public.salons\nWHERE rating > 3"
    return (
        Create(Member(bookings)),
        Create(Field(ident_of("column", "bookings", "id"), "bigint", not_null=True)),
        Create(Field(ident_of("column", "bookings", "made_at"), "timestamptz")),
        Create(Preset(ident_of("default", "bookings", "made_at"), "now()")),
        altered(
            Field(ident_of("column", "salons", "name"), "character varying(80)"),
            Field(ident_of("column", "salons", "name"), "text", not_null=True),
        ),
        Rename(
            Field(ident_of("column", "salons", "title")),
            Field(ident_of("column", "salons", "name")),
        ),
        Drop(Field(fax)),
        altered(
            Lookup(ident_of("index", "salons_rating"), "salons", ("rating",)),
            Lookup(ident_of("index", "salons_rating"), "salons", ("rating", "id")),
            replace=True,
        ),
        altered(
            Labels(ident_of("enum", "mood"), labels=("calm", "wild")),
            Labels(ident_of("enum", "mood"), labels=("calm", "brisk", "wild")),
        ),
        altered(
            Query(ident_of("view", "live"), query=old_query),
            Query(ident_of("view", "live"), query=new_query),
        ),
    )


def _first_segment() -> Segment:
    name = ident_of("column", "salons", "name")
    fax = ident_of("column", "salons", "fax")
    lost = data_loss("drop-column", fax, "The values of public.salons.fax are lost.")
    typed = "pg_catalog.format_type(atttypid, atttypmod) <> 'text'"
    salons = (ident_of("table", "salons"),)
    return Segment(
        (
            Operation(
                verb=Verb.CREATE,
                target=ident_of("table", "bookings"),
                sql="CREATE TABLE IF NOT EXISTS public.bookings (\n    id bigint NOT NULL,\n"
                "    made_at timestamptz DEFAULT now()\n)",
                lock=LockMode.NONE,
            ),
            Operation(
                verb=Verb.DROP,
                target=ident_of("view", "live"),
                sql="DROP VIEW IF EXISTS public.live",
                touches=(ident_of("view", "live"),),
            ),
            Operation(
                verb=Verb.RENAME,
                target=name,
                sql="ALTER TABLE public.salons RENAME COLUMN title TO name",
                guard=Guard(column_exists("public.salons", "title")),
                touches=salons,
            ),
            Operation(
                verb=Verb.ALTER,
                target=name,
                sql="ALTER TABLE public.salons ALTER COLUMN name TYPE text USING name || '$guard$'",
                guard=Guard(
                    f"{column_exists('public.salons', 'name').removesuffix(')')} AND {typed})"
                ),
                rewrites=True,
                touches=salons,
            ),
            Operation(
                verb=Verb.DROP,
                target=fax,
                touches=salons,
                sql="ALTER TABLE public.salons DROP COLUMN IF EXISTS fax",
                hazards=(lost,),
            ),
        )
    )


def salons() -> Plan:
    """A plan with one of everything, which runs on a database made by BEFORE."""
    label = Operation(
        verb=Verb.ALTER,
        target=ident_of("enum", "mood"),
        sql="ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'brisk' AFTER 'calm'",
        lock=LockMode.NONE,
        transaction=Transaction.COMMIT_AFTER,
    )
    index = Operation(
        verb=Verb.CREATE,
        target=ident_of("index", "salons_rating"),
        sql="CREATE INDEX CONCURRENTLY salons_rating ON public.salons (rating, id)",
        guard=Guard("to_regclass('public.salons_rating') IS NULL"),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        touches=(ident_of("table", "salons"),),
        transaction=Transaction.OUTSIDE,
    )
    view = Operation(
        verb=Verb.CREATE,
        target=ident_of("view", "live"),
        sql="CREATE OR REPLACE VIEW public.live AS SELECT id,\n    name\nFROM public.salons\n"
        "WHERE rating > 3 -- the good ones",
        lock=LockMode.NONE,
    )
    cause = ident_of("column", "salons", "name")
    best = Query(ident_of("view", "best"), query="select 1")
    return Plan(
        changes=_changes(),
        segments=(
            _first_segment(),
            Segment((label,)),
            Segment((index,), transactional=False),
            Segment((view,)),
        ),
        current_fingerprint="0123456789abcdef",
        desired_fingerprint="fedcba9876543210",
        server_version=180004,
        database="salons",
        unmanaged=(
            *(Unmanaged("rule", f"public.r{n}") for n in range(12)),
            Unmanaged("cast", "(text as point)", "no kind for it yet"),
        ),
        notes=(
            Diagnostic(
                code="SD900",
                message="the index is built without blocking writers",
                hint="it cannot run in a transaction",
                place=Place("schemas/salons.yaml", 14, 7),
                severity=Severity.INFO,
            ),
        ),
        rebuilt=(altered(best, best, replace=True, cause=cause),),
        database_id="00112233aabbccdd",
        expected=(
            Expected(ident_of("table", "salons"), "aa", ("aa", "bb")),
            Expected(ident_of("view", "live"), None, (None, "cc"), whole=True),
        ),
    )


NASTY = 'x\n; DROP TABLE public.keep; --\r\x1b[31m`</summary>|*@a*\u202e$guard$"'


def nasty() -> Plan:
    """Names that try to get out of wherever they are shown; runs on an empty database."""
    quoted = '"' + NASTY.replace('"', '""') + '"'
    target = ident_of("table", NASTY)
    lost = data_loss("drop-table", target, f"All rows of {NASTY} are lost.")
    create = Operation(
        verb=Verb.CREATE,
        target=target,
        sql=f"CREATE TABLE public.{quoted} (a int[], b int[] GENERATED ALWAYS AS (a[1:n]) STORED,"
        " n int)",
        guard=Guard(f"to_regclass({literal('public.' + quoted)}) IS NULL"),
        hazards=(lost,),
    )
    return Plan(
        changes=(Create(Member(target)), Create(Labels(ident_of("enum", "e"), labels=(NASTY,)))),
        segments=(Segment((create,)),),
        server_version=180000,
        database=NASTY,
        unmanaged=(Unmanaged(NASTY, NASTY, NASTY),),
        notes=(Diagnostic(code="SD900", message=NASTY, hint=NASTY),),
    )


def nothing() -> Plan:
    return Plan((), (), "a", "a", 180004, "salons", (Unmanaged("rule", "public.r"),))
