from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

FULL = """
    create table a (id int); create table b (id int); create table c (id int);
    create table d (id int); create view v as select * from a;
"""


def edit(project: Path, old: str, new: str) -> None:
    file = project / "schemas" / "salons.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_plan_apply_plan(project: Path, live: Database, cli: Cli) -> None:
    planned = cli("plan")
    assert planned.code == 0
    assert "CREATE TABLE IF NOT EXISTS public.salons" in planned.out
    assert planned.err == ""
    applied = cli("apply", "--yes")
    assert applied.code == 0, applied.err
    assert planned.out == applied.out
    assert "Applied: 1 statement" in applied.err
    assert "Nothing is left to do." in applied.err
    live.execute("insert into salons (name) values ('x')")
    again = cli("plan")
    assert (again.code, again.err) == (0, "")
    assert "No changes." in again.out


def test_plan_leaves_the_database_as_it_is(project: Path, live: Database, cli: Cli) -> None:
    before = live.dump()
    cli("plan")
    assert live.dump() == before


def test_exit_codes_of_plan(project: Path, live: Database, cli: Cli) -> None:
    assert cli("plan", "--detailed-exitcode").code == 2
    assert cli("apply", "--yes", "--detailed-exitcode").code == 0
    assert cli("plan", "--detailed-exitcode").code == 0
    edit(project, "      fax: text\n", "")
    assert cli("plan").code == 0
    assert cli("plan", "--detailed-exitcode").code == 3
    assert cli("plan", "--detailed-exitcode", "--allow", "drop-column:salons.fax").code == 2
    (project / "schemadiff.yaml").write_text("allow: [data-loss]\n")
    assert cli("plan", "--detailed-exitcode").code == 2
    edit(project, "tables:", "tabels:")
    assert cli("plan", "--detailed-exitcode").code == 1


def test_a_hazard_is_refused_with_the_exact_flag(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    edit(project, "      fax: text\n", "")
    before = live.dump()
    refused = cli("apply", "--yes")
    assert refused.code == 1
    assert "--allow drop-column:salons.fax" in refused.err
    assert live.dump() == before
    assert cli("apply", "--yes", "--detailed-exitcode").code == 3
    assert cli("apply", "--yes", "--allow", "drop-column:salons.phone").code == 1
    assert cli("apply", "--yes", "--allow", "drop-column:salons.fax").code == 0
    assert "No changes." in cli("plan").out


def test_without_a_terminal_nothing_is_applied_unasked(
    project: Path, live: Database, cli: Cli
) -> None:
    before = live.dump()
    result = cli("apply")
    assert result.code == 1
    assert "SD207" in result.err
    assert "--yes" in result.err
    assert live.dump() == before


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)]
)
def test_apply_asks(  # noqa: PLR0917
    project: Path,
    live: Database,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    monkeypatch.setattr(sys, "stdin", Terminal())
    result = cli("apply")
    assert result.code == code
    assert "[y/N]" in result.err
    assert bool(live.execute("select 1 from pg_class where relname = 'salons'")) == (code == 0)


def test_a_saved_plan_is_applied(project: Path, live: Database, cli: Cli) -> None:
    made = cli("plan", "--format", "json", "--out", "plan.json")
    assert (made.code, made.out) == (0, "")
    assert json.loads((project / "plan.json").read_text())["format_version"] == 1
    (project / "schemas" / "salons.yaml").unlink()  # the plan is all that counts
    assert cli("apply", "plan.json", "--yes").code == 0
    assert live.execute("select 1 from pg_class where relname = 'salons'")
    again = cli("apply", "plan.json", "--yes")
    assert again.code == 0  # and changes nothing


def test_a_saved_plan_with_a_rename_is_applied(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    edit(project, "      fax: text\n", "      phone: {type: text, renamed_from: fax}\n")
    cli("plan", "--format", "json", "--out", "plan.json")
    applied = cli("apply", "plan.json", "--yes")
    assert applied.code == 0, applied.err
    assert "No changes." in cli("plan").out


def test_a_plan_that_was_edited_or_is_none_is_refused(
    project: Path, live: Database, cli: Cli
) -> None:
    cli("plan", "--format", "json", "--out", "plan.json")
    text = (project / "plan.json").read_text()
    (project / "plan.json").write_text(text.replace("salons", "saloons"))
    refused = cli("apply", "plan.json", "--yes")
    assert refused.code == 1
    assert refused.err.startswith("plan.json SD312")
    assert cli("apply", "nowhere.json", "--yes").err.startswith("nowhere.json SD206")


def test_the_sql_of_a_plan_runs_twice(project: Path, live: Database, cli: Cli) -> None:
    script = cli("plan", "--format", "sql").out
    live.load(script)
    after = live.dump()
    live.load(script)
    assert live.dump() == after
    assert "No changes." in cli("plan").out


def test_a_file_is_written_whole_or_not_at_all(project: Path, live: Database, cli: Cli) -> None:
    (project / "plan.sql").write_text("before")
    edit(project, "tables:", "tabels:")
    assert cli("plan", "--format", "sql", "--out", "plan.sql").code == 1
    assert (project / "plan.sql").read_text() == "before"
    edit(project, "tabels:", "tables:")
    assert cli("plan", "--format", "sql", "--out", "plan.sql").code == 0
    assert "CREATE TABLE" in (project / "plan.sql").read_text()
    assert sorted(p.name for p in project.iterdir()) == ["plan.sql", "schemas"]
    failed = cli("plan", "--out", "nowhere/plan.txt")
    assert failed.code == 1
    assert failed.err.startswith("nowhere/plan.txt SD205")


def test_a_newcomer_is_told_first(project: Path, live: Database, cli: Cli) -> None:
    live.execute(FULL)
    result = cli("plan")
    first = result.out.splitlines()[0]
    assert first.startswith("warning: SD230 5 of the 5 objects")
    assert "schemadiff pull" in result.out.splitlines()[1]
    assert "scope:" in result.out.splitlines()[1]
    as_json = cli("plan", "--format", "json")
    assert "SD230" in as_json.err
    assert json.loads(as_json.out)["notes"][0]["code"] == "SD230"


def test_dropping_a_few_of_many_is_no_newcomer(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    live.execute("create table a (id int); create table b (id int)")
    assert "SD230" not in cli("plan").out


def test_a_name_that_reads_like_a_schema_and_a_name_is_told(
    project: Path, live: Database, cli: Cli
) -> None:
    text = "schemas: [app]\ntables:\n  {}:\n    columns: {{id: integer primary key}}\n"
    (project / "schemas" / "more.yaml").write_text(text.format("app.users"))
    planned = cli("plan")
    assert 'SD232 the table public."app.users" has a dot in its name' in planned.out
    assert "schema: app" in planned.out
    (project / "schemas" / "more.yaml").write_text(text.format("data.users"))
    assert "SD232" not in cli("plan").out
    of_a_type = "schema: app\nenums: {mood: [ok]}\nfunctions:\n"
    of_a_type += "  f(m app.mood): {returns: integer, language: sql, body: select 1}\n"
    (project / "schemas" / "more.yaml").write_text(of_a_type)
    assert "SD232" not in cli("plan").out


def test_policies_without_row_security_are_told(project: Path, live: Database, cli: Cli) -> None:
    text = "tables: {{t: {{columns: {{id: integer}}, policies: {{p: id > 0}}{}}}}}\n"
    (project / "schemas" / "more.yaml").write_text(text.format(""))
    assert "SD233 policies have no effect" in cli("plan").out
    (project / "schemas" / "more.yaml").write_text(text.format(", row_security: true"))
    assert "SD233" not in cli("plan").out


@pytest.mark.parametrize("said", ["column_comments: {nme: x}", "grants: {public: select(nme)}"])
def test_a_column_that_a_view_does_not_have_is_told(
    project: Path, live: Database, cli: Cli, said: str
) -> None:
    text = f"views:\n  v:\n    query: select 1 as name\n    {said}\n"
    (project / "schemas" / "more.yaml").write_text(text)
    assert "SD058 view public.v has no column 'nme'" in (told := cli("plan").err)
    assert "more.yaml:4:" in told
    assert "did you mean name?" in told


def test_names_of_which_nothing_more_is_said_stand_in_a_list(
    project: Path, live: Database, cli: Cli
) -> None:
    text = "schemas: [app, web]\nsequences: [numbers]\n"
    (project / "schemas" / "more.yaml").write_text(text)
    planned = cli("apply", "--yes")
    assert planned.code == 0, planned.err
    assert "No changes." in cli("plan").out
    assert cli("pull").code == 0
    assert (project / "schemas" / "more.yaml").read_text() == text
    (project / "schemas" / "more.yaml").write_text("schemas: [app, pg_mine]\n")
    assert "more.yaml:1:16 SD028" in cli("validate").err
    (project / "schemas" / "more.yaml").write_text("schemas: [app, app]\n")
    assert "app stands there twice" in cli("validate").err


def test_outside_of_the_scope_nothing_is_touched(project: Path, live: Database, cli: Cli) -> None:
    live.execute(FULL + "create table tmp_1 (id int)")
    (project / "schemadiff.yaml").write_text("scope: {include: ['table:public.salons']}\n")
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert "DROP" not in planned.out
    assert cli("apply", "--yes").code == 0
    assert "No changes." in cli("plan").out
    (project / "schemadiff.yaml").write_text("scope: {exclude: ['table:tmp_*']}\n")
    planned = cli("plan")
    assert "DROP TABLE IF EXISTS public.a;" in planned.out
    assert "tmp_1" not in planned.out


def test_a_dependent_outside_of_the_scope_fails_the_plan(
    project: Path, live: Database, cli: Cli
) -> None:
    cli("apply", "--yes")
    live.execute("create schema other; create view other.v as select fax from public.salons")
    (project / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    assert "No changes." in cli("plan").out
    edit(project, "      fax: text\n", "")
    dropped = cli("plan")
    assert dropped.code == 1
    assert "view other.v" in dropped.err
    edit(
        project, "      name: text not null\n", "      name: text not null\n      fax: varchar(5)\n"
    )
    replaced = cli("plan")
    assert replaced.code == 1
    assert replaced.err.startswith("error: SD210 view other.v is out of scope")


def test_what_the_files_name_outside_of_the_scope_is_said(
    project: Path, live: Database, cli: Cli
) -> None:
    (project / "schemadiff.yaml").write_text("scope: {schemas: [other]}\n")
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 0
    assert "SD211" in planned.out


def test_every_mistake_of_every_file_is_shown(project: Path, live: Database, cli: Cli) -> None:
    (project / "schemas" / "b.yaml").write_text("tabels: {}\nenums: {e: [a, a}\n")
    edit(project, "columns:", "colums:")
    result = cli("plan")
    assert result.code == 1
    assert "schemas/b.yaml:2" in result.err
    assert "schemas/salons.yaml:3:5 SD011 unknown key 'colums'" in result.err
    assert "did you mean columns?" in result.err
    assert result.out == ""


def test_a_mistake_in_the_files_is_told_though_no_server_answers(project: Path, cli: Cli) -> None:
    edit(project, "columns:", "colums:")
    assert "SD011" in cli("plan", "--db", "postgresql://localhost:1/x").err


def test_a_password_is_never_shown(project: Path, live: Database, cli: Cli) -> None:
    for url in ("postgresql://me:s3cretpw@localhost:1/x", "postgresql://me:s3cretpw@/x?host=/no"):
        for command in (("plan",), ("apply", "--yes"), ("pull",), ("diff", "schemas")):
            where = (url,) if command[0] == "diff" else ("--db", url)
            result = cli(*command, *where, *(() if command[0] == "diff" else ("-v",)))
            assert result.code == 1
            assert "s3cretpw" not in result.out + result.err
    secret = live.url.replace("postgres@", "postgres:s3cretpw@")
    assert secret != live.url
    for fmt in ("text", "sql", "json", "markdown"):
        result = cli("plan", "-v", "--db", secret, "--format", fmt)
        assert result.code == 0, result.err
        assert "s3cretpw" not in result.out + result.err


def test_a_statement_that_fails_leaves_the_rest_undone(
    project: Path, live: Database, cli: Cli
) -> None:
    cli("apply", "--yes")
    live.execute("insert into salons (name, fax) values ('a', 'x'), ('b', 'x')")
    edit(project, "fax: text\n", "fax: text unique\n      phone: text\n")
    told = cli("apply", "--yes")
    assert (told.code, "SD314" in told.err) == (1, True)
    failed = cli("apply", "--yes", "--no-preflight")
    assert failed.code == 1
    assert "could not create unique index" in failed.err
    assert "Traceback" not in failed.err
    live.execute("update salons set fax = name")
    assert cli("apply", "--yes").code == 0
    assert "No changes." in cli("plan").out


def test_colour_is_for_terminals_only(project: Path, live: Database, cli: Cli) -> None:
    assert "\x1b" not in cli("plan").out


@pytest.mark.parametrize(
    "refused",
    [
        (
            (
                "create type e as (x int, y text); create table r (a int, b e);"
                "create table p (k int, n r) partition by hash (k);"
                "create table q partition of p for values with (modulus 1, remainder 0);"
                "insert into p values (1, '(1,\"(1,x)\")')"
            ),
            (
                "tables:\n  r: {columns: {a: int, b: e}}\n"
                "  p: {partition_by: hash (k), columns: {k: {type: e, using: (n).b}, n: r}}\n"
                "  q: {partition_of: p, bound: 'for values with (modulus 1, remainder 0)'}\n"
                "composites: {e: {y: text, x: int}}\n"
            ),
            "s.yaml:3:41 SD065 ",
        ),
        (
            "create type c as (a int); create table t (x c); insert into t values ('(1)')",
            "tables:\n  t: {columns: {x: c}}\ndomains:\n  c: int\n",
            "s.yaml:4:3 SD060 ",
        ),
        (
            (
                "create table t (a int, b int generated always as (a) stored);"
                "create table h () inherits (t); create table i () inherits (h);"
            ),
            "tables: {t: {columns: {a: int, b: int}}, h: {inherits: t}, i: {inherits: h}}\n",
            "s.yaml:1:32 SD060 ",
        ),
    ],
)
def test_what_is_refused_by_the_planner_has_a_place(
    live: Database, bare: Path, cli: Cli, refused: tuple[str, str, str]
) -> None:
    before, text, said = refused
    live.load(before)
    (bare / "schemas").mkdir()
    (bare / "schemas/s.yaml").write_text(text)
    found = cli("plan")
    assert found.code == 1
    assert said in found.err
    assert "hint: " in found.err


def test_what_only_clears_up_is_not_counted(bare: Path, live: Database, cli: Cli) -> None:
    live.load(
        "create table t (n integer); insert into t select generate_series(1, 20000);"
        "create materialized view m as select n from t; analyze"
    )
    assert cli("pull").code == 0
    (bare / "schemas" / "views" / "m.yaml").write_text(
        "materialized_views: {m: select n + 1 as n from t}"
    )
    done = cli("apply", "--yes")
    counted = re.findall(r"^ +(\d+)/(\d+) [~+-]", done.out + done.err, re.MULTILINE)
    assert counted == [(str(n), "3") for n in (1, 2, 3)], done.out
