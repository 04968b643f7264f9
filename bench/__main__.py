"""`make bench`: the table of timings, on an embedded PostgreSQL of its own.

Side by side in one run, whole processes: a plan without changes, a plan with one table of a
hundred changed, a plan without changes where nothing was kept of any run before, pull,
`pg_dump --schema-only` of the same database, the bare interpreter, and `schemadiff --help`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.generate import edit, script
from bench.measure import Command, FailedError, Series, measure, once
from schemadiff.catalog.binaries import Binaries, find_binaries
from schemadiff.catalog.embedded import Server, ephemeral_server
from schemadiff.core.errors import SchemaDiffError

ROOT = Path(__file__).resolve().parents[1]
MAIN = (sys.executable, "-m", "schemadiff")
HEAD = ("", "median s", "fastest s", "cpu s", "x pg_dump", "memory MB")
_SMALL = 1000  # tables, for which there is a limit of memory
WIDTHS = (24, 10, 10, 10, 10, 10)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table per size; give 0 when every command ended as it should."""
    options = _options(arguments)
    try:
        binaries = find_binaries()
        with (
            tempfile.TemporaryDirectory(prefix="schemadiff-bench-") as folder,
            ephemeral_server(binaries) as server,
        ):
            print(f"Python {sys.version.split()[0]}, PostgreSQL {binaries.version}, medians of")
            print(f"{options.runs} runs in turns; cpu is of the process, without the server's.")
            _target("start of an embedded server", _start(binaries, options.runs), 0.5, "s")
            for tables in options.tables:
                place = Path(folder) / str(tables)
                place.mkdir()
                _print(tables, _size(tables, options.runs, place, server, binaries))
    except (SchemaDiffError, FailedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _start(binaries: Binaries, runs: int) -> float:
    """Give the seconds until an embedded server takes connections, the fastest of some starts."""

    def once_more() -> float:
        begun = time.monotonic()
        with ephemeral_server(binaries):
            return time.monotonic() - begun

    return min(once_more() for _ in range(runs))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--tables",
        type=lambda text: [int(n) for n in text.split(",")],
        default=[10, 100, 1000, 5000],
        help="how many tables, with commas  (default: 10,100,1000,5000)",
    )
    parser.add_argument("--runs", type=int, default=5, help="of each command  (default: 5)")
    return parser.parse_args(arguments)


def _size(tables: int, runs: int, folder: Path, server: Server, binaries: Binaries) -> list[Series]:
    """Time everything on a database of one size."""
    url = server.ensure_database(f"bench_{tables}")
    psql = [str(binaries.program("psql")), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", url]
    environment = binaries.environment()
    sql = (script(tables) + "VACUUM ANALYZE;").encode()
    subprocess.run(psql, input=sql, env=environment, check=True)
    commands = _commands(folder, url, binaries)
    # What the first pull writes is what the plans read.
    once(Command("", (*MAIN, "pull", "--schemas", "same"), folder, _environment(folder, url)))
    shutil.copytree(folder / "same", folder / "changed")
    changed = edit(folder / "changed", tables)
    commands[1] = Command(
        f"plan, {changed} changed",
        commands[1].arguments,
        commands[1].folder,
        commands[1].environment,
    )
    return measure(commands, runs)


def _commands(folder: Path, url: str, binaries: Binaries) -> list[Command]:
    environment = _environment(folder, url)
    dump = (str(binaries.program("pg_dump")), "--schema-only", url)

    def ours(name: str, *arguments: str, **more: str) -> Command:
        return Command(name, (*MAIN, *arguments), folder, {**environment, **more})

    return [
        ours("plan, no changes", "plan", "--schemas", "same"),
        ours("plan, changed", "plan", "--schemas", "changed"),
        ours("plan, nothing kept", "plan", "--schemas", "same", SCHEMADIFF_CACHE="off"),
        ours("pull", "pull", "--schemas", "pulled"),
        Command("pg_dump --schema-only", dump, folder, binaries.environment()),
        Command("bare interpreter", (sys.executable, "-c", "pass"), folder, environment),
        ours("schemadiff --help", "--help"),
    ]


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Give what a person has: compiled modules are kept from one run to the next."""
    cache = str(folder.parent / "pycache")
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "DATABASE_URL": url,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONPYCACHEPREFIX": cache,
        "PYTHONDONTWRITEBYTECODE": "",  # empty is as good as not set
    }


def _print(tables: int, found: list[Series]) -> None:
    dump = next(s for s in found if s.command.name.startswith("pg_dump")).wall
    print()
    _row(f"{tables} tables", *HEAD[1:])
    for each in found:
        _row(
            each.command.name,
            f"{each.wall:.2f}",
            f"{each.fastest:.2f}",
            f"{each.processor:.2f}",
            f"{each.wall / dump:.2f}",
            f"{each.memory / 1e6:.0f}",
        )
    plan, changed, helped = found[0].wall, found[1].wall, found[-1].wall
    allowed = dump + 0.5
    _target("plan without changes", plan / allowed, 1, "x (pg_dump + 0.5 s)")
    _target("plan with changes", changed / allowed, 1.3, "x (pg_dump + 0.5 s)")
    if tables <= _SMALL:
        _target("memory of a plan", found[0].memory / 1e6, 300, "MB")
    _target("--help", helped, 0.25, "s")


def _target(what: str, found: float, most: float, unit: str) -> None:
    said = "met" if found <= most else "missed"
    print(f"{what}: {found:.2f} {unit}, at most {most:g}: {said}", flush=True)


def _row(name: str, *cells: str) -> None:
    print(
        name.ljust(WIDTHS[0]) + "".join(c.rjust(w) for c, w in zip(cells, WIDTHS[1:], strict=True))
    )


if __name__ == "__main__":
    sys.exit(main())
