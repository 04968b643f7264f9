"""Folders of migrations as a side of `diff`: they run as the tools that they are of run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

END = "create table t (id int, a text, b text);"

# Files and what they hold; each folder makes the same table, and would not if all of it ran.
FOLDERS = {
    "golang-migrate": {
        "1_t.up.sql": "create table t (id int);",
        "1_t.down.sql": "drop table t;",
        "2_a.up.sql": "alter table t add a text;",
        "2_a.down.sql": "alter table t drop a;",
        "10_b.up.sql": "alter table t add b text; alter table t alter a set not null;"
        " alter table t alter a drop not null;",
        "10_b.down.sql": "alter table t drop b;",
    },
    "goose": {
        "20240101_t.sql": """-- +goose Up
-- +goose StatementBegin
create table t (id int, c text default '
-- +goose Down
');
-- +goose StatementEnd
alter table t drop c;
-- +goose Down
drop table t;
""",
        "20240102_ab.sql": "-- +goose NO TRANSACTION\n-- +goose Up\n"
        "alter table t add a text, add b text;\n-- +goose Down\nalter table t drop a, drop b;",
    },
    "sql-migrate": {
        "1.sql": f"-- +migrate Up\n{END}\n-- +migrate Down\ndrop table t;",
    },
    "dbmate": {
        "1_t.sql": f"-- migrate:up transaction:false\n{END}\n-- migrate:down\ndrop table t;",
    },
    "node-pg-migrate": {
        "1_t.sql": f"-- Up Migration\n{END}\n\n-- Down Migration\ndrop table t;",
    },
    "tern": {
        "001_t.sql": f"{END}\n---- create above / drop below ----\ndrop table t;",
    },
    "diesel": {
        "2024-01-01-t/up.sql": "create table t (id int);",
        "2024-01-01-t/down.sql": "drop table t;",
        "2024-01-02-ab/up.sql": "alter table t add a text, add b text;",
        "2024-01-02-ab/down.sql": "alter table t drop a, drop b;",
    },
    "flyway": {
        "V1__t.sql": "create table t (id int);",
        "V1_1__a.sql": "alter table t add c text;",
        "V2__a.sql": "alter table t rename c to a;",
        "V10__b.sql": "alter table t add b text; create view v as select a from t;",
        "U10__b.sql": "alter table t drop b;",
        "R__v.sql": "drop view v;",
    },
}


def counts(cli: Cli, before: str, after: str) -> dict[str, Any]:
    result = cli("diff", before, after, "--format", "json")
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


@pytest.fixture
def project(project: Path, live: Database) -> Path:
    (project / "schemadiff.yaml").write_text(f"shadow: {json.dumps(live.url)}\n")
    return project


@pytest.mark.parametrize("tool", FOLDERS)
def test_only_what_leads_there_runs(tool: str, project: Path, cli: Cli) -> None:
    for name, text in FOLDERS[tool].items():
        file = project / "migrations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (project / "end.sql").write_text(END)
    found = counts(cli, "migrations", "end.sql")
    assert found["summary"]["empty"], found["changes"]
    told = [n["message"] for n in found["notes"] if n["code"] == "SD084"]
    assert len(told) == 1, found["notes"]


def test_what_only_looks_like_it_is_run(project: Path, cli: Cli) -> None:
    folder = project / "sql"
    folder.mkdir()
    # Nothing to take back stands beside these, and no way up above that.
    (folder / "scale.down.sql").write_text("create table t (id int);\n-- migrate:down is a word\n")
    (folder / "U2__a.sql").write_text("alter table t add a text;\n-- +goose Down\n")
    (folder / "down.sql").write_text("create table s (id int);\n")
    (project / "end.sql").write_text("create table t (id int, a text); create table s (id int);")
    found = counts(cli, "sql", "end.sql")
    assert found["summary"]["empty"], found["changes"]
    assert "SD084" not in {n["code"] for n in found["notes"]}
