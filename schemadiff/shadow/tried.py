"""What no question has put to the server is made in a scratch database: it has to be taken.

Types of arguments, storage parameters, values of settings: what is wrong with them only a server
can tell, and the plan says it rather than `apply`. The surprising fact: where no scratch database
can be had, nothing is said, for these objects need none to be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.object import attributes, changed_attributes, plain_value
from schemadiff.shadow.attempt import in_scratch
from schemadiff.shadow.build import build
from schemadiff.shadow.causes import Trial
from schemadiff.shadow.closure import Mixed, brought

if TYPE_CHECKING:
    from psycopg import Connection

    from schemadiff.shadow.question import Question


def doubtful(
    mixed: Mixed,
    current: Catalog,
    differing: Iterable[Identity],
    answered: Collection[Identity],
) -> list[Identity]:
    """Name what says something that a server might not take, and that it was not asked.

    What rests on a column whose type changes is meant with it: a key, an index, a view.
    """
    found: dict[Identity, None] = {}
    for identity in differing:
        obj, live = mixed.catalog.objects[identity], current.get(identity)
        kind = mixed.registry[identity.kind]
        if not kind.built or any(kind.roles(obj)):
            continue
        names = attributes(type(obj))
        if live is None:
            said = {n for n in names if getattr(obj, n) != plain_value(type(obj), n)}
        else:
            said = set(changed_attributes(live, obj))
        if live is None and kind.dubious:
            found[identity] = None
        if said - kind.harmless - (kind.texts if identity in answered else frozenset()):
            found[identity] = None
        if live is not None and kind.essential and said & kind.texts:
            resting = (i for i in current.dependents.get(identity, ()) if i in mixed.catalog)
            found.update(dict.fromkeys(i for i in sorted(resting) if mixed.registry[i.kind].built))
    return list(found)


def trial(
    mixed: Mixed,
    tried: Iterable[Identity],
    asked: Iterable[Identity],
    scratch: Connection[Any],
    target: Connection[Any],
) -> Trial:
    """Say what counts in a scratch database where `asked` is read back, and `tried` only made."""
    asked = list(asked)
    rests = mixed.closure([*asked, *brought(mixed.catalog, mixed.registry)]) if asked else None
    here = (target.info.host, target.info.port)
    judged = mixed.raw.union(tried)
    return Trial(
        judged.union(*(_around(i, mixed.catalog) for i in judged)),
        frozenset(rests.objects if rests else ()),
        elsewhere=(scratch.info.host, scratch.info.port) != here,
    )


def _around(identity: Identity, catalog: Catalog) -> Iterator[Identity]:
    """Name what an object is made with, in one statement."""
    obj = catalog.get(identity)
    while obj is not None and obj.parent is not None:
        yield obj.parent
        obj = catalog.get(obj.parent)


def try_out(ask: Question, mixed: Mixed, tried: list[Identity]) -> None:
    """Make it in a scratch database; raises ShadowError for what the server does not take."""
    begun = False

    def made(scratch: Connection[Any], wanted: Catalog) -> None:
        nonlocal begun
        begun = True
        counts = trial(mixed, tried, (), scratch, ask.connection)
        build(scratch, wanted, ask.registry, ask.schema, ask.place, trial=counts)

    try:
        in_scratch(ask.scratch, mixed, tried, made)
    except ShadowError:
        if begun:
            raise
