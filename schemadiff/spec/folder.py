"""The schemas folder: all YAML files of it, read, validated and merged into raw objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import SpecError
from schemadiff.core.kind import Registry
from schemadiff.spec.document import Document, Models, models, read_document
from schemadiff.spec.expand import Expansion, Spec

# A mixin, a parent, a column: they may be a bad part.
_MISSING = frozenset({"SD021", "SD027", "SD058"})

Known = Mapping[str, frozenset[tuple[str, str]]]


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
        wrong.append(_unreadable(folder, error.strerror or str(error)))
        return
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if name.endswith((".yaml", ".yml")) and entry.is_file():
            yield (*parts, name), entry.path
        elif entry.is_dir(follow_symlinks=False):
            yield from _listed(entry.path, (*parts, name), (*above, folder), wrong)
        elif entry.is_dir():
            real = os.path.realpath(entry.path)
            if real not in map(os.path.realpath, (*above, folder)):
                yield from _listed(entry.path, (*parts, name), (*above, folder), wrong)
        elif name.endswith((".yaml", ".yml")):
            dangling = not Path(entry.path).exists()
            what = "the link leads nowhere" if dangling else "it is not a file"
            wrong.append(_unreadable(entry.path, what))


def _unreadable(path: str, why: str) -> Diagnostic:
    return Diagnostic(code="SD010", message=f"cannot be read: {why}", place=Place(path))


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


def read_folder(
    folder: Path, registry: Registry, contents: Mapping[Path, bytes] | None = None
) -> list[Document]:
    """Read all files of a folder (or one file); raises SpecError with everything that is wrong.

    `contents` are bytes that were read already.
    """
    composed = models(registry)
    documents: list[Document] = []
    wrong: list[Diagnostic] = []
    known = contents or {}
    for file in files_of(folder) if contents is None else contents:
        document, found = read_document(file, str(file), composed.root, known.get(file))
        wrong += found
        if document is not None:
            documents.append(document)
    if wrong:
        wrong += _further(documents, registry, composed, folder)
        raise SpecError(*sorted(wrong, key=_by_place))
    return documents


def _by_place(found: Diagnostic) -> tuple[str, int, int]:
    place = found.place
    return (place.file, place.line, place.column) if place else ("", 0, 0)


def _further(
    documents: list[Document], registry: Registry, composed: Models, folder: Path
) -> list[Diagnostic]:
    """Find what is wrong in the rest, too, but for what it may miss of the bad parts."""
    expansion = Expansion(registry, composed, folder, {})
    expansion.run(documents)
    return [d for d in expansion.wrong if d.code not in _MISSING]


def build_spec(
    documents: Iterable[Document], registry: Registry, root: Path, known: Known | None = None
) -> Spec:
    """Make the raw objects of all documents; raises SpecError with everything that is wrong.

    `known` names what the live server has beside what the files declare ("type", "relation",
    "routine" -> (schema, name)), so that an extension's types are found.
    """
    return expanded(documents, registry, root, known or {})[1]


def expanded(
    documents: Iterable[Document], registry: Registry, root: Path, known: Known
) -> tuple[Expansion, Spec]:
    """Make the raw objects, and give also the run itself, which knows what it asked for."""
    expansion = Expansion(registry, models(registry), root, known)
    spec = expansion.run(list(documents))
    if expansion.wrong:
        raise SpecError(*expansion.wrong)
    return expansion, spec
