"""What a role or a database has set changes neither what SQL in the files means nor what is made.

Everything is set as oddly as it can be, on every session: the target, the scratch databases, the
script. The database then is as it is without, and nothing is left to do.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import MakeDatabase, load_sql

SETTINGS = {
    "quote_all_identifiers": "on",
    "transform_null_equals": "on",
    "array_nulls": "off",
    "standard_conforming_strings": "off",
    "xmloption": "document",
    "TimeZone": "America/New_York",
    "DateStyle": "German",
    "IntervalStyle": "sql_standard",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "search_path": "pg_temp",
    "default_toast_compression": "pglz",
    "default_statistics_target": "7",
    "row_security": "off",
    "check_function_bodies": "off",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "plpgsql.variable_conflict": "use_column",
    "lc_monetary": "C",
    "client_min_messages": "error",
    "enable_seqscan": "off",
    "createrole_self_grant": "set, inherit",
}
SINCE = {"createrole_self_grant": 16}
# It names what a scratch database has not, and nobody could connect.
OF_THE_DATABASE = "default_table_access_method = other_heap"
BEFORE = r"""
CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE public.old (id integer PRIMARY KEY, at timestamptz DEFAULT '2020-01-02 03:04:05+00');
INSERT INTO public.old VALUES (1);
"""
FILES = r"""
access_methods: {other_heap: {type: table, handler: heap_tableam_handler}}
tables:
  old:
    columns:
      id: integer primary key
      at: timestamptz default '2021-01-02 03:04:05+00'
      day: date not null default '2020-02-01'
      took: interval default '-1 2:03:04'
      back: text default 'a\b'
    rows: [{id: 1, at: '2022-01-02 03:04:05+00', back: 'c\d'}]
  made:
    columns:
      id: integer primary key
      price: integer constraint is_null check (price = null or price > 0)
      list: int[] default '{1,NULL}'
      ratio: double precision default 0.1
      bytes: bytea default '\x00ff'
      "Mixed": text default 'x'
    indexes: {made_lower: ['lower("Mixed")']}
  parts: {partition_by: list (id), columns: {id: integer, at: timestamptz}}
  parts_1: {partition_of: parts, bound: for values in (1), defaults: {at: "'2020-01-01 00:00+00'"}}
views:
  seen: select id, "Mixed", ratio * 1.1 as more from made where "Mixed" = 'a\b'
materialized_views:
  kept: select id, "Mixed" from made
functions:
  twice(n integer): {returns: integer, language: sql, body: 'select n * 2'}
"""


def test_settings_change_nothing(
    cli: Cli, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, server_major: int
) -> None:
    Path("s.yaml").write_text(FILES)
    plain, odd, by_script = (make_database() for _ in range(3))
    for each in (plain, odd, by_script):
        each.load(BEFORE)
    monkeypatch.setenv("DATABASE_URL", plain.url)
    said = cli("apply", "--yes", "--schemas", "s.yaml")
    assert said.code == 0, said.err
    known = {k: v for k, v in SETTINGS.items() if server_major >= SINCE.get(k, 0)}
    words = [f"-c {k}={v.replace(' ', chr(92) + ' ')}" for k, v in known.items()]
    options = quote(" ".join(words))
    for each in (odd, by_script):
        each.execute(f"ALTER DATABASE {each.name} SET {OF_THE_DATABASE}")
    monkeypatch.setenv("DATABASE_URL", f"{odd.url}&options={options}")
    planned = cli("plan", "--schemas", "s.yaml", "--format", "sql")
    said = cli("apply", "--yes", "--schemas", "s.yaml")
    assert said.code == 0, said.err
    wanted = plain.dump().splitlines()
    assert odd.dump().splitlines() == wanted
    rows = "SELECT to_jsonb(o) FROM public.old o"
    assert odd.execute(rows) == plain.execute(rows)
    again = cli("plan", "--schemas", "s.yaml")
    assert "No changes" in again.out, again.out
    load_sql(f"{by_script.url}&options={options}", planned.out)
    assert by_script.dump().splitlines() == wanted
    assert cli("pull", "--schemas", "pulled").code == 0
    monkeypatch.setenv("DATABASE_URL", plain.url)
    assert "No changes" in cli("plan", "--schemas", "pulled").out
