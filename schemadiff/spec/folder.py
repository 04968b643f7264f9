"""The schemas folder: all YAML files of it, read, validated and merged into raw objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
    read_tree,
)
from schemadiff.spec.expand import Expansion, Spec

# A mixin, a parent, a column that is not there: it may be in a bad part.
_MISSING = frozenset({"SD021", "SD027", "SD058"})

Known = Mapping[str, frozenset[tuple[str, str]]]
_FEW = 60


def read_folder(
    folder: Path, registry: Registry, contents: Mapping[Path, bytes] | None = None
) -> list[Document]:
    """Read all files of a folder (or one file); raises SpecError with everything that is wrong.

    `contents` are bytes that were read already.
    """
    composed = models(registry)
    known = contents or {}
    files = list(files_of(folder) if contents is None else contents)
    trees = {file: read_tree(file, str(file), known.get(file)) for file in files}
    # To look for the sections that there are is worth it where they are few.
    few = keys_of(tree for tree, _ in trees.values()) if len(files) <= _FEW else None
    model = composed.root if few is None else composed.of(few)
    documents: list[Document] = []
    wrong: list[Diagnostic] = []
    for file, (tree, found) in trees.items():
        wrong += found
        if tree is None:
            continue
        document, mistakes = document_of(file, str(file), tree, model)
        if mistakes:  # what is known beside what they have is for all sections to say
            document, mistakes = document_of(file, str(file), tree, composed.root)
        wrong += mistakes
        if document is not None:
            documents.append(document)
    if wrong:
        unread = len(documents) < len(trees) or any(found for _, found in trees.values())
        wrong += _further(documents, registry, composed, folder, unread=unread)
        raise SpecError(*sorted(wrong, key=_by_place))
    return documents


def _by_place(found: Diagnostic) -> tuple[str, int, int]:
    place = found.place
    return (place.file, place.line, place.column) if place else ("", 0, 0)


def _further(
    documents: list[Document], registry: Registry, composed: Models, folder: Path, *, unread: bool
) -> list[Diagnostic]:
    """Find what is wrong in the rest, too, but for what it may miss of the bad parts.

    What an `unread` part of a file would have said is not known at all.
    """
    expansion = Expansion(registry, composed, folder, {})
    expansion.run(documents)
    lost = frozenset[str]().union(*(d.lost for d in documents))
    return [
        d
        for d in expansion.wrong
        if d.code not in _MISSING or not (unread or any(_names(d.message, n) for n in lost))
    ]


def _names(message: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) is not None


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
