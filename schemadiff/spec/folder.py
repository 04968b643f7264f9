"""The schemas folder: all YAML files of it, read, validated and merged into raw objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import SpecError
from schemadiff.core.kind import Registry
from schemadiff.spec.document import Document, models, read_document
from schemadiff.spec.expand import Expansion, Spec

Known = Mapping[str, frozenset[tuple[str, str]]]


def yaml_files(folder: Path) -> list[Path]:
    """List the YAML files of a folder and its folders, hidden ones left out, in stable order."""
    found = [
        path
        for pattern in ("*.yaml", "*.yml")
        for path in folder.rglob(pattern)
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]
    return sorted(found)


def read_folder(folder: Path, registry: Registry) -> list[Document]:
    """Read all files of a folder (or one file); raises SpecError with everything that is wrong."""
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
                hint="run `schemadiff pull` or `schemadiff init`, or name another folder with --schemas DIR",
                place=Place(str(folder)),
            )
        )
    composed = models(registry)
    documents: list[Document] = []
    wrong: list[Diagnostic] = []
    for file in files:
        document, found = read_document(file, str(file), composed.root)
        wrong += found
        if document is not None:
            documents.append(document)
    if wrong:
        raise SpecError(*wrong)
    return documents


def build_spec(
    documents: Iterable[Document], registry: Registry, root: Path, known: Known | None = None
) -> Spec:
    """Make the raw objects of all documents; raises SpecError with everything that is wrong.

    `known` names what the live server has beside what the files declare ("type", "relation",
    "routine" -> (schema, name)), so that an extension's types are found.
    """
    expansion = Expansion(registry, models(registry), root, known or {})
    spec = expansion.run(list(documents))
    if expansion.wrong:
        raise SpecError(*expansion.wrong)
    return spec
