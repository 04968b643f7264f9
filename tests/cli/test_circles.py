"""A view in a circle whose columns nobody says: the hint names the key that opens it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

FILES = """\
views:
  w: select * from f()
functions:
  f(): {returns: setof w, language: sql, body: select 2}
"""


def test_column_types_open_a_circle(project: Path, live: Database, cli: Cli) -> None:
    files = project / "schemas" / "salons.yaml"
    files.write_text(FILES)
    result = cli("plan")
    assert result.code == 1
    assert "say column_types of view public.w, or one must do without" in result.err
    files.write_text(
        FILES.replace("select * from f()", "{query: select * from f(), column_types: {a: int}}")
    )
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select a from w") == [(2,)]
    assert "No changes." in cli("plan").out
