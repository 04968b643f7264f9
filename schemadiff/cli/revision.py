"""Files as they are in a revision of git, in a folder for the time of a run.

The surprising fact: what stands beside a file comes along, for its bodies and includes are there.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError, SchemaDiffError
from schemadiff.core.record import replace


@contextmanager
def checked_out(revision: str, path: Path) -> Iterator[Path]:
    """Give where a path of a revision is meanwhile; raises ConfigError where git has none.

    What goes wrong with the files is told as if they were read where git has them.
    """
    if revision.startswith("-"):
        raise _wrong(f"{revision} is not a revision", "for example git:main:schemas")
    top = _git("rev-parse", "--show-toplevel").decode().rstrip("\n")
    tree = _object(revision, path.as_posix())
    single = _git("cat-file", "-t", tree).strip() == b"blob"
    above = path.parent if single else path
    if single:
        tree = _object(revision, above.as_posix())
    with tempfile.TemporaryDirectory(prefix="schemadiff-") as name:
        # In a folder of its own name, for that is what messages and layouts go by.
        folder = Path(name).resolve() / (above.name if above.name.strip(".") else "tree")
        with tarfile.open(fileobj=io.BytesIO(_git("-C", top, "archive", tree))) as tar:
            try:
                tar.extractall(folder, filter="data")
            except tarfile.FilterError as error:
                raise _wrong(f"{error} in {revision}:{above}", "take the link out") from None
        try:
            yield folder / path.name if single else folder
        except SchemaDiffError as error:
            here = f"git:{revision}:{above.as_posix()}"
            raise type(error)(*(_told(d, str(folder), here) for d in error.diagnostics)) from None


def _object(revision: str, path: str) -> str:
    # A path that begins with ./ is relative to where we are; without it, to the top of the tree.
    named = f"{revision}:./{path.rstrip('/')}"
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", named)
    return found.decode().strip()


def _told(found: Diagnostic, folder: str, here: str) -> Diagnostic:
    place = found.place
    return replace(
        found,
        message=found.message.replace(folder, here),
        hint=found.hint.replace(folder, here),
        place=place and replace(place, file=place.file.replace(folder, here)),
    )


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - from PATH, as for everybody
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _wrong(f"git cannot be run: {error.strerror}", "install git") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        what = said or f"git has no {arguments[-1].replace(':./', ':')}"
        raise _wrong(what, "git:REV:PATH; the path is relative to the current folder")
    return done.stdout


def _wrong(message: str, hint: str) -> ConfigError:
    return ConfigError(Diagnostic(code="SD208", message=message, hint=hint))
