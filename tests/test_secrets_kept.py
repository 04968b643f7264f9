"""What holds a secret is not made anew: nobody could give the secret again."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError
from tests import laws
from tests.plugins.postgres import Database

SCHEMAS = """
foreign_data_wrappers:
  w:
servers:
  far:
    wrapper: w
    type: y
    user_mappings:
      public: {options: {user: u}}
"""


def test_a_server_with_a_mapping_that_holds_one(database: Database, tmp_path: Path) -> None:
    """Another type makes a server anew, and its mappings with it."""
    database.load(
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far TYPE 'x' FOREIGN DATA WRAPPER w;"
        "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'p')"
    )
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(SCHEMAS, "utf-8")
    with pytest.raises(PlanError, match="holds a secret") as refused:
        laws.plan_for(database, schemas)
    assert [d.code for d in refused.value.diagnostics] == ["SD060"]
    assert "'p'" not in str(refused.value)
    database.execute("ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (DROP password)")
    laws.run(database, laws.plan_for(database, schemas))
    assert laws.plan_for(database, schemas).empty


def test_a_server_with_a_mapping_that_hides_its_options(database: Database, tmp_path: Path) -> None:
    """The owner of a server does not see what others need to log in there."""
    database.load(
        "DO $$ BEGIN CREATE ROLE case_far LOGIN;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far TYPE 'x'"
        " FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN DATA WRAPPER w TO case_far;"
        "ALTER SERVER far OWNER TO case_far;"
        "CREATE USER MAPPING FOR pg_monitor SERVER far OPTIONS (user 'u', password 'p');"
    )
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(SCHEMAS.replace("public: {options: {user: u}}", "pg_monitor:"), "utf-8")
    role = Database(database.name, f"{database.url}&user=case_far")
    with pytest.raises(PlanError, match="may not see"):
        laws.plan_for(role, schemas)
