"""Schemas of any size, and edits of the YAML that `pull` writes of them.

Every table has 8 columns, a primary key, a check and two indexes; nine of ten refer to the table
before, and for every ten tables there are an enum, a view and a function.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

GROUP = 10

_TABLE = """
CREATE TABLE app.t_{n} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email varchar(200) NOT NULL,
    amount numeric(12,2) NOT NULL DEFAULT 0,
    state app.status_{group} DEFAULT 'a',
    parent_id bigint{reference},
    created_at timestamptz NOT NULL DEFAULT now(),
    data jsonb,
    CONSTRAINT t_{n}_amount_ck CHECK (amount >= 0 AND amount < 1000000)
);
CREATE INDEX t_{n}_name_idx ON app.t_{n} (lower(name)) WHERE data IS NOT NULL;
CREATE INDEX t_{n}_email_idx ON app.t_{n} (email, created_at DESC);"""

_GROUP = """
CREATE TYPE app.status_{group} AS ENUM ('a', 'b', 'c');"""

_OVER = """
CREATE VIEW app.v_{n} AS
    SELECT t.id, t.name, t.amount * 2 AS twice FROM app.t_{n} t WHERE t.amount > 10;
CREATE FUNCTION app.f_{n}(a integer, b integer DEFAULT 2) RETURNS integer
    LANGUAGE sql AS $$ SELECT a + b $$;"""

# What a person changes in a table: a default, a check, a column more, an index more.
_EDITS = (
    ("not null default 0\n", "not null default 7\n"),
    ("(1000000)", "(2000000)"),
    ("      data: jsonb\n", "      data: jsonb\n      note: text not null default ''\n"),
    ("    indexes:\n", "    indexes:\n      t_{n}_note_idx: [lower(note), id]\n"),
)


def script(tables: int) -> str:
    """Give the SQL that makes a schema of so many tables."""
    return "CREATE SCHEMA app;" + "".join(_statements(tables)) + "\n"


def _statements(tables: int) -> Iterator[str]:
    for n in range(tables):
        group = n // GROUP
        first = n % GROUP == 0
        if first:
            yield _GROUP.format(group=group)
        reference = "" if first else f" REFERENCES app.t_{n - 1} (id) ON DELETE CASCADE"
        yield _TABLE.format(n=n, group=group, reference=reference)
        if first:
            yield _OVER.format(n=n)


def edit(schemas: Path, tables: int) -> int:
    """Change one table of a hundred in what `pull` wrote, and at least one; gives how many.

    Each is changed in four places. Raises ValueError when a file is not as expected.
    """
    files = {path.stem: path for path in schemas.rglob("t_*.yaml")}
    chosen = range(0, tables, 100)
    for n in chosen:
        path = files[f"t_{n}"]
        text = path.read_text(encoding="utf-8")
        for old, new in _EDITS:
            if text.count(old) != 1:
                raise ValueError(f"{path} does not hold {old!r} once")
            text = text.replace(old, new.format(n=n))
        path.write_text(text, encoding="utf-8")
    return len(chosen)
