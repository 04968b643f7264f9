"""A name that PostgreSQL would cut is an error at its place, whatever it is the name of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

LONG = "ü" * 31 + "xx"  # 64 bytes in 33 characters

FILES = {
    "column": f"tables:\n  t:\n    columns:\n      {LONG}: text\n",
    "check": f"tables:\n  t:\n    columns: {{a: int}}\n    checks:\n      {LONG}: a > 0\n",
    "index": f"tables:\n  t:\n    columns: {{a: int}}\n    indexes:\n      {LONG}: [a]\n",
    "policy": "tables:\n  t:\n    columns: {a: int}\n    policies:\n"
    f"      {LONG}: {{using: a > 0}}\n",
    "rule": "views:\n  v:\n    query: select 1 as a\n    rules:\n"
    f"      {LONG}: {{event: insert, instead: true}}\n",
    "named in the shorthand": f"tables:\n  t:\n    columns:\n"
    f"      a: int constraint {LONG} check (a > 0)\n",
    "attribute": f"composites:\n  c:\n    attributes:\n      {LONG}: text\n",
    "argument": f"functions:\n  f({LONG} int):\n    returns: int\n    language: sql\n"
    "    body: select 1\n",
    "table": f"tables:\n  {LONG}:\n    comment: it is said once\n    columns: {{a: int}}\n",
}


@pytest.mark.parametrize("what", FILES)
def test_a_name_that_is_too_long(bare: Path, cli: Cli, what: str) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "a.yaml").write_text(FILES[what], "utf-8")
    said = cli("validate")
    assert said.code == 1
    assert "is longer than 63 bytes" in said.err
    assert said.err.startswith("schemas/a.yaml:")
    assert said.err.count("SD0") == 1, said.err


def test_63_bytes_and_long_signatures_are_fine(bare: Path, cli: Cli) -> None:
    (bare / "schemas").mkdir()
    arguments = ", ".join(f"a_long_parameter_{n} integer" for n in range(9))
    text = f"tables:\n  t:\n    columns:\n      {LONG[1:]}x: text\n"
    text += (
        f"functions:\n  f({arguments}):\n    returns: int\n    language: sql\n    body: select 1\n"
    )
    (bare / "schemas" / "a.yaml").write_text(text, "utf-8")
    said = cli("validate")
    assert said.code == 0, said.err


def test_names_that_are_chosen_do_not_depend_on_the_place(bare: Path, cli: Cli) -> None:
    texts = (
        "tables:\n  a_b: {columns: {c: serial}, checks: [c > 0]}\n",
        "tables:\n  a: {columns: {b_c: serial}, checks: [b_c > 0]}\n",
    )
    said = []
    for folder, (one, other) in (("here", texts), ("there", texts[::-1])):
        (bare / folder).mkdir()
        (bare / folder / "1.yaml").write_text(one, "utf-8")
        (bare / folder / "2.yaml").write_text(other, "utf-8")
        said.append(cli("validate", "--schemas", folder))
    assert [s.code for s in said] == [0, 0], said[0].err
    found = cli("diff", "here", "there")
    assert "No differences" in found.out, found.out + found.err


def test_a_sequence_that_is_declared_beside_a_serial(bare: Path, cli: Cli) -> None:
    (bare / "schemas").mkdir()
    text = "tables:\n  t: {columns: {id: bigserial}}\nsequences:\n  t_id_seq: {comment: whose?}\n"
    (bare / "schemas" / "a.yaml").write_text(text, "utf-8")
    said = cli("validate")
    assert said.code == 1
    assert "SD022 sequence public.t_id_seq is declared, and serial makes" in said.err
    assert "write id: bigint not null default nextval('t_id_seq')" in said.err
