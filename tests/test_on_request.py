"""What is managed only on request, and what needs tablespaces: cases with a server of their own.

Roles and tablespaces belong to a whole server, and subscriptions are not copied with a database.
So each side of a case is a server, and the observers are `pg_dump --create` and `pg_dumpall`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from schemadiff.catalog.binaries import Binaries, wheel_binaries
from schemadiff.catalog.embedded import ephemeral_server
from schemadiff.cli.managed import registry_of, requested
from schemadiff.render import render
from schemadiff.shadow.resolve import resolve
from tests import laws, read_back
from tests.plugins.postgres import Database
from tests.test_cases import CASES, OWN, explain, settings, skip_reason, stops

FOUND = sorted(f.parent for f in CASES.glob("*/*/case.yaml") if OWN in f.read_text("utf-8"))
SETTINGS = {"log_min_messages": "fatal", "allow_in_place_tablespaces": "on"}
NOISE = re.compile(
    r"--(?! Name:)|\\(un)?restrict |SET |SELECT pg_catalog.set_config|CREATE ROLE postgres"
)
MakeServer = Callable[..., Database]
PROVIDER = Path(__file__).parent / "plugins" / "seclabel.c"


@pytest.fixture(scope="session")
def provider(binaries: Binaries) -> Iterator[str]:
    """Compile a label provider, since PostgreSQL brings none that can be loaded just so."""
    compiler = shutil.which("cc")
    includes = binaries.bindir.parent / "include" / "postgresql" / "server"
    if compiler is None or not (includes / "postgres.h").exists():
        pytest.skip("there is no C compiler, or this server has no headers")
    with tempfile.TemporaryDirectory() as folder:
        # The server may run as another user.
        Path(folder).chmod(0o755)
        library = Path(folder) / "seclabel.so"
        command = [compiler, "-shared", "-fPIC", "-I", str(includes), str(PROVIDER)]
        subprocess.run([*command, "-o", str(library)], check=True)
        yield str(library)


@pytest.fixture
def make_server(
    case: Path, binaries: Binaries, request: pytest.FixtureRequest
) -> Iterator[MakeServer]:
    """Give a function that makes a server with a database from scripts."""
    more = dict(SETTINGS)
    if "provider" in settings(case):
        more["shared_preload_libraries"] = request.getfixturevalue("provider")
    with ExitStack() as stack:

        def make(*scripts: Path) -> Database:
            server = stack.enter_context(ephemeral_server(binaries, settings=more))
            server.ensure_database("own")
            database = Database("own", server.url("own"))
            for script in scripts:
                if script.exists() and script.read_text("utf-8").strip():
                    database.load(script)
            return database

        yield make


def observed(database: Database) -> str:
    """Give everything about a database and its cluster, in an order that means nothing."""
    return "\n".join(
        [*_said("pg_dump", "--schema-only", "--create", database.url), *_cluster(database)]
    )


def _cluster(database: Database) -> list[str]:
    return sorted(
        line
        for line in _said("pg_dumpall", "--globals-only", "--no-role-passwords", "-d", database.url)
    )


def _said(program: str, *arguments: str) -> list[str]:
    newest = wheel_binaries()[0]
    done = subprocess.run(
        [newest.program(program), *arguments],
        env=newest.environment({}),
        capture_output=True,
        check=True,
        text=True,
    )
    # There is no statement that makes a role valid without end again but this one.
    said = done.stdout.replace(" VALID UNTIL 'infinity'", "")
    text = re.sub(r"CREATE TABLE [^;]*;", _sorted_columns, said)
    blocks = re.split(r"\n{2,}|\n(?=ALTER (?:ROLE|DATABASE|SUBSCRIPTION) )", text)
    lines = (
        "\n".join(line for line in b.splitlines() if line and not NOISE.match(line)) for b in blocks
    )
    return sorted(line for line in lines if line)


def _sorted_columns(match: re.Match[str]) -> str:
    return "\n".join(sorted(line.rstrip(",") for line in match[0].splitlines()))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", FOUND, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_laws(
    case: Path,
    make_server: MakeServer,
    server_major: int,
    binaries: Binaries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The plan applies, nothing is left, it can be repeated and resumed, and undone."""
    reason = skip_reason(case, server_major, binaries.extensions)
    if reason:
        pytest.skip(reason)
    manage = tuple(settings(case).get("manage", ()))
    _manage(manage, monkeypatch)
    after = make_server(case / "after.sql")
    expected = observed(after)
    database = make_server(case / "before.sql", case / "seed.sql")
    plan = laws.plan_for(database, case / "desired.yaml")
    assert plan.empty == case.name.startswith("no_change"), explain(plan)
    script = render(plan, "sql")
    rows = laws.checksums(database)
    for each in laws.run(database, plan):
        assert each.lock <= each.op.lock, f"{each.op.sql}: saw {each.lock.sql}"
        assert not each.rewrote or each.op.rewrites, f"{each.op.sql} rewrote {each.rewrote}"
    again = laws.plan_for(database, case / "desired.yaml")
    assert again.empty, f"left after applying\n{explain(plan)}\n---\n{explain(again)}"
    if not any(hazard.loses_data for hazard in plan.hazards):
        assert {**laws.checksums(database), **rows} == laws.checksums(database)
    assert observed(database) == expected, explain(plan)
    database.load(script)
    assert observed(database) == expected, f"a second run changed something\n{script}"
    for stop in stops(len(list(plan.operations()))):
        half = make_server(case / "before.sql")
        laws.run(half, plan, statements=stop)
        half.load(script)
        assert observed(half) == expected, f"stopped after {stop}\n{script}"
    with laws.opened(after) as connection:
        wrong = read_back.written_and_read(laws.look(connection))
    assert not wrong, wrong
    if settings(case).get("reverse") != "false":
        before = make_server(case / "before.sql")
        back = laws.plan_between(database, before)
        laws.run(database, back)
        assert observed(database) == observed(before), explain(back)


def _manage(manage: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the laws look at what a config asks for."""

    def asked(spec: Any, inspection: Any, *rest: Any) -> Any:
        return resolve(requested(spec, inspection.catalog, manage), inspection, *rest)

    for each in (laws, read_back):
        monkeypatch.setattr(each, "KINDS", registry_of(manage))
    monkeypatch.setattr(laws, "resolve", asked)
