"""Nothing in silence: every row of every catalog is managed, told as unmanaged, or a part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.inspector import Inspection, inspect
from schemadiff.catalog.session import connect, reading
from schemadiff.catalog.unmanaged import Found, find_unmanaged, read_unmanaged
from schemadiff.catalog.unmanaged_attributes import ATTRIBUTES
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.kind import Address, Registry
from schemadiff.core.object import all_fields
from schemadiff.kinds import KINDS
from tests.plugins.postgres import Database

SINK = Path(__file__).parent / "kitchen_sink.sql"
SUBSCRIPTION = """
CREATE SUBSCRIPTION sink_sub CONNECTION 'dbname=nowhere password=hidden' PUBLICATION p
    WITH (connect = false, slot_name = none, enabled = false, create_slot = false)"""
CATALOGS = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid'
WHERE c.relkind = 'r' AND c.relnamespace = 11
  AND (NOT c.relisshared OR c.relname = 'pg_subscription')"""
DEPENDS = """
SELECT a.relname, d.objid, b.relname, d.refobjid, d.deptype::text
FROM pg_depend d JOIN pg_class a ON a.oid = d.classid JOIN pg_class b ON b.oid = d.refclassid"""
# What is a part of something though pg_depend does not say so: catalog -> condition.
PARTS = {
    "pg_class": "relnamespace = 'pg_toast'::regnamespace",
    "pg_constraint": "contype = 'n' OR conparentid <> 0 OR coninhcount > 0 AND NOT conislocal",
    "pg_enum": "true",
    "pg_largeobject_metadata": "true",  # told by their number
}
# Rows that live and die with what they are rows of.
ROWS = {"pg_attrdef", "pg_amop", "pg_amproc", "pg_publication_rel", "pg_publication_namespace"}

# Kind, name, attribute: told as long as the model of the kind has no field for it.
EXPECTED = """
table sink.parent parameters
table sink.parent toast
table sink.parent replica
table sink.parent security
table sink.parent forced
table sink.parent cluster
table sink.on_other method
table sink.child owned
column sink.parent.name target
column sink.parent.doc storage
column sink.parent.doc compression
column sink.parent.price options
column sink.parent.name granted
foreign_key sink.silent.silent_fk disabled
"""
EXPECTED_18 = """
primary_key sink.modern.modern_key period
foreign_key sink.periods.periods_fk period
"""


@pytest.fixture
def sink(database: Database) -> Iterator[Database]:
    """One of everything."""
    database.load(SINK)
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.add_notice_handler(lambda _: None)
        connection.execute(SUBSCRIPTION)
    yield database
    database.execute("DROP SUBSCRIPTION sink_sub")


def look(database: Database, registry: Registry = KINDS) -> tuple[Inspection, Found]:
    with connect(database.url) as connection, reading(connection):
        inspection = inspect(connection, registry)
        return inspection, find_unmanaged(connection, inspection, registry)


def everything(connection: psycopg.Connection[Any]) -> set[Address]:
    """Every row of every catalog that is not the server's own and is told by itself."""
    found: set[Address] = set()
    for (catalog,) in connection.execute(CATALOGS).fetchall():
        part = PARTS.get(catalog, "false")
        query = f"SELECT oid FROM {catalog} WHERE oid >= 16384 AND NOT ({part})"
        found |= {(catalog, oid, 0) for (oid,) in connection.execute(query.encode())}
    return found


def test_every_row_of_every_catalog_is_accounted_for(sink: Database) -> None:
    inspection, found = look(sink)
    with sink.connect() as connection:
        rows = everything(connection)
        depends = connection.execute(DEPENDS).fetchall()
    assert len(rows) > 200
    told = set(found.objects)
    covered = {a for a in inspection.addresses if not a[2]} | told
    covered |= {(catalog, oid, 0) for catalog, oid in inspection.names.members}
    while True:
        more = {
            (catalog, oid, 0)
            for catalog, oid, other, there, how in depends
            if (other, there, 0) in covered
            and (how in "iPSe" or (how == "a" and (catalog in ROWS or (other, there, 0) in told)))
        }
        if more <= covered:
            break
        told |= {a for a in more - covered if parent_told(a, depends, told)}
        covered |= more
    assert rows - covered == set()


def parent_told(address: Address, depends: list[Any], told: set[Address]) -> bool:
    return any((d[0], d[1], 0) == address and (d[2], d[3], 0) in told for d in depends)


def test_what_is_managed_is_not_told(sink: Database) -> None:
    inspection, found = look(sink)
    assert set(found.objects) & set(inspection.addresses) == set()


def test_attributes_that_no_model_carries_are_told(sink: Database, server_major: int) -> None:
    _, found = look(sink)
    told = set(found.attributes)
    for line in (EXPECTED + EXPECTED_18 * (server_major >= 18)).split("\n"):
        if not line:
            continue
        kind, name, key = line.split()
        attribute = ATTRIBUTES[key]
        fields = set(all_fields(KINDS[kind].model)) & set(attribute.fields.split())
        carried = fields or set(attribute.kinds.split()) & set(KINDS.by_name)
        assert (Unmanaged(kind, name, attribute.words) in told) == (not carried), line
    # Settings of columns that are no objects are managed too.
    assert not [u for u in told if u.kind.endswith("column") and u.reason == "statistics target"]


def test_grants_on_what_is_the_servers_own_are_managed_of_owners_and_by_others_too(
    database: Database,
) -> None:
    database.load("""
        grant select on pg_stats to pg_monitor with grant option;
        revoke usage on type oid from public;
        revoke execute on function pg_sleep from current_user;
        set role pg_monitor; grant select on pg_stats to pg_read_all_stats;
    """)
    seen, found = look(database)
    assert not [u for u in found.attributes if u.kind == "grant on"]
    given = {
        i.name: {role: each.privileges for role, _, each in getattr(obj, "grants", ())}
        for i, obj in seen.catalog.objects.items()
        if i.kind == "grants_on"
    }
    assert given["table pg_catalog.pg_stats"]["pg_read_all_stats"] == ("select",)
    assert () in given["function pg_catalog.pg_sleep(double precision)"].values()


def test_who_gave_a_grant_is_told_where_it_was_not_the_owner(database: Database) -> None:
    database.load("""
        create schema s; grant usage on schema s to pg_monitor with grant option;
        create function s.f() returns int language sql as 'select 1';
        create view s.v as select 1 as a;
        create table s.t (a int, b int); create table s.h () inherits (s.t);
        create table s.plain (a int); grant select on s.plain to pg_read_all_stats;
        grant execute on function s.f to pg_monitor with grant option;
        grant select (a) on s.v to pg_monitor with grant option;
        grant select (b) on s.t to pg_monitor with grant option;
        grant select (a) on s.h to pg_monitor with grant option;
        grant insert on s.t to pg_monitor with grant option;
        set role pg_monitor;
        grant usage on schema s to pg_read_all_stats;
        grant execute on function s.f to pg_read_all_stats;
        grant select (a) on s.v to pg_read_all_stats;
        grant select (b) on s.t to pg_read_all_stats;
        grant select (a) on s.h to pg_read_all_stats;
        grant insert on s.t to pg_read_all_stats;
    """)
    _, found = look(database)
    told = [u for u in found.everything() if u.reason == ATTRIBUTES["given"].words]
    assert [(u.kind, u.name) for u in told] == [
        ("column", "s.t.b"),
        ("function", "s.f"),
        ("schema", "s"),
        ("table", "s.t"),
        ("table column", "s.h.a"),
        ("view column", "s.v.a"),
    ]


def test_what_goes_with_an_extension_though_no_statement_that_pg_dump_writes_says_so_is_told(
    database: Database,
) -> None:
    database.load(
        "create table t (a int) partition by list (a); create index i on t (a);"
        "create table t1 partition of t for values in (1);"
        "create function f() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger tr after insert on t for each row execute function f();"
        "create aggregate total(int) (sfunc = int4pl, stype = int);"
        "alter routine total(int) depends on extension plpgsql;"
        "alter function f() depends on extension plpgsql;"
        "alter index i depends on extension plpgsql;"
        "alter index t1_a_idx depends on extension plpgsql;"
        "alter trigger tr on t depends on extension plpgsql;"
        "alter trigger tr on t1 depends on extension plpgsql;"
    )
    seen, found = look(database)
    told = [u for u in found.everything() if u.reason == ATTRIBUTES["bound"].words]
    assert [(u.kind, u.name) for u in told] == [("table trigger", "public.t1.tr")]
    marked = {i.path[:-1] for i in seen.catalog.objects if i.kind == "extension_dependency"}
    assert marked == {
        ("public", "f", "", "function"),
        ("public", "total", "integer", "aggregate"),
        ("public", "t", "i", "index"),
        ("public", "t1", "i", "part_index"),
        ("public", "t", "tr", "trigger"),
    }


def test_a_part_generated_from_something_else_is_told_where_that_cannot_be_changed(
    database: Database, server_major: int
) -> None:
    if server_major < 16:
        pytest.skip("a part is generated as the table above before PostgreSQL 16")
    part = "create table {} (k int, a int, g int generated always as (a * {}) stored);"
    database.load(
        "create table whole (k int, a int, g int generated always as (a * 2) stored)"
        " partition by list (k); create table made partition of whole for values in (1);"
        + part.format("alike", 2)
        + part.format("apart", 3)
        + "alter table whole attach partition alike for values in (2);"
        "alter table whole attach partition apart for values in (3);"
    )
    _, found = look(database)
    reason = ATTRIBUTES["own_generated"].words
    told = (Unmanaged("table column", "public.apart.g", reason),) if server_major < 17 else ()
    assert found.everything() == told


def test_an_identity_of_a_part_is_told_and_that_of_an_heir_is_managed(
    database: Database, server_major: int
) -> None:
    database.load(
        "create table p (id int not null);"
        "create table says (id int generated always as identity) inherits (p);"
        "create table gets () inherits (p);"
        "alter table gets alter id add generated by default as identity;"
    )
    seen, found = look(database)
    assert found.everything() == ()
    own = {i.path[1] for i in seen.catalog.of("column")}
    assert own == {"p", "says", "gets"}
    if server_major >= 17:
        return  # a part has no identity of its own
    database.load(
        "create table w (k int, id int not null) partition by list (k);"
        "create table w1 partition of w for values in (1);"
        "alter table w1 alter id add generated by default as identity;"
    )
    reason = ATTRIBUTES["own_identity"].words
    assert look(database)[1].everything() == (Unmanaged("table column", "public.w1.id", reason),)


def test_a_part_without_the_identity_of_its_whole_is_told(
    database: Database, server_major: int
) -> None:
    """ATTACH gives it to the part that it names, and to none below."""
    if server_major < 17:
        pytest.skip("parts have no identity before PostgreSQL 17")
    database.load(
        "create table w (k int, id int generated always as identity) partition by list (k);"
        "create table w1 (k int, id int not null) partition by list (k);"
        "create table w11 partition of w1 for values in (1);"
        "alter table w attach partition w1 for values in (1);"
    )
    reason = ATTRIBUTES["no_identity"].words
    assert look(database)[1].everything() == (Unmanaged("table column", "public.w11.id", reason),)


def test_a_comment_that_no_kind_reads_is_told(sink: Database) -> None:
    _, found = look(sink)
    names = {u.name for u in found.attributes if u.kind == "comment on"}
    assert '"_RETURN" on sink.cheap' in names
    assert "sink.pair.a" not in names
    assert not [n for n in names if n.startswith("sink.parent")]


def test_a_kind_that_is_not_registered_is_told(sink: Database) -> None:
    """So an entry falls silent by itself when its kind is there."""
    some = Registry(tuple(k for k in KINDS if k.name not in {"index", "function", "view"}))
    _, found = look(sink, some)
    told = set(found.objects.values())
    assert Unmanaged("index", "sink.parent_name") in told
    assert Unmanaged("view", "sink.cheap") in told
    assert Unmanaged("function", "sink.touch()") in told
    # The rule of a view falls under the view.
    assert not [u for u in told if u.name.startswith("sink.cheap.")]


def test_secrets_are_not_told(sink: Database) -> None:
    _, found = look(sink)
    told = [*found.objects.values(), *found.attributes]
    assert Unmanaged("subscription", "sink_sub") in told
    assert "hidden" not in repr(told)


def test_default_privileges_of_several_classes_are_one_object(database: Database) -> None:
    for what in ("TABLES", "SEQUENCES"):
        database.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON {what} TO pg_monitor")
    database.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    inspection, found = look(database)
    assert [i.path for i in inspection.catalog.of("default_privilege")] == [("postgres",)]
    assert found.objects == {}


def test_an_empty_database_has_nothing(database: Database) -> None:
    with connect(database.url) as connection, reading(connection):
        inspection = inspect(connection, KINDS)
        assert read_unmanaged(connection, inspection, KINDS) == ()


def test_not_null_constraints_are_told_by_their_columns(
    database: Database, server_major: int
) -> None:
    if server_major < 18:
        pytest.skip("NOT NULL is no constraint before PostgreSQL 18")
    long = "a_table_with_quite_a_long_name_" * 2
    database.execute(f"""
        CREATE TABLE public.{long[:60]} (and_a_column_with_a_long_name_too int NOT NULL);
        CREATE TABLE public.t (a int NOT NULL, b int PRIMARY KEY, c int CONSTRAINT mine NOT NULL);
        CREATE TABLE public.u (d int CONSTRAINT alone NOT NULL NO INHERIT);
    """)
    _, found = look(database)
    told = [u for u in found.objects.values() if u.kind == "not-null constraint"]
    assert told == []  # what else there is to one, its column says


def test_without_rights_it_can_be_read_too(sink: Database) -> None:
    with connect(sink.url) as connection:
        connection.execute("SET ROLE sink_reader")
        with reading(connection):
            inspection = inspect(connection, KINDS)
            found = read_unmanaged(connection, inspection, KINDS)
    # Of pg_subscription an ordinary user may not read every column.
    assert Unmanaged("subscription", "sink_sub") in found
    assert Unmanaged("comment on", '"_RETURN" on sink.cheap') in found
    assert "hidden" not in repr(found)


def test_what_somebody_did_to_an_extensions_members_is_told(
    database: Database, binaries: Binaries
) -> None:
    if "hstore" not in binaries.extensions:
        pytest.skip("this server has no contrib")
    database.load(
        "create schema e; create extension seg; create extension hstore version '1.4';"
        "create extension cube; create extension earthdistance;"
        "create extension isn; alter extension isn set schema e; alter extension hstore update;"
    )
    assert look(database)[1].everything() == ()
    database.load("""
        create role somebody_else;
        comment on function akeys(hstore) is 'mine'; comment on type hstore is null;
        alter function avals(hstore) cost 77;
        alter function skeys(hstore) owner to somebody_else;
        alter operator = (hstore, hstore) set (restrict = contsel);
        alter domain earth add constraint mine check (value is not null);
        create table t (a int); alter extension seg add table t; alter table t add b int;
    """)
    _, found = look(database)
    database.execute("reassign owned by somebody_else to current_user; "
                     "drop owned by somebody_else; drop role somebody_else")  # fmt: skip
    changed, other = "changed since", "owned by another role than"
    assert {(u.kind, u.name, u.reason.partition(" its ")[0]) for u in found.everything()} == {
        ("comment on", "public.akeys(public.hstore)", "an object of the server or of an extension"),
        ("domain constraint", "mine on public.earth", changed),
        ("function", "public.avals(public.hstore)", changed),
        ("function", "public.skeys(public.hstore)", other),
        ("operator", "public.=(public.hstore,public.hstore)", changed),
        ("table column", "public.t.b", changed),
    }


def test_what_the_server_keeps_beside_the_database_is_told(
    database: Database, server_major: int
) -> None:
    database.execute("SELECT pg_replication_origin_create('elsewhere')")
    database.execute("SELECT pg_create_physical_replication_slot('standby')")
    if server_major >= 15:
        database.execute("GRANT SET ON PARAMETER work_mem TO PUBLIC")
    told = look(database)[1].everything()
    database.execute("SELECT pg_replication_origin_drop('elsewhere')")
    database.execute("SELECT pg_drop_replication_slot('standby')")
    if server_major >= 15:
        database.execute("REVOKE SET ON PARAMETER work_mem FROM PUBLIC")
    expected = {
        Unmanaged("replication origin", "elsewhere", "of the whole server"),
        Unmanaged("replication slot", "standby", "of the whole server"),
    }
    if server_major >= 15:
        expected.add(Unmanaged("grant on", "parameter work_mem", "of the whole server"))
    assert set(told) == expected
