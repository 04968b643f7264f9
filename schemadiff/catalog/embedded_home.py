"""The folders of the embedded servers: where they are, whose they are, and what they start from.

The surprising fact: PostgreSQL refuses to run as root, so root's servers run as an ordinary user
who can neither enter /root nor run programs there. Nothing is opened up for that user; what they
need is put where they can reach it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded_locks import locked
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError
from schemadiff.core.record import record, replace

VARIABLE = "SCHEMADIFF_HOME"
PATIENCE = 120.0  # seconds for another process to finish initdb on a slow machine

_TEMPLATE_FORMAT = 1
_LARGEST_COPY = 600 * 1024 * 1024
_SHARED = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - only a folder of ours in there is used
_NOWHERE = Path("/nonexistent/schemadiff")
_MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of ours in there is used
_ENOUGH_MEMORY = 2 << 30  # containers have 64 MB; a shadow of 5,000 tables takes 300
# What the programs need of the environment; the rest (PGPORT, passwords) is none of their business.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ASAN_OPTIONS")


@record(frozen=True, slots=True)
class Account:
    """The unprivileged user that root's servers run as."""

    name: str
    uid: int
    gid: int


@record(frozen=True, slots=True)
class Home:
    """The folder that everything is kept in, and who runs servers there (None: ourselves)."""

    path: Path
    account: Account | None

    def folder(self, *names: str) -> Path:
        """Make a folder of ours; root's let the servers' user through, not in."""
        path = self.path
        for name in names:
            path = self.own(path / name)
        return path

    def own(self, path: Path) -> Path:
        """Make a folder in which only we can write; refuse one that is somebody else's."""
        return _own_folder(path, 0o711 if self.account else 0o700)

    def runs(self) -> Path:
        """Make the folder of ephemeral servers, in memory where there is enough of it.

        A server is a thousand files. ext4 without a journal takes a millisecond for each as long
        as it remembers the files that were deleted a moment ago, which makes 0.1 s into 1 s.
        """
        with contextlib.suppress(OSError, ConnectError):
            if shutil.disk_usage(_MEMORY).free >= _ENOUGH_MEMORY:
                return self.own(_MEMORY / f"schemadiff-{os.geteuid()}")
        return self.folder("run")

    def private(self, path: Path) -> Path:
        """Make a folder that belongs to the user who runs the servers, and to nobody else."""
        path.mkdir(mode=0o700)
        self.hand_over(path)
        return path

    def hand_over(self, path: Path) -> None:
        """Make the user who runs the servers the owner of a file or folder."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Run a program to its end as the servers' user; ConnectError with what it printed."""
        account = self.account
        done = subprocess.run(
            [str(word) for word in command],
            env=dict(env),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        if done.returncode:
            printed = done.stdout.decode(errors="replace").strip()
            raise failed(f"{Path(command[0]).name} failed: {printed or done.returncode}")


def find_home() -> Home:
    """Find (and make) the folder: `SCHEMADIFF_HOME`, or `schemadiff` in the user's cache.

    Where that may not be written, or the servers' user cannot pass, a folder of ours in /var/tmp
    takes its place; one per name, so that two homes never meet.
    """
    if sys.platform == "win32":
        raise failed("embedded servers need Unix sockets and do not run on Windows")
    account = _account() if os.geteuid() == 0 else None
    wanted = wanted_home()
    mode = 0o711 if account else 0o700
    if _is_suitable(wanted, account):
        with contextlib.suppress(OSError):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            _own_folder(wanted, mode)
            # The umask may have closed the folders on the way.
            if account is None or _is_passable(wanted):
                return Home(wanted, account)
    shared = next((place for place in _SHARED if place.is_dir()), _SHARED[0])
    refuge = _own_folder(shared / f"schemadiff-{os.geteuid()}", mode)
    key = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:8]
    return Home(_own_folder(refuge / key, mode), account)


def runnable(home: Home, binaries: Binaries) -> Binaries:
    """Give the same server where the servers' user can run it: itself, or a copy made once."""
    if home.account is None or (
        _is_passable(binaries.bindir) and _is_passable(binaries.program("postgres"))
    ):
        return binaries
    copies = home.folder("binaries")
    target = copies / _key(binaries)
    with locked(copies / f"{target.name}.lock", seconds=PATIENCE):
        if not target.is_dir():
            scratch = copies / f"{target.name}.new"
            shutil.rmtree(scratch, ignore_errors=True)
            _copy_installation(binaries, scratch)
            scratch.rename(target)
    name = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
    return replace(binaries, bindir=target / "bin", env=((name, str(target / "lib")),))


def copy_template(home: Home, binaries: Binaries, data: Path) -> None:
    """Fill a new data folder; initdb runs once per version, later ones are copies of it."""
    template = _template(home, binaries)
    home.private(data)
    # cp clones files where the file system can; -c is what asks for that on macOS.
    flags = "-cpR" if sys.platform == "darwin" else "-a"
    home.run(["cp", flags, f"{template}/.", f"{data}/"], environment(binaries))


def environment(binaries: Binaries) -> dict[str, str]:
    """Give the environment of servers: nothing of the user's locale, time zone or PG* variables."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # A message in the user's language would not be one that anybody can search for.
    return binaries.environment({"PATH": os.defpath, **kept, "TZ": "UTC", "LC_ALL": "C"})


def failed(message: str, *, hint: str = "") -> ConnectError:
    """Make the error of a server that could not be started."""
    return ConnectError(
        Diagnostic(
            code="SD410",
            message=message,
            hint=hint or "give the URL of a PostgreSQL server with --db",
        )
    )


def wanted_home() -> Path:
    """Give the folder that the variables ask for; it need not exist, nor be ours."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser().resolve()
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    try:
        folder = Path(cache) if cache.startswith("/") else Path("~/.cache").expanduser()
    except RuntimeError:  # a container's user may have neither HOME nor an entry in passwd
        return _NOWHERE
    return (folder / "schemadiff").resolve()


def _account() -> Account:
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid:
                return Account(name, entry.pw_uid, entry.pw_gid)
    raise failed(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as",
        hint="run schemadiff as an ordinary user, or give the URL of a server with --db",
    )


def _is_suitable(wanted: Path, account: Account | None) -> bool:
    """Tell whether a home may be used: it is not another user's, and the servers' user passes."""
    if wanted == _NOWHERE:
        return False
    if account is None:
        try:
            return wanted.stat().st_uid == os.geteuid()
        except FileNotFoundError:
            return True
        except OSError:
            return False
    nearest = wanted
    while not nearest.exists():
        nearest = nearest.parent
    # Under sudo, HOME may still be the caller's; root's files in there would lock them out.
    return nearest.stat().st_uid == 0 and _is_passable(nearest)


def _is_passable(path: Path) -> bool:
    """Tell whether everybody may pass all folders on the way, and the last one too."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def _own_folder(path: Path, mode: int) -> Path:
    """Make a folder that only we can write; refuse one that somebody else has put there."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
        path.chmod(mode)  # mkdir obeys the umask, which may be 077 where 711 is needed
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise failed(
            f"{path} is not a folder that only this user can write",
            hint=f"remove it, or set {VARIABLE} to a folder of your own",
        )
    return path


def _key(binaries: Binaries) -> str:
    """Name a build of the server; the same wheel in two venvs is the same build."""
    size = binaries.program("postgres").stat().st_size
    return f"{binaries.version}-{size:x}-{_TEMPLATE_FORMAT}"


def _template(home: Home, binaries: Binaries) -> Path:
    templates = home.folder("templates")
    template = templates / _key(binaries)
    if template.is_dir():
        return template
    with locked(templates / f"{template.name}.lock", seconds=PATIENCE):
        if not template.is_dir():
            scratch = templates / f"{template.name}.new"
            shutil.rmtree(scratch, ignore_errors=True)
            home.private(scratch)
            home.run(_initdb(binaries, scratch), environment(binaries))
            scratch.rename(template)
    return template


def _initdb(binaries: Binaries, data: Path) -> list[str | Path]:
    return [
        binaries.program("initdb"),
        *("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
        # The same collation on every machine; small WAL files make a small copy.
        *("--no-locale", "--wal-segsize=1", "--no-sync", "--no-instructions"),
    ]


def _copy_installation(binaries: Binaries, target: Path) -> None:
    """Copy the server's programs, libraries and shared files, keeping their relative places."""
    prefix = binaries.bindir.parent
    parts = [prefix / "lib", prefix / "share", *prefix.parent.parent.glob(f"{_wheel(prefix)}.libs")]
    size = sum(f.lstat().st_size for part in parts for f in part.rglob("*"))
    if not (prefix / "share").is_dir() or size > _LARGEST_COPY:
        raise failed(
            f"the server in {binaries.bindir} cannot be run by the user that root's servers run as",
            hint="set SCHEMADIFF_PG_BIN to the bin folder of a PostgreSQL that every user can run",
        )
    (target / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(binaries.program(program), target / "bin")
    ignore = shutil.ignore_patterns("*.a", "pkgconfig", "bitcode")
    for part, name in zip(parts, ("lib", "share", "lib"), strict=False):
        shutil.copytree(part, target / name, symlinks=True, ignore=ignore, dirs_exist_ok=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _wheel(prefix: Path) -> str:
    """Name the package: auditwheel puts libraries into `<package>.libs` beside it."""
    return prefix.parent.name
