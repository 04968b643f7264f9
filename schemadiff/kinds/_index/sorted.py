"""Keys of an index that a partition sorts otherwise than its whole.

PostgreSQL takes such an index of a partition for the whole's when that is made (it compares no
order), and changes the order of none afterwards. So it is made first, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import replace
from schemadiff.kinds._index.comment import OF_PART
from schemadiff.kinds._index.sql import spellings
from schemadiff.kinds._table.heirs import lineage

Sorted = tuple[tuple[int, str], ...]  # the number of a key, and how it is sorted

_WORDS: Final = re.compile(r"(asc|desc)( nulls (first|last))?")
_DESC, _NULLS_FIRST = 1, 2  # the bits of pg_index.indoption


def read_sorted(options: list[int], above: list[int]) -> Sorted:
    """Give the keys whose bits are others than those of the index right above."""
    found = []
    for number, (here, there) in enumerate(zip(options, above, strict=True), 1):
        if here != there:
            desc, first = bool(here & _DESC), bool(here & _NULLS_FIRST)
            found.append((number, _written(desc=desc, nulls_first=first)))
    return tuple(found)


def to_sorted(said: dict[str, str], at: At) -> Sorted:
    """Read what the files say of the keys."""
    found = []
    for key, text in said.items():
        how = " ".join(text.lower().split())
        if not _WORDS.fullmatch(how) or not key.isdecimal() or key == "0":
            message = f"{key}: {text} does not say how a key is sorted"
            at.fail("SD056", message, "sorted: {1: desc nulls last}", "sorted", key)
            continue
        desc, first = _bits(how)
        found.append((int(key), _written(desc=desc, nulls_first=first)))
    return tuple(sorted(found))


def _bits(how: str) -> tuple[bool, bool]:
    desc = how.startswith("desc")
    return desc, how.endswith("first") or (desc and not how.endswith("last"))


def _written(*, desc: bool, nulls_first: bool) -> str:
    nulls = "" if nulls_first == desc else " nulls first" if nulls_first else " nulls last"
    return f"{'desc' if desc else 'asc'}{nulls}"


def sorted_parts(new: Any, context: Context) -> list[Any]:
    """Give the indexes that partitions sort otherwise than the whole, the lower ones first."""
    desired = context.desired
    parts: list[Any] = [desired.objects[i] for i in desired.of(OF_PART)]
    found = [part for part in parts if part.whole == new.identity and part.sorted]
    depth = {p.identity: len([*lineage(desired, p.parent.path)]) for p in found}
    return sorted(found, key=lambda p: (-depth[p.identity], p.identity))


def in_part(new: Any, part: Any, context: Context) -> Any:
    """Give the index of a partition as if it were its own."""
    columns = list(new.columns)
    for path in reversed([*lineage(context.desired, part.parent.path)]):
        above: Any = context.desired.get(Identity(OF_PART, (*path, part.identity.name)))
        for number, how in above.sorted if above is not None else ():
            if number <= len(columns):
                desc, first = _bits(how)
                columns[number - 1] = columns[number - 1]._replace(desc=desc, nulls_first=first)
    storage = new.storage if part.storage is None else part.storage
    return replace(new, identity=part.place, columns=tuple(columns), storage=storage, statistics=())


def is_sorted_between(new: Any, context: Context) -> bool:
    """Tell whether a partition that has partitions itself sorts it otherwise."""
    tables: list[Any] = [context.desired.get(p.parent) for p in sorted_parts(new, context)]
    return any(table is not None and table.partition_by is not None for table in tables)


def after_sorted(plain: Operation, new: Any, context: Context) -> Iterator[Operation]:
    """Make the indexes that partitions sort otherwise, then the whole's, which takes them over."""
    done = set[Identity]()
    for part in sorted_parts(new, context):
        each = Identity("leftover", (*part.place.path, "done"))
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=spellings(in_part(new, part, context), "IF NOT EXISTS ")[0],
            requires=frozenset({part.parent, *done}) | context.desired.depends_on(new.identity),
            provides=frozenset({each}),
            lock=LockMode.SHARE,
            scans=part.parent in context.current,
            bound=False,
        )
        done.add(each)
    yield replace(plain, requires=plain.requires | done)


def check_sorted(part: Any, context: Context) -> None:
    """Refuse what PostgreSQL cannot do to the index of a partition: it changes no order."""
    stays = all(part.whole in side for side in (context.current, context.desired))
    if not stays or part.whole in context.replaced:
        return
    message = (
        f"the index of {part.parent} under {part.identity.name} cannot be sorted otherwise: it "
        "belongs to that of the whole, and PostgreSQL makes none of those anew alone"
    )
    hint = "leave out sorted:, which leaves it as it is, or drop the index of the whole first"
    raise PlanError(Diagnostic(code="SD056", message=message, hint=hint, about=(part.identity,)))
