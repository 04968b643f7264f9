"""What `pull` writes: a catalog as YAML files, new ones and those that are there already.

The files of before are changed where the database changed and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.record import record
from schemadiff.spec.document import Document
from schemadiff.spec.entries import Entries, Entry
from schemadiff.spec.expand import Known, Spec
from schemadiff.spec.layout import PUBLIC, Files, Layout, same_file
from schemadiff.spec.page import new_page
from schemadiff.spec.whole_file import write_file

__all__ = ["Layout", "Previous", "Written", "write_catalog"]


@record(frozen=True)
class Previous:
    """The files of before, what they say, and which objects are in the database as they say."""

    documents: Sequence[Document]
    spec: Spec
    unchanged: Callable[[Identity], bool]


@record(frozen=True)
class Written:
    """What became of the files, all of them relative to the folder."""

    created: tuple[PurePosixPath, ...] = ()
    changed: tuple[PurePosixPath, ...] = ()
    unchanged: tuple[PurePosixPath, ...] = ()
    removed: tuple[PurePosixPath, ...] = ()
    left_out: tuple[Identity, ...] = ()


def write_catalog(
    catalog: Catalog,
    registry: Registry,
    folder: Path,
    layout: Layout,
    *,
    previous: Previous | None = None,
    known: Known | None = None,
) -> Written:
    """Write a catalog into a folder; gives the files by what became of them.

    `known` names what the server has beside the catalog (see `build_spec`), so that an extension's
    types are written as a person does. `left_out` names objects that no entry speaks of.
    """
    texts, left_out = page_texts(catalog, registry, folder, layout, previous=previous, known=known)
    found: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in sorted(texts):
        found[_put(folder / path, texts[path])].append(path)
    return Written(
        tuple(found["created"]),
        tuple(found["changed"]),
        tuple(found["unchanged"]),
        tuple(found["removed"]),
        left_out,
    )


def without_remains(catalog: Catalog, registry: Registry) -> Catalog:
    """Leave out what is only there while something else is being made."""
    transient = {k.name for k in registry if k.transient}
    objects = catalog.objects.values()
    if all(o.identity.kind not in transient for o in objects):
        return catalog
    return catalog.with_objects(o for o in objects if o.identity.kind not in transient)


def page_texts(
    catalog: Catalog,
    registry: Registry,
    folder: Path,
    layout: Layout,
    *,
    previous: Previous | None = None,
    known: Known | None = None,
) -> tuple[dict[PurePosixPath, str | None], tuple[Identity, ...]]:
    """Give the text of each file, None for one to be removed, and what no entry speaks of."""
    from schemadiff.spec.merge import Merge

    catalog = without_remains(catalog, registry)
    merge = Merge(catalog, registry, folder, previous) if previous is not None else None
    entries = Entries(catalog, registry, known, merge.apart if merge else frozenset())
    files = Files(catalog, registry, layout)
    texts: dict[PurePosixPath, str | None] = {}
    pages: dict[PurePosixPath, list[Entry]] = defaultdict(list)
    wanted = entries.top()
    if merge is not None:
        wanted = merge.place(wanted, entries, files)
        texts.update(merge.texts(entries))
    taken = {same_file(p) for p in texts}
    for identity in wanted:
        pages[_not_taken(files.of(identity), taken)].append(entries.entry(identity))
    for path, each in pages.items():
        texts[path] = new_page(path, _schema_of_page(each), each, registry)
    spoken = {
        b for i in (*entries.top(), *(merge.kept if merge else ())) for b in entries.belongings(i)
    }
    left = (i for i in catalog.objects if i not in spoken and not _implicit(i, registry))
    return texts, tuple(sorted(left))


def _implicit(identity: Identity, registry: Registry) -> bool:
    return registry[identity.kind].implicit(identity) is not None


def _not_taken(path: PurePosixPath, taken: set[str]) -> PurePosixPath:
    found, number = path, 1
    while same_file(found) in taken:
        number += 1
        found = path.with_name(f"{path.stem}~{number}.yaml")
    return found


def _schema_of_page(entries: list[Entry]) -> str:
    """Give the schema of a new file: the only one in it, or public."""
    schemas = {e.schema for e in entries if e.schema is not None}
    return schemas.pop() if len(schemas) == 1 else PUBLIC


def _put(path: Path, text: str | None) -> str:
    """Write a file where it differs; says what became of it."""
    if text is None:
        path.unlink(missing_ok=True)
        return "removed"
    data = text.encode("utf-8")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text)
        return "created"
    if path.read_bytes() == data:
        return "unchanged"
    write_file(path, text)
    return "changed"
