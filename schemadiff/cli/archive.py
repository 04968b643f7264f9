"""A large database that was as its files said, kept in parts: most edits are about a few of them.

A part is what lives in a schema by a name (a table, say) with all that lives in it. The surprising
fact: while the server says to every question what it said before, each part is as it was then, and
so is what the unchanged files say of it. So only what an edit reaches has to be understood again.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Container, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from schemadiff.core.catalog import Unmanaged
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.spec.shelf import load

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Known

NOWHERE = -1  # the file of what the server has and no file speaks of
TOP = 2  # schema and name, which all that lives in something has at the beginning of its path


class Entry(NamedTuple):
    """One object of the server, with all that is known of it."""

    obj: DbObject
    rank: int  # among all that the server has
    position: int  # among all that the files say
    file: int
    schema: str  # in which the names of its texts are looked up first
    address: Address | None
    rests_on: frozenset[int]  # ranks
    borne: tuple[int, ...]  # the parts in which something rests on it
    close: tuple[int, ...]  # of them, those in which not only a reference of another table does
    spoken: tuple[str, ...]  # of which attachments the files speak


@record(frozen=True)
class Common:
    """What is looked at whatever has changed."""

    names: Names
    known: Known
    outsiders: Mapping[Address, Unmanaged]
    edges: Mapping[Identity, frozenset[Identity]]  # of what no kind manages, and upon it
    version: int


@record(frozen=True)
class Archive:
    """The parts, and where each thing is found in them."""

    told: str  # the digest of what the server was asked, and said
    files: Mapping[str, str]  # path in the folder -> digest
    bodies: Mapping[str, str]  # the same of the files beside the YAML
    mixing: frozenset[str]  # files of what other files may take from them
    unmanaged: tuple[Unmanaged, ...]
    of_file: Mapping[str, tuple[int, ...]]  # the parts of which a file speaks
    homes: Mapping[tuple[str, ...], int]  # schema and name -> part
    said: int  # objects of which the files speak, or which follow from what they say
    always: tuple[int, ...]  # parts that are found in other ways than by a name in a schema
    names: Mapping[str, tuple[tuple[str, str, int], ...]]  # sorted: name -> space, schema, part
    parts: array[int]  # by rank
    spans: array[int]
    data: bytes
    common: bytes = field(repr=False)

    @property
    def count(self) -> int:
        """The number of parts."""
        return len(self.spans) - 1

    def part(self, number: int) -> Iterator[Entry]:
        """Give the objects of a part."""
        rows, *found = load(self.data[self.spans[number] : self.spans[number + 1]])
        edges, borne, close, schemas, spoken = found
        for model, kind, path, values, rank, position, file, address in rows:
            yield Entry(
                model(Identity(kind, path), *values),
                rank,
                position,
                file,
                schemas.get(rank, path[0]),
                address,
                frozenset(edges.get(rank, ())),
                borne.get(rank, ()),
                close.get(rank, ()),
                spoken.get(rank, ()),
            )

    @cached_property
    def shared(self) -> Common:
        """What all parts share."""
        found = load(self.common)
        assert isinstance(found, Common)
        return found


def digest_of(data: bytes) -> str:
    """Give the digest of a file."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Taken(Mapping[tuple[str, str, str], Identity]):
    """The names that are taken in the parts which stay as they are."""

    def __init__(
        self, archive: Archive, but: Container[int], own: Mapping[tuple[str, str, str], Identity]
    ) -> None:
        """Leave out the parts that are read anew, but for what stays of them."""
        self._names, self._but, self._own = archive.names, but, own

    def __getitem__(self, key: tuple[str, str, str]) -> Identity:
        """Give a holder, by its name alone; KeyError for a free name."""
        if (holder := self._own.get(key)) is not None:
            return holder
        space, schema, name = key
        for where, inside, part in self._names.get(name, ()):
            if (where, inside) == (space, schema) and part not in self._but:
                return Identity("", (schema, name))
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Go through all of them."""
        yield from self._own
        for name, some in self._names.items():
            for space, schema, part in some:
                if space and part not in self._but:
                    yield (space, schema, name)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)
