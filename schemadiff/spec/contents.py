"""Which files there are, and their bytes: all that is asked of files that are as they were."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import SpecError
from schemadiff.spec.shelf import key_of

Bodies = Mapping[str, str]  # files beside the YAML -> digest


def root_of(folder: Path) -> Path:
    """Give the folder that bodies must stay in."""
    return folder if folder.is_dir() else folder.parent


def yaml_files(folder: Path) -> list[Path]:
    """List the YAML files of a folder and its folders, hidden ones left out, in stable order.

    Raises SpecError for what cannot be read: left out, it would mean that its objects are to go.
    """
    wrong: list[Diagnostic] = []
    found = sorted(_listed(str(folder), (), (), wrong))
    if wrong:
        raise SpecError(*wrong)
    return [Path(path) for _, path in found]


def _listed(
    folder: str, parts: tuple[str, ...], above: tuple[str, ...], wrong: list[Diagnostic]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give parts and path of each YAML file; the operating system says at once what is a file.

    Folders that are links are followed, but for one that leads to a folder it is in (`above`).
    """
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        wrong.append(unreadable(folder, error.strerror or str(error)))
        return
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if _is_yaml(name) and entry.is_file():
            yield (*parts, name), entry.path
        elif entry.is_dir(follow_symlinks=False):
            yield from _listed(entry.path, (*parts, name), (*above, folder), wrong)
        elif entry.is_dir():
            real = os.path.realpath(entry.path)
            if real not in map(os.path.realpath, (*above, folder)):
                yield from _listed(entry.path, (*parts, name), (*above, folder), wrong)
        elif _is_yaml(name):
            dangling = not Path(entry.path).exists()
            what = "the link leads nowhere" if dangling else "it is not a file"
            wrong.append(unreadable(entry.path, what))


def _is_yaml(name: str) -> bool:
    """Tell a file by its end, as it is also written on file systems that ignore its case."""
    return name.lower().endswith((".yaml", ".yml"))


def unreadable(path: str, why: str) -> Diagnostic:
    """Say of a file or folder that it cannot be read."""
    hint = "it has to be a file, or a folder, that you may read"
    return Diagnostic(code="SD010", message=f"cannot be read: {why}", hint=hint, place=Place(path))


def files_of(folder: Path) -> list[Path]:
    """List the files of a folder (or the one file); raises SpecError where there is none."""
    if folder.is_file():
        files = [folder]
    elif folder.is_dir():
        files = yaml_files(folder)
    else:
        raise SpecError(
            Diagnostic(
                code="SD014",
                message=f"there is no folder {folder}",
                hint="run `schemadiff pull` or `schemadiff init`, or name it with --schemas DIR",
            )
        )
    if not files:
        raise SpecError(
            Diagnostic(
                code="SD015",
                message="there is no YAML file in the folder: that would mean an empty database",
                hint="run `schemadiff pull` or `schemadiff init`, "
                "or name another folder with --schemas DIR",
                place=Place(str(folder)),
            )
        )
    return files


def contents_of(folder: Path) -> dict[Path, bytes] | None:
    """Read the bytes of all files, or None if one cannot be read; SpecError for no files."""
    found: dict[Path, bytes] = {}
    try:
        for file in files_of(folder):
            with open(file, "rb", buffering=0) as opened:  # noqa: PTH123  a path a thousand times
                found[file] = opened.read()
    except OSError:
        return None
    return found


def state_of(files: Mapping[Path, bytes], root: Path) -> str:
    """Give the key of what is kept of one state of the files."""
    parts = [part for path, data in files.items() for part in (str(path), data)]
    return key_of(*parts, str(root.resolve()))


def unchanged(bodies: Bodies) -> bool:
    """Tell whether the files beside the YAML are as they were; OSError for one that is gone."""
    return all(
        hashlib.sha256(Path(name).read_bytes()).hexdigest() == digest
        for name, digest in bodies.items()
    )
