"""The schemas folder: all YAML files of it, read, validated and merged into raw objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import SpecError
from schemadiff.core.kind import Registry
from schemadiff.spec.beside import NOTHING, Beside
from schemadiff.spec.contents import files_of
from schemadiff.spec.document import (
    Document,
    Models,
    document_of,
    keys_of,
    models,
    read_document,
    read_tree,
)
from schemadiff.spec.expand import Expansion, Spec

# A mixin, a parent, a column: they may be a bad part.
_MISSING = frozenset({"SD021", "SD027", "SD058"})

Known = Mapping[str, frozenset[tuple[str, str]]]
_Found = Iterator[tuple[Document | None, list[Diagnostic]]]
_FEW = 60  # files that are worth a look at what is in them first


def read_folder(
    folder: Path, registry: Registry, contents: Mapping[Path, bytes] | None = None
) -> list[Document]:
    """Read all files of a folder (or one file); raises SpecError with everything that is wrong.

    `contents` are bytes that were read already.
    """
    composed = models(registry)
    files = list(files_of(folder) if contents is None else contents)
    read = _read_few if len(files) <= _FEW else _read_each
    documents: list[Document] = []
    wrong: list[Diagnostic] = []
    for document, found in read(files, composed, contents or {}):
        wrong += found
        if document is not None:
            documents.append(document)
    if wrong:
        wrong += _further(documents, registry, composed, folder)
        raise SpecError(*sorted(wrong, key=_by_place))
    return documents


def _read_each(files: Iterable[Path], composed: Models, known: Mapping[Path, bytes]) -> _Found:
    for file in files:
        yield read_document(file, str(file), composed.root, known.get(file))


def _read_few(files: Iterable[Path], composed: Models, known: Mapping[Path, bytes]) -> _Found:
    """Read all of them before the models are composed, of the sections that they have."""
    trees = {file: read_tree(file, str(file), known.get(file)) for file in files}
    model = composed.of(keys_of(tree for tree, _ in trees.values()))
    for file, (tree, found) in trees.items():
        if tree is not None:
            document, wrong = document_of(file, str(file), tree, model)
            if wrong:  # what is known beside what they have is for all sections to say
                document, wrong = document_of(file, str(file), tree, composed.root)
            yield document, [*found, *wrong]
        else:
            yield None, found


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
    documents: Iterable[Document],
    registry: Registry,
    root: Path,
    known: Known | None = None,
    *,
    whole: bool = True,
) -> Spec:
    """Make the raw objects of all documents; raises SpecError with everything that is wrong.

    `known` names what the live server has beside what the files declare ("type", "relation",
    "routine" -> (schema, name)), so that an extension's types are found. Where the files are not
    the `whole`, something is out of scope, and may be what they seem to lack.
    """
    return expanded(documents, registry, root, known or {}, whole=whole)[1]


def expanded(
    documents: Iterable[Document],
    registry: Registry,
    root: Path,
    known: Known,
    *,
    whole: bool = True,
    beside: Beside = NOTHING,
) -> tuple[Expansion, Spec]:
    """Make the raw objects, and give also the run itself, which knows what it asked for.

    Where these are not all the files, `beside` is what the others say.
    """
    expansion = Expansion(registry, models(registry), root, known, whole=whole, beside=beside)
    spec = expansion.run(list(documents))
    if expansion.wrong:
        raise SpecError(*expansion.wrong)
    return expansion, spec
