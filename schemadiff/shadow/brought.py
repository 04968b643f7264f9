"""Types that a plan brings and that are not there yet: a scratch database has them already.

What a type is called says nothing of the extension that it comes from (`lquery` is of `ltree`), so
where several go to different schemas only the server knows in which of them it will be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from schemadiff.catalog.alike import Alike, read_alike, read_apart, refused
from schemadiff.catalog.session import reading_within
from schemadiff.catalog.sizes import knowing
from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import InspectError, ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.record import replace
from schemadiff.core.sizes import Formula, Measure, Pair, Path, Sizes
from schemadiff.shadow.attempt import in_scratch
from schemadiff.shadow.build import build
from schemadiff.shadow.closure import Mixed, needed
from schemadiff.shadow.server import Scratch, ShadowOptions

if TYPE_CHECKING:
    from psycopg import Connection

T = TypeVar("T")
_BROUGHT = """
SELECT n.nspname::text, t.typname::text
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'"""


def types_to_come(
    raw: Catalog,
    current: Catalog,
    connection: Connection[Any],
    registry: Registry,
    options: ShadowOptions,
) -> frozenset[tuple[str, str]]:
    """Name the types, with their schemas, of the extensions that the files say and nobody has yet.

    Where the extensions cannot be made, nothing is known; what is wrong is said when all is built.
    """
    bringing = {k.name for k in registry if k.brings}
    new = {i: o for i, o in raw.objects.items() if i.kind in bringing and i not in current}
    homes = [h for o in new.values() for h in registry.of(o).homes(o)]
    made = {h: raw.get(h) or registry[h.kind].implicit(h) for h in homes}
    wanted = Catalog({**{h: o for h, o in made.items() if o is not None}, **new})
    found: frozenset[tuple[str, str]] = frozenset()
    with (
        contextlib.suppress(ShadowError),
        Scratch(connection, options) as scratch,
        scratch.emptied(*needed(wanted, registry)) as empty,
    ):
        build(empty, wanted, registry, _home, lambda _: None)
        found = frozenset((s, n) for s, n in empty.execute(_BROUGHT).fetchall())
    return found


class Coming:
    """What a plan is to know of types that are not there, or not in that form, before it runs."""

    def __init__(
        self,
        sides: tuple[Catalog, Catalog],
        connection: Connection[Any],
        registry: Registry,
        options: ShadowOptions,
    ) -> None:
        """Take the catalog as it is after the renames, and the desired one."""
        self._current, self._desired = current, desired = sides
        self._connection, self._registry, self._options = connection, registry, options
        self._kinds = types = {k.name for k in registry if k.brings or k.moves_over}
        # One of another kind may have its name until then.
        self._new = [i for i in desired.of(*types) if current.get(i) != desired.get(i)]
        self._old = [i for i in current.of(*types) if current.get(i) != desired.get(i)]

    def measuring(self, measure: Measure, *, between: bool = False) -> Measure:
        """Give a question of sizes whose answer knows of those types as well.

        `between` two databases no file can say how a value becomes one of another type.
        """

        def ask(empty: Connection[Any], asked: Collection[Pair]) -> Sizes:
            with reading_within(empty):
                found = knowing(Sizes(), read_alike(empty, asked))
            no_way = read_apart(empty, asked, begun=reading_within) if between else frozenset()
            return replace(found, apart=no_way)

        def measure_all(
            paths: Iterable[Path], formulas: Mapping[Path, Formula], types: Collection[Pair]
        ) -> Sizes:
            old, new = ({i.sql for i in side} for side in (self._old, self._new))
            later = {p for p in types if _element(p[1]) in new}
            sizes = measure(paths, formulas, {*types} - later)
            # The server's own types stand without a schema.
            asked = {p for p in types if "." in p[1]} - {*sizes.alike, *sizes.refusing}
            asked = {p for p in asked if _element(p[0]) not in old}
            # What a value is of now has to be there, too.
            named = {_element(o) for o, _ in asked}
            stay = [i for i in self._desired.of(*self._kinds) if i.sql in named]
            there = [*dict.fromkeys((*self._new, *stay))] if self._new else []
            found = self._asked(lambda empty: ask(empty, asked), asked, there, Sizes())
            sizes = knowing(sizes, Alike(found.alike, found.refusing))
            return replace(sizes, apart=sizes.apart | found.apart)

        return measure_all

    def is_later(self, identity: Identity, type_: str = "") -> bool:
        """Tell whether what an object will rest on, or its columns, has no such form now.

        A column that comes from a table above rests on nothing by itself: its type tells.
        """
        by_name = type_ and _element(type_) in {i.sql for i in self._new}
        return bool(by_name) or not _below(identity, self._desired).isdisjoint(self._new)

    def is_news(self, identity: Identity, type_: str = "") -> bool:
        """Tell whether an object will rest on something that is not there now as it will be."""
        rests = self._desired.depends_on(identity)
        other = any(self._current.get(i) != self._desired.get(i) for i in rests)  # rows of a view
        return other or self.is_later(identity, type_)

    def is_gone(self, identity: Identity, type_: str = "") -> bool:
        """Tell whether what an object rests on has another form when it is there in its new one."""
        by_name = type_ and _element(type_) in {i.sql for i in self._old}
        return bool(by_name) or not _below(identity, self._current).isdisjoint(self._old)

    def refused(self, queries: Collection[str], about: Iterable[Identity]) -> dict[str, str]:
        """Give what the server says of those that it has no cast for; they are about objects."""

        def ask(empty: Connection[Any]) -> dict[str, str]:
            said = ((q, refused(empty, q, begun=reading_within)) for q in queries)
            return {q: words for q, words in said if words}

        sides = (self._desired, self._current)  # a type that is only renamed is on both
        rests = {d for i in about for side in sides for d in side.depends_on(i)}
        rests &= self._desired.objects.keys()
        new = [*dict.fromkeys((*self._new, *sorted(rests)))]
        return self._asked(ask, queries, new, {})

    def _asked(
        self,
        ask: Callable[[Connection[Any]], T],
        about: Collection[Any],
        new: Sequence[Identity],
        default: T,
    ) -> T:
        """Ask where what is new is there; where it cannot be made nothing is known of it."""
        if not about or not new:
            return default
        mixed = Mixed(self._desired, frozenset(), self._registry)

        def made(empty: Connection[Any], wanted: Catalog) -> T:
            build(empty, wanted, self._registry, _home, lambda _: None)
            return ask(empty)

        with (
            contextlib.suppress(ShadowError, InspectError),
            Scratch(self._connection, self._options) as scratch,
        ):
            # A cast may be one that needs no word.
            casts = self._desired.of(*(k.name for k in self._registry if k.unspoken))
            return in_scratch(scratch, mixed, [*new, *casts], made)
        return default


def _home(identity: Identity) -> str:
    return identity.path[0]


def _element(type_: str) -> str:
    """Give the type of an array's elements, or a type that is none."""
    return type_.removesuffix("[]")


def _below(identity: Identity, side: Catalog) -> frozenset[Identity]:
    rests = side.depends_on(identity)
    return rests.union(*map(side.depends_on, rests))
