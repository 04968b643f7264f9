"""`python -m bench.soak`: the longest pause that a writer and a reader see during each change.

Side by side: the change in steps, as it is planned for a table in use, and the short form of
`--offline`. Both write and read single rows at a steady rate, each on a connection of its own,
while `schemadiff apply` runs on a table of a million rows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from schemadiff.catalog.binaries import find_binaries
from schemadiff.catalog.embedded import Server, ephemeral_server

LIMIT = 3.0  # the lock timeout: what a pause has to stay below
RATE = 0.005  # seconds between two statements
HEAD = f"{'':<28}{'online':>33}{'--offline':>33}"
BELOW = f"{'longest pause of the':<28}" + f"{'writer s':>12}{'reader s':>10}{'took s':>11}" * 2

BASE = """
tables:
  other: {columns: {id: integer primary key}}
  t:
    columns:
      id: bigint not null
      a: integer
      b: text
"""
ROWS = """
CREATE TABLE other (id integer PRIMARY KEY);
INSERT INTO other SELECT generate_series(0, 999);
CREATE TABLE t (id bigint NOT NULL, a integer, b text);
INSERT INTO t SELECT n, n % 1000, 'row ' || n FROM generate_series(1, {rows}) n;
CREATE UNIQUE INDEX by_id ON t (id);
VACUUM ANALYZE t;
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to the table's YAML: lines of its columns, and sections."""

    name: str
    columns: str = ""
    sections: str = ""

    def yaml(self) -> str:
        """Write the whole file."""
        base = BASE.replace("a: integer\n", f"{self.columns or 'a: integer'}\n")
        indexes = "" if "indexes:" in self.sections else "\n    indexes: {by_id: {BY}}"
        text = f"{base.rstrip()}{indexes}\n{self.sections}\n"
        return text.replace("{BY}", "{columns: id, unique: true}")


CHANGES = (
    Change("index", sections="    indexes: {by_id: {BY}, by_b: b}"),
    Change("check", sections="    checks: {c: a >= 0}"),
    Change("foreign key", sections="    foreign_keys: {f: {columns: a, references: other(id)}}"),
    Change("not null", columns="a: integer not null"),
    Change("primary key", sections="    primary_key: id"),
    Change("unique", sections="    unique: {u: [id, a]}"),
    Change(
        "column, volatile default", "a: integer\n      u: uuid not null default gen_random_uuid()"
    ),
    Change("type", columns="a: bigint"),
)


class Client(threading.Thread):
    """Runs one statement at a steady rate and keeps the longest time that one took."""

    def __init__(self, url: str, statement: str, rows: int) -> None:
        """Open the connection."""
        super().__init__(daemon=True)
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        self._statement = statement.encode()
        self._rows = rows
        self._done = threading.Event()
        self.longest = 0.0

    def run(self) -> None:
        """Go on until told to stop."""
        number = 1
        while not self._done.is_set():
            begun = time.perf_counter()
            self._connection.execute(self._statement, [number])
            self.longest = max(self.longest, time.perf_counter() - begun)
            number = (number * 7919) % self._rows + 1
            time.sleep(RATE)

    def end(self) -> float:
        """Stop, and give the longest pause."""
        self._done.set()
        self.join()
        self._connection.close()
        return self.longest


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; give 1 where an online form kept somebody waiting for too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=[c.name for c in CHANGES], help="one change")
    options = parser.parse_args(arguments)
    worst = 0.0
    with (
        tempfile.TemporaryDirectory(prefix="schemadiff-soak-") as folder,
        ephemeral_server(find_binaries()) as server,
    ):
        print(f"{options.rows:,} rows; pauses have to stay below the lock timeout, {LIMIT} s")
        print(HEAD, BELOW, sep="\n")
        for change in (c for c in CHANGES if options.only in (None, c.name)):
            figures = ""
            for flags in ((), ("--offline",)):
                writer, reader, took = _one(change, flags, options.rows, server, Path(folder))
                figures += f"{writer:>12.3f}{reader:>10.3f}{took:>11.1f}"
                worst = max(worst, 0.0 if flags else max(writer, reader))
            print(f"{change.name:<28}{figures}", flush=True)
    return int(worst >= LIMIT)


def _one(
    change: Change, flags: tuple[str, ...], rows: int, server: Server, folder: Path
) -> tuple[float, float, float]:
    name = f"soak_{change.name}_{len(flags)}".replace(" ", "_").replace(",", "")
    url = server.ensure_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in ROWS.format(rows=rows).split(";\n")[:-1]:
            connection.execute(statement.encode())
    place = folder / name
    place.mkdir()
    (place / "t.yaml").write_text(change.yaml(), encoding="utf-8")
    writer = Client(url, "UPDATE t SET b = b || '.' WHERE id = %s", rows)
    reader = Client(url, "SELECT a, b FROM t WHERE id = %s", rows)
    writer.start()
    reader.start()
    begun = time.perf_counter()
    arguments = ("apply", "--yes", "--db", url, "--schemas", str(place), *flags)
    done = subprocess.run(
        [sys.executable, "-m", "schemadiff", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )
    took = time.perf_counter() - begun
    longest = (writer.end(), reader.end())
    if done.returncode:
        raise SystemExit(f"{change.name}: {done.stdout}{done.stderr}")
    return (*longest, took)


if __name__ == "__main__":
    sys.exit(main())
