"""What every catalog of a database holds, whatever numbers its objects bear: equal, or not.

pg_dump reads the catalogs and nothing else, so two databases whose catalogs hold the same rows are
dumped alike, and asking takes a fifth of the time. OIDs are compared by what bears them: the row
that has one is its name, with the names of the rows that it points to. The surprising fact: where
any two rows would bear one name, nothing is equal, and who asked has to dump.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from typing import Any

import psycopg

_ROUNDS = 8  # a column of a part of a part in a schema is named in five
_OID = re.compile(r"(?<![\w.])[1-9]\d{4,}(?!\w)")
# Where in its text a piece of an expression stood: two scripts say the same at different places.
_PLACE = re.compile(r" :\w*(?:location|stmt_len|list_start|list_end) -?\d+")
# An OID that is the value of a constant, as in nextval('s'::regclass), is given by its bytes.
_CONSTANT = re.compile(
    r":consttype (24|220[2-6]|3734|3769|4089|4096|4191)( [^{}\[\]]*:constvalue)"
    r" 4 \[((?: -?\d+)+) \]"
)

# Rows of data, and statistics, which pg_dump --schema-only does not read.
_DATA = "pg_largeobject", "pg_statistic", "pg_statistic_ext_data"
# Where a file lies, how large it was thought, which transactions it knows; and the database.
_FILES = (
    "relfilenode relpages reltuples relallvisible relallfrozen relfrozenxid relminmxid indcheckxmin"
).split()
_FIRST = "SELECT datfrozenxid::text FROM pg_database WHERE datname = 'template0'"
_COLUMNS = f"""
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum), array_agg(
    CASE WHEN t.typname = 'regproc' THEN 'oid'
        WHEN t.typname IN ('oid', '_oid', 'oidvector', 'pg_node_tree') THEN 'text'
    END ORDER BY a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r'
    AND (NOT c.relisshared OR c.relname = 'pg_subscription')
    AND c.relname NOT IN ({", ".join(f"'{n}'" for n in _DATA)})
    AND a.attname NOT IN ({", ".join(f"'{n}'" for n in _FILES)})
GROUP BY 1 ORDER BY 1"""

# Names that are made of an OID, which is then compared as such.
_MADE_OF_OIDS = {
    ("pg_class", "relname"): (
        "CASE WHEN t.relnamespace = 99 THEN '' ELSE t.relname END",
        "CASE WHEN t.relnamespace = 99 THEN substring(t.relname from '[0-9]+') END",
    ),
    ("pg_trigger", "tgname"): (
        "CASE WHEN t.tgisinternal THEN regexp_replace(t.tgname, '[0-9]+$', '') ELSE t.tgname END",
        "CASE WHEN t.tgisinternal THEN substring(t.tgname from '[0-9]+$') END",
    ),
}
# Of what the whole server shares, only what belongs to this database.
_HERE = {
    "pg_subscription": "t.subdbid ="
    " (SELECT d.oid FROM pg_catalog.pg_database AS d"
    " WHERE d.datname = pg_catalog.current_database())"
}


@dataclass(frozen=True, slots=True)
class _Row:
    catalog: str
    oid: str
    numbers: str
    words: str


def rows_of_catalogs(connection: psycopg.Connection[Any]) -> str | None:
    """Give a digest of all rows that initdb has not written; None where some cannot be told apart.

    What initdb wrote, and every database has from its template, is only counted.
    """
    counts: list[str] = []
    rows: list[_Row] = []
    question = _question(connection)
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        for catalog, every, found in connection.execute(question):
            new = [_Row(catalog, *each) for each in found or ()]
            counts.append(f"{catalog} {every - len(new)}")
            rows += new
    return _digest(counts, [_said(row) for row in rows])


def _digest(counts: list[str], rows: list[_Row]) -> str | None:
    bearers = [r for r in rows if _OID.fullmatch(r.oid)]
    names, distinct = {r.oid: "" for r in bearers}, 0
    for _ in range(_ROUNDS):
        if distinct == len(names):
            return _hash(*counts, *sorted(_told(r, names) for r in rows))
        names = {r.oid: _hash(_told(r, names)) for r in bearers}
        distinct = len(set(names.values()))
    return None


def _told(row: _Row, names: dict[str, str]) -> str:
    """Give a row with names instead of numbers."""
    numbers = _OID.sub(lambda found: names.get(found[0], found[0]), row.numbers)
    return f"{row.catalog} {numbers} {row.words}"


def _said(row: _Row) -> _Row:
    """Leave out of a row what two databases with the same schema may have unlike."""
    if "{" not in row.numbers:
        return row
    numbers = _CONSTANT.sub(_constant, _PLACE.sub("", row.numbers))
    return _Row(row.catalog, row.oid, numbers, row.words)


def _constant(found: re.Match[str]) -> str:
    octets = bytes(int(b) & 0xFF for b in found[3].split()[:4])
    return f":consttype {found[1]}{found[2]} {int.from_bytes(octets, sys.byteorder)} "


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


_questions: dict[str, bytes] = {}  # by server


def _question(connection: psycopg.Connection[Any]) -> bytes:
    """Give one question for all catalogs of a server."""
    server = connection.info.host
    if server not in _questions:
        [(first,)] = connection.execute(_FIRST).fetchall()
        columns = connection.execute(_COLUMNS.encode()).fetchall()
        _questions[server] = " UNION ALL ".join(_select(first, *c) for c in columns).encode()
    return _questions[server]


def _select(first: str, catalog: str, columns: list[str], casts: list[str | None]) -> str:
    numbers, words = [], []
    for column, cast in zip(columns, casts, strict=True):
        if made := _MADE_OF_OIDS.get((catalog, column)):
            words.append(made[0])
            numbers.append(made[1])
        elif cast is not None:
            numbers.append(f"t.{column}::{cast}")
        else:
            words.append(f"t.{column}::text")
    own = "t.oid::text" if "oid" in columns else "''"
    row = f"ARRAY[{own}, {_row(numbers)}, {_row(words)}]"
    new = f"age(t.xmin) <= age('{first}'::xid)"
    here = f" WHERE {_HERE[catalog]}" if catalog in _HERE else ""
    return (
        f"SELECT '{catalog}', count(*), array_agg({row}) FILTER (WHERE {new})"
        f" FROM pg_catalog.{catalog} AS t{here}"
    )


def _row(expressions: list[str]) -> str:
    return f"ROW({', '.join(expressions)})::text"
