"""An index in use that is replaced: the new one is built beside the old one, which then makes way.

No index is built concurrently on a partitioned table: those of its partitions are. The surprising
fact: the old one of the whole takes those of the partitions along, which lets go of their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._index.online import (
    build,
    columns_done,
    index_where,
    replace_name,
    swap_names,
)
from schemadiff.kinds._index.parts import Parts, build_in_parts
from schemadiff.kinds._index.sorted import in_part, sorted_parts
from schemadiff.kinds._index.sql import ONLINE, PRINTED, name_sql, spellings, without_only
from schemadiff.kinds._index.statistics import set_targets
from schemadiff.kinds._key.online import parts_ready, swap_keys

_HAVE_INDEX = ("primary_key", "unique", "exclusion")
_OF_NONE = (
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k"
    " WHERE k.conindid = indexrelid AND k.contype IN ('p', 'u', 'x'))"
)


def swap_index(new: Any, context: Context) -> Iterator[Operation]:
    """Build the new index under a name for a while, then swap the names."""
    texts = spellings(new, ONLINE)
    name = temporary_name("new index", *new.identity.path, texts[0])
    place = replace_name(new.identity, name)
    elsewhere = replace(new, identity=place)
    still = f"NOT {index_where(new.identity, _as_wanted(new))}"
    needed = context.desired.depends_on(new.identity) | columns_done(new, context)
    for op in build(new.identity, place, spellings(elsewhere, ONLINE)[0], context, still):
        yield replace(op, requires=op.requires | needed, bound=False)
    differs = index_where(new.identity, f"NOT ({_as_wanted(new)})")
    yield from swap_names(new.identity, place, differs, context)
    yield from _targets(new)


def takes_name(new: Any, context: Context) -> bool:
    """Tell whether a constraint that goes has the name, with an index of its own."""
    held = (Identity(kind, new.identity.path) for kind in _HAVE_INDEX)
    return any(i in context.current and i not in context.desired for i in held)


def after_constraint(new: Any, context: Context) -> Iterator[Operation]:
    """Build the index under a name for a while, which it keeps until the constraint is gone.

    So nothing is let in meanwhile that a unique one of the same columns would refuse.
    """
    texts = spellings(new, ONLINE)
    place = replace_name(new.identity, temporary_name("new index", *new.identity.path, texts[0]))
    sql = spellings(replace(new, identity=place), ONLINE)[0]
    still = f"NOT {index_where(new.identity, f'{_as_wanted(new)} AND {_OF_NONE}')}"
    for op in build(new.identity, place, sql, context, still):
        needed = context.desired.depends_on(new.identity) | columns_done(new, context)
        yield replace(op, verb=Verb.ALTER, requires=op.requires | needed, bound=False)
    ready = index_where(place, "indisvalid")
    yield Operation(
        verb=Verb.CREATE,
        target=new.identity,
        sql=f"ALTER INDEX {name_sql(place)} RENAME TO {ident(new.identity.name)}",
        guard=Guard(f"{ready} AND NOT {index_where(new.identity)}"),
        requires=frozenset({Identity("leftover", place.path)}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        stage=Stage.SWAP,
        why="the new index, which is valid by now, takes the name of the constraint",
    )
    yield from _targets(new)


def in_parts(
    plain: Operation, new: Any, exists: str, parts: Parts, context: Context
) -> Iterator[Operation]:
    """Build the indexes of the partitions; then the plain statement makes that of the whole."""
    apart = {part.parent: in_part(new, part, context) for part in sorted_parts(new, context)}
    indexes = (replace(apart.get(p.table, new), identity=p.place) for p in parts.made)
    texts = [spellings(index, ONLINE)[0] for index in indexes]
    return build_in_parts(plain, exists, parts, texts, context)


def swap_whole(
    dropped: Iterable[Operation], plain: Operation, new: Any, parts: Parts, context: Context
) -> Iterator[Operation]:
    """Build the new indexes of the partitions, then drop the old one and make that of the whole."""
    wanted = _as_wanted(new)
    added = list(in_parts(plain, new, index_where(new.identity, wanted), parts, context))
    ready = parts_ready(new, added, parts)
    differs = index_where(new.identity, f"NOT ({wanted})")
    yield from swap_keys(dropped, added, f"{differs} AND {ready}", context)
    yield from _targets(new)


def _targets(new: Any) -> Iterator[Operation]:
    for op in set_targets(new.identity, (), new.statistics):
        yield replace(op, requires=frozenset({new.identity}), stage=Stage.SWAP, bound=False)


def _as_wanted(new: Any) -> str:
    return f"{PRINTED} IN ({_texts(new)}) AND indisvalid"


def _texts(new: Any) -> str:
    return comma(literal(without_only(each)) for each in spellings(new, ""))
