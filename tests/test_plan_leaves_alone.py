"""`plan` reads: it locks nothing of the user's, wakes nothing, leaves nothing, and asks elsewhere
where the role or the server allows no more than reading."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Result, bare, cli
from tests.plugins.postgres import Database

__all__ = ["bare", "cli"]

_numbers = itertools.count(1)

# Questions of every sort that goes to a temporary table, and one (the view) that goes elsewhere.
BEFORE = """
CREATE TABLE salons (id bigint PRIMARY KEY, name text DEFAULT 'x', rating int CHECK (rating > 0));
CREATE TABLE visits (salon bigint REFERENCES salons, at timestamptz DEFAULT now());
CREATE INDEX by_name ON salons (lower(name)) WHERE rating > 1;
CREATE VIEW best AS SELECT id FROM salons WHERE rating > 4;
INSERT INTO salons VALUES (1, 'a', 5);
"""
PROBED = """
tables:
  salons:
    columns:
      id: bigint primary key
      name: text default upper('y')
      rating: integer
    checks:
      salons_rating_check: rating between 1 and 5
    indexes:
      by_name: {columns: [upper(name)], where: rating > 2}
    policies:
      mine: {using: name = current_user}
  visits:
    columns:
      salon: bigint references salons
      at: timestamptz default now() - interval '1 hour'
views:
  best:
    query: select id from salons where rating > 4
"""
SHADOWED = PROBED.replace("rating > 4", "rating in (4, 5)")
AUDIT = """
CREATE TABLE audit (tag text);
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql
  AS $$BEGIN INSERT INTO public.audit VALUES (tg_tag); END$$;
CREATE EVENT TRIGGER noting ON ddl_command_start EXECUTE FUNCTION note();
CREATE EVENT TRIGGER noting_more ON ddl_command_end EXECUTE FUNCTION note();
TRUNCATE audit;
"""
AUDITED = (
    PROBED.replace("views:", "  audit:\n    columns: {tag: text}\nviews:")
    + """
functions:
  note():
    returns: event_trigger
    language: plpgsql
    body: BEGIN INSERT INTO public.audit VALUES (tg_tag); END
event_triggers:
  noting: {event: ddl_command_start, function: note}
  noting_more: {event: ddl_command_end, function: note}
"""
)


@pytest.fixture
def target(database: Database) -> Database:
    """A database with tables and rows."""
    database.load(BEFORE)
    return database


@pytest.fixture
def planned(bare: Path, cli: Cli) -> Callable[..., Result]:
    """Plan what some YAML says."""

    def call(url: str, text: str, *flags: str) -> Result:
        (bare / "schemas").mkdir(exist_ok=True)
        (bare / "schemas" / "all.yaml").write_text(text)
        return cli("plan", "--db", url, *flags)

    return call


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role that may read the catalogs and nothing else."""
    name = f"reader_{next(_numbers)}"
    database.execute(f"CREATE ROLE {name} LOGIN NOCREATEDB")
    yield name
    database.execute(f"DROP OWNED BY {name} CASCADE; DROP ROLE {name}")


def as_role(database: Database, role: str) -> str:
    return database.url.replace("postgres@", f"{role}@", 1)


def state(database: Database) -> tuple[str, list[Any], list[Any]]:
    """Everything that a plan could leave behind."""
    objects = database.execute("SELECT oid, relname FROM pg_class ORDER BY oid")
    databases = database.execute("SELECT datname FROM pg_database ORDER BY 1")
    return database.dump(), objects, databases


@pytest.mark.parametrize("text", [PROBED, SHADOWED])
def test_nothing_is_left_behind(
    target: Database, planned: Callable[..., Result], text: str
) -> None:
    planned(target.url, text)  # the first to use a temporary schema makes it
    before = state(target)
    result = planned(target.url, text)
    assert result.code == 0, result.err
    assert "to change" in result.out
    assert state(target) == before


@pytest.mark.parametrize("text", [PROBED, SHADOWED])
def test_no_lock_beyond_access_share(
    target: Database, planned: Callable[..., Result], text: str
) -> None:
    target.execute(f"ALTER DATABASE {target.name} SET lock_timeout = '2s'")
    with target.connect(autocommit=False) as other:
        # EXCLUSIVE goes together with ACCESS SHARE alone (manual, 13.3.1).
        other.execute("LOCK TABLE salons, visits IN EXCLUSIVE MODE")
        other.execute("UPDATE salons SET name = 'b'")
        result = planned(target.url, text)
    assert result.code == 0, result.err
    assert "to change" in result.out


def test_a_plan_waits_for_nobody_who_writes(
    target: Database, planned: Callable[..., Result]
) -> None:
    target.execute(f"ALTER DATABASE {target.name} SET lock_timeout = '2s'")
    with target.connect(autocommit=False) as one, target.connect(autocommit=False) as two:
        one.execute("INSERT INTO visits VALUES (1)")
        two.execute("LOCK TABLE salons, visits IN SHARE UPDATE EXCLUSIVE MODE")
        assert planned(target.url, PROBED).code == 0


def test_event_triggers_stay_silent(target: Database, planned: Callable[..., Result]) -> None:
    target.load(AUDIT)
    result = planned(target.url, AUDITED)
    assert result.code == 0, result.err
    assert "check salons_rating_check" in result.out
    assert target.execute("SELECT * FROM audit") == []


def test_where_event_triggers_cannot_be_switched_off_the_shadow_is_asked(
    target: Database, role: str, planned: Callable[..., Result]
) -> None:
    target.load(AUDIT)
    target.execute(f"GRANT INSERT ON audit TO {role}; TRUNCATE audit")
    result = planned(as_role(target, role), AUDITED)
    assert result.code == 0, result.err
    assert "check salons_rating_check" in result.out
    assert target.execute("SELECT * FROM audit") == []


@pytest.mark.parametrize("text", [PROBED, SHADOWED])
def test_a_role_that_may_make_nothing_asks_an_embedded_server(
    target: Database, role: str, planned: Callable[..., Result], text: str
) -> None:
    target.execute(f"REVOKE TEMP ON DATABASE {target.name} FROM public")
    before = state(target)
    result = planned(as_role(target, role), text)
    assert result.code == 0, result.err
    assert "check salons_rating_check" in result.out
    assert state(target) == before
    # The words are the server's own, wherever they were asked for.
    assert result.out == planned(target.url, text).out


@pytest.mark.parametrize("text", [PROBED, SHADOWED])
def test_a_role_that_may_make_nothing_asks_the_named_server(
    target: Database, role: str, planned: Callable[..., Result], text: str
) -> None:
    target.execute(f"REVOKE TEMP ON DATABASE {target.name} FROM public")
    before = state(target)
    result = planned(as_role(target, role), text, "--shadow", target.url)
    assert result.code == 0, result.err
    assert state(target) == before
    refused = planned(target.url, text, "--shadow", as_role(target, role))
    assert (refused.code, "SD070" in refused.err) == (1, True)


@pytest.mark.parametrize("text", [PROBED, SHADOWED])
def test_a_database_that_takes_no_changes(
    target: Database, planned: Callable[..., Result], text: str
) -> None:
    usual = planned(target.url, text).out
    target.execute(f"ALTER DATABASE {target.name} SET default_transaction_read_only = on")
    result = planned(target.url, text)
    assert result.code == 0, result.err
    # The setting itself is named among what is not managed.
    assert result.out.partition("\nNot managed")[0].strip() == usual.strip()


def test_an_extension_that_no_server_has_is_named(
    target: Database, role: str, planned: Callable[..., Result]
) -> None:
    text = f"extensions: [no_such_extension]\n{SHADOWED}"
    for url in (target.url, as_role(target, role)):
        result = planned(url, text)
        assert result.code == 1
        assert "no_such_extension" in result.err
        assert "Traceback" not in result.err


POLICY = """
tables:
  salons:
    row_security: true
    columns: {id: bigint primary key}
    policies:
      p: {roles: [ROLE], using: id > 0}
views:
  v: {query: select id from salons where exists (select from salons)}
"""


def test_a_shadow_of_our_own_has_the_roles_of_policies(
    database: Database, planned: Callable[..., Result], role: str
) -> None:
    """A role that may not create databases gets an embedded shadow, which has its own roles."""
    database.execute(
        f"CREATE TABLE salons (id bigint PRIMARY KEY); ALTER TABLE salons OWNER TO {role};"
        "ALTER TABLE salons ENABLE ROW LEVEL SECURITY"
    )
    result = planned(as_role(database, role), POLICY.replace("ROLE", role), "--format", "sql")
    assert result.code == 0, result.err
    assert f"CREATE POLICY p ON public.salons TO {role}" in result.out
