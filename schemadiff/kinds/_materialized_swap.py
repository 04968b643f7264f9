"""A materialized view in use that gets another query: computed beside the old one, then swapped.

Dropped and made again it is not there for as long as its query takes. The surprising fact: what
is left of a run that was stopped is not gone on with, for its rows have aged since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._view import is_relation


def place_of(new: Any) -> Identity:
    """Name the materialized view that stands beside for a while."""
    schema, name = new.identity.path
    return Identity(new.identity.kind, (schema, temporary_name(new.identity.kind, name, new.query)))


def rests_on_what_stays(new: Any, context: Context, *, but: Identity | None = None) -> bool:
    """Tell whether all that a query rests on, at any depth, is there and stays as it is."""
    seen, queue = {new.identity}, [new.identity]
    while queue:
        for each in context.desired.depends_on(queue.pop()) - seen:
            if each != but and context.current.get(each) != context.desired.get(each):
                return False
            seen.add(each)
            queue.append(each)
    return True


def swap_relations(new: Any, made: str, differs: str) -> Iterator[Operation]:
    """Compute the new one under a name for a while, drop the old one, and give it the name."""
    yield from _computed(new, made, differs)
    identity, place = new.identity, place_of(new)
    there = is_relation(place.sql, "m")
    yield Operation(
        verb=Verb.DROP,
        target=identity,
        sql=f"DROP MATERIALIZED VIEW IF EXISTS {identity.sql}",
        guard=Guard(f"{there} AND ({differs})"),
        requires=frozenset({_left(place)}),
        destroys=frozenset({identity}),
        stage=Stage.SWAP,
        bound=False,
    )
    yield Operation(
        verb=Verb.ALTER,
        target=identity,
        sql=f"ALTER MATERIALIZED VIEW {place.sql} RENAME TO {ident(identity.name)}",
        guard=Guard(f"{there} AND to_regclass({literal(identity.sql)}) IS NULL"),
        requires=frozenset({_left(place)}),
        provides=frozenset({identity}),
        stage=Stage.SWAP,
        returns=True,
        why="the new one, which has its rows by now, takes its name",
        bound=False,
    )


def _left(place: Identity) -> Identity:
    return Identity("leftover", (place.path[0], "", place.name))


def _computed(new: Any, made: str, differs: str) -> Iterator[Operation]:
    place = place_of(new)
    cleared = Identity("leftover", (*place.path, "cleared"))
    yield Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"DROP MATERIALIZED VIEW IF EXISTS {place.sql}",
        guard=Guard(f"{is_relation(place.sql, 'm')} AND ({differs})"),
        provides=frozenset({cleared}),
        lock=LockMode.NONE,
        stage=Stage.SCAN,
        why="what a run that was stopped has computed is old by now",
        clears=True,
        bound=False,
    )
    yield Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=made,
        makes=True,
        guard=Guard(differs),
        requires=frozenset({cleared}),
        provides=frozenset({_left(place)}),
        lock=LockMode.ACCESS_SHARE,
        scans=True,
        scan_for=ScanFor.QUERY,
        stage=Stage.SCAN,
        why="computed while everyone reads the old one",
        bound=False,
    )
