"""The law that what is inspected, written as YAML and read back is the same catalog."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from schemadiff.catalog.inspector import Inspection
from schemadiff.kinds import KINDS
from schemadiff.spec.folder import build_spec, read_folder
from schemadiff.spec.writer import Layout, write_catalog


def written_and_read(inspection: Inspection) -> list[str]:
    """Write a catalog as YAML and read it back; gives what is not the same afterwards."""
    return [wrong for layout in Layout for wrong in _written_and_read(inspection, layout)]


def _written_and_read(inspection: Inspection, layout: Layout) -> list[str]:
    with TemporaryDirectory() as folder:
        known = inspection.known(KINDS)
        written = write_catalog(inspection.catalog, KINDS, Path(folder), layout, known=known)
        if not written.created:
            return []
        documents = read_folder(Path(folder), KINDS)
        said = build_spec(documents, KINDS, Path(folder), known).catalog
    live = inspection.catalog
    wrong = []
    for identity in {*said.objects, *live.objects}:
        new, old = said.get(identity), live.get(identity)
        if new is not None and old is not None:
            new = KINDS.of(new).adopt(new, old)
        if new != old and not (old is not None and KINDS.of(old).permanent(old)):
            wrong.append(f"{layout}: {identity}: {old} was read back as {new}")
    return wrong
