from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database
from tests.published import validator


def test_no_drift_is_zero(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    found = cli("drift")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("No drift")
    assert json.loads(cli("drift", "--format", "json").out)["drift"] is False


def test_drift_has_an_exit_code_of_its_own(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    live.execute(
        "alter table salons drop column fax; alter table salons alter column name drop not null;"
        "create table stray (id int)"
    )
    before = live.dump()
    found = cli("drift", "--format", "json")
    assert found.code == 2, found.err
    said = json.loads(found.out)
    assert list(said) == ["format_version", "database", "drift", "objects", "unmanaged"]
    validator("drift.schema.json").validate(said)
    assert (said["format_version"], said["drift"]) == (1, True)
    seen = {(o["kind"], o["name"], o["what"]) for o in said["objects"]}
    assert ("column", "public.salons.fax", "missing") in seen
    assert ("table", "public.stray", "unexpected") in seen
    name = next(o for o in said["objects"] if o["name"] == "public.salons.name")
    assert name["what"] == "different"
    assert name["attributes"]["not_null"] == {"old": False, "new": True}
    assert live.dump() == before
    for form in ("text", "markdown"):
        shown = cli("drift", "--format", form)
        assert shown.code == 2
        assert "public.stray" in shown.out
        assert "ALTER TABLE" not in shown.out


def test_an_error_is_one(project: Path, live: Database, cli: Cli) -> None:
    assert cli("drift", "--format", "sql").code == 1
    (project / "schemas" / "salons.yaml").write_text("tabels: {}\n")
    assert cli("drift").code == 1


def test_the_report_in_a_file(project: Path, live: Database, cli: Cli) -> None:
    found = cli("drift", "--format", "json", "--out", "drift.json")
    assert (found.code, found.out) == (2, "")
    assert json.loads((project / "drift.json").read_text())["drift"] is True


def test_what_no_kind_manages_is_in_the_published_form(
    project: Path, live: Database, cli: Cli
) -> None:
    cli("apply", "--yes")
    live.execute("select lo_create(42)")
    said = json.loads(cli("drift", "--format", "json").out)
    validator("drift.schema.json").validate(said)
    assert said["unmanaged"]
