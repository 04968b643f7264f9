"""A role that may not make an extension that is there plans all the same: few things rest on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemadiff.catalog import embedded
from schemadiff.catalog.binaries import Binaries
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

PLAIN = "views: {plain: select id from others where id > 1}"
RESTING = "views:\n  resting: select id from items order by embedding <-> '[1,2]' limit 1\n"


@pytest.fixture
def url(bare: Path, live: Database, binaries: Binaries) -> Iterator[str]:
    """Give the URL of a role that owns the tables, and is no superuser."""
    if "vector" not in binaries.extensions:
        pytest.skip("this server has not the extension, which only a superuser may make")
    live.execute("CREATE ROLE lesser LOGIN CREATEDB")
    try:
        live.load(
            "CREATE EXTENSION vector; GRANT CREATE ON SCHEMA public TO lesser;"
            "CREATE TABLE items (id integer PRIMARY KEY, embedding vector(2));"
            "CREATE TABLE others (id integer);"
            "ALTER TABLE items OWNER TO lesser; ALTER TABLE others OWNER TO lesser"
        )
        yield live.url.replace("postgres@", "lesser@")
    finally:
        live.execute("DROP OWNED BY lesser CASCADE; DROP ROLE lesser")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no server of our own."""

    def none(*_: object, **__: object) -> None:
        raise ConnectError(Diagnostic(code="SD411", message="there is none"))

    monkeypatch.setattr(embedded, "ephemeral_server", none)


@pytest.mark.usefixtures("nowhere")
def test_what_needs_it_not(bare: Path, cli: Cli, url: str) -> None:
    assert cli("pull", "--db", url).code == 0
    (bare / "schemas" / "more.yaml").write_text(PLAIN)
    done = cli("apply", "--yes", "--db", url)
    assert done.code == 0, done.err
    assert "No changes" in cli("plan", "--db", url).out


def test_what_needs_it_is_built_where_it_can_be(bare: Path, cli: Cli, url: str) -> None:
    assert cli("pull", "--db", url).code == 0
    (bare / "schemas" / "more.yaml").write_text(RESTING)
    found = cli("plan", "--prove", "--db", url)
    assert found.code == 0, found.err
    assert "+ view public.resting" in found.out


@pytest.mark.usefixtures("nowhere")
def test_without_a_server_that_has_it_the_way_out_is_told(bare: Path, cli: Cli, url: str) -> None:
    assert cli("pull", "--db", url).code == 0
    (bare / "schemas" / "more.yaml").write_text(RESTING)
    found = cli("plan", "--db", url)
    assert found.code == 1
    assert "SD071 it was built without the extension vector" in found.err, found.err
    assert "--shadow URL" in found.err


def test_what_is_wrong_where_it_is_there_is_told_alone(bare: Path, cli: Cli, url: str) -> None:
    assert cli("pull", "--db", url).code == 0
    (bare / "schemas" / "more.yaml").write_text(RESTING.replace("<->", "<!>"))
    found = cli("plan", "--db", url)
    assert found.code == 1
    assert "operator does not exist" in found.err, found.err
    assert "SD071" not in found.err
