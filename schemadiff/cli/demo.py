"""`make demo`: the whole story on a fresh embedded PostgreSQL, with the real output.

Every command runs as a process of its own, as a person would run it; nothing here is acted.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from schemadiff.core.errors import SchemaDiffError

EXAMPLE = Path(__file__).resolve().parents[2] / "schemas" / "salons.yaml"
DATABASE = "demo"

# What somebody with an editor changes in the example: a rename, a new column, a wider price.
EDITS = (
    (
        "      business_hours: jsonb\n",
        "      opening_hours: {type: jsonb, renamed_from: business_hours}\n      phone: text\n",
    ),
    ("numeric(10,2)", "numeric(12,2)"),
    ("[pending, confirmed, cancelled]", "[pending, confirmed, cancelled, no_show]"),
)


def main() -> int:
    """Tell the story; give 0 when every command ended as it should."""
    from schemadiff.catalog.binaries import find_binaries
    from schemadiff.catalog.embedded import ephemeral_server

    try:
        binaries = find_binaries()
        with (
            tempfile.TemporaryDirectory(prefix="schemadiff-demo-") as folder,
            ephemeral_server(binaries) as server,
        ):
            url = server.ensure_database(DATABASE)
            say(f"A fresh PostgreSQL {binaries.version} with an empty database.")
            return story(Path(folder), url)
    except SchemaDiffError as error:
        print(error, file=sys.stderr)
        return 1


def story(folder: Path, url: str) -> int:
    """Run the commands one after the other; the first that fails ends it."""
    schemas = folder / "schemas"
    run = Shell(folder, url)
    run("version")
    run("pull", "--layout", "single")
    say("Nothing is there yet. Into schemas/ goes the example of this project.")
    schemas.mkdir(exist_ok=True)
    shutil.copy(EXAMPLE, schemas)
    run("validate")
    run("plan")
    run("apply", "--yes")
    run("plan")
    say("Now somebody edits schemas/salons.yaml:")
    edit(schemas / EXAMPLE.name)
    run("validate")
    run("plan", "--detailed-exitcode", expected=2)
    run("apply", "--yes")
    run("plan", "--detailed-exitcode")
    say("And the other way round: the database as YAML, one file per table.")
    run("pull", "--schemas", "pulled")
    run("plan", "--schemas", "pulled")
    return 1 if run.failed else 0


class Shell:
    """Runs commands of schemadiff in a folder, on a database, and shows them."""

    def __init__(self, folder: Path, url: str) -> None:
        """Nothing has failed yet."""
        self.folder = folder
        self.failed = False
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "SCHEMADIFF_"))}
        here = str(Path(__file__).resolve().parents[2])
        self.environment = {**kept, "DATABASE_URL": url, "PYTHONPATH": here}

    def __call__(self, *arguments: str, expected: int = 0) -> None:
        """Run one command, unless one failed before."""
        if self.failed:
            return
        shown = f"$ schemadiff {shlex.join(arguments)}"
        print(f"\n\x1b[1m{shown}\x1b[0m" if sys.stdout.isatty() else f"\n{shown}", flush=True)
        command = [sys.executable, "-m", "schemadiff", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, check=False)
        if done.returncode != expected:
            print(f"ended with {done.returncode}, expected was {expected}", file=sys.stderr)
            self.failed = True


def edit(file: Path) -> None:
    """Make the edits, and show them as a diff."""
    text = file.read_text(encoding="utf-8")
    for old, new in EDITS:
        text = text.replace(old, new)
        print("".join(f"  - {line.strip()}\n" for line in old.splitlines()), end="")
        print("".join(f"  + {line.strip()}\n" for line in new.splitlines()), end="", flush=True)
    file.write_text(text, encoding="utf-8")


def say(text: str) -> None:
    """Say a sentence between two commands."""
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
