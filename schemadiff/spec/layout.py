"""Which file `pull` writes an object into.

The place of a thing in files means nothing, so this is for people alone: what lives in `public`
stands in the folder itself, another schema has a folder of its own. The surprising fact: names of
files are compared without case, because some file systems do.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.object import DbObject

PUBLIC: Final = "public"
_KEPT: Final = frozenset("_-")
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))]
)


class Layout(StrEnum):
    """How many files there are."""

    SINGLE = "single"
    BY_SCHEMA = "by-schema"
    BY_TABLE = "by-table"


class Files:
    """The choice of files for one catalog; the same object always gets the same answer."""

    def __init__(self, catalog: Catalog, registry: Registry, layout: Layout) -> None:
        """Begin without any file taken."""
        self._catalog = catalog
        self._registry = registry
        self._layout = layout
        self._owners: dict[str, tuple[str, str, str]] = {}
        self._paths: dict[tuple[str, str, str], PurePosixPath] = {}

    def of(self, identity: Identity) -> PurePosixPath:
        """Give the file of an object, relative to the folder."""
        owner = self._owner(self.home(identity))
        if owner not in self._paths:
            self._paths[owner] = self._free(owner)
        return self._paths[owner]

    def home(self, identity: Identity) -> Identity:
        """Give the object beside which this one stands: itself, or a table."""
        seen = {identity}
        while True:
            obj = self._catalog.objects[identity]
            with_ = self._registry.of(obj).stands_with(obj, self._catalog)
            if with_ is None or with_ in seen or with_ not in self._catalog:
                return identity
            if schema_of(self._catalog.objects[with_]) != schema_of(obj):
                return identity
            seen.add(with_)
            identity = with_

    def _owner(self, identity: Identity) -> tuple[str, str, str]:
        """Give schema, pattern and name: what shares all three shares a file."""
        if self._layout is Layout.SINGLE:
            return ("", "schema", "")
        obj = self._catalog.objects[identity]
        kind = self._registry.of(obj)
        schema = schema_of(obj)
        if schema is None:
            return ("", kind.section, "")
        if self._layout is Layout.BY_SCHEMA:
            return ("", "{name}", schema)
        pattern = kind.file or kind.section
        return (schema, pattern, identity.path[kind.name_part] if "{name}" in pattern else "")

    def _free(self, owner: tuple[str, str, str]) -> PurePosixPath:
        schema, pattern, name = owner
        folder = PurePosixPath() if schema in ("", PUBLIC) else PurePosixPath(safe_name(schema))
        stem = pattern.replace("{name}", safe_name(name)) if name else pattern
        number = 1
        while True:
            path = folder / f"{stem}{'' if number == 1 else f'~{number}'}.yaml"
            if self._owners.setdefault(same_file(path), owner) == owner:
                return path
            number += 1


def schema_of(obj: DbObject) -> str | None:
    """Give the schema that an object lives in, or None for what lives in none."""
    return obj.identity.path[0] if obj.parent is not None else None


def same_file(path: PurePosixPath) -> str:
    """Give what is equal for paths that some file system takes for the same file."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def safe_name(name: str) -> str:
    """Write any identifier as the name of a file, percent-encoded where it has to be."""
    if name.casefold().partition(".")[0] in _DEVICES:
        return _percent(name[0]) + safe_name(name[1:])
    last = len(name) - 1
    return "".join(
        c if c.isalnum() or c in _KEPT or (c == "." and 0 < i < last) else _percent(c)
        for i, c in enumerate(name)
    )


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
