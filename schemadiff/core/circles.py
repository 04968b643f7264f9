"""Objects that need each other, and what stands in for one of them until the others are there.

A function whose body PostgreSQL has parsed calls another one that calls it, or reads a view that
calls it. The surprising fact: PostgreSQL takes such circles, though no order of statements that
say the whole of each makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity

if TYPE_CHECKING:
    from schemadiff.core.kind import Context
    from schemadiff.core.operation import Operation

Circles = dict[Identity, frozenset[Identity]]
_NONE: frozenset[Identity] = frozenset()


class CircularKind:
    """What a kind says of objects that rest on what rests on them."""

    circle_key: ClassVar[str] = ""  # of the files: what it says lets a stand-in be made
    fickle: ClassVar[bool] = False  # what makes an object another one may go with a third

    def forerunner(self, identity: Identity) -> Identity | None:
        """Name what stands for the object while that is made on which it rests itself (a shell).

        Its operations provide that first. Of two that rest on each other it goes first again.
        """
        del identity
        return None

    def stub(self, obj: Any) -> Identity | None:
        """Name what stands in for an object for the others of a circle, as `create` makes it."""
        del obj
        return None

    def stand_in(self, obj: Any) -> Operation | None:
        """Make what stands in for an object, whatever the object rests on; None for nothing."""
        del obj
        return None


def circle_of(identity: Identity, side: Catalog, context: Context) -> frozenset[Identity]:
    """Name the objects of the circle that an object is in, if one of them can have a stand-in."""
    key = "circles before" if side is context.current else "circles after"
    if key not in context.memo:
        kinds = context.registry
        asked = [k for k in kinds if type(k).stub is not CircularKind.stub]
        objects = (side.objects[i] for k in asked for i in side.of(k.name))
        starts = [obj.identity for obj in objects if kinds.of(obj).stub(obj)]
        context.memo[key] = _circles(starts, side.depends_on)
    found: Circles = context.memo[key]
    return found.get(identity, _NONE)


def _circles(
    starts: Iterable[Identity], below: Callable[[Identity], frozenset[Identity]]
) -> Circles:
    """Find what is strongly connected (Tarjan), without recursion."""
    found: Circles = {}
    number, low = dict[Identity, int](), dict[Identity, int]()
    path, on_path = list[Identity](), set[Identity]()
    for start in starts:
        if start in number:
            continue
        work = [(start, iter(sorted(below(start))))]
        number[start] = low[start] = len(number)
        path.append(start)
        on_path.add(start)
        while work:
            node, rest = work[-1]
            each = next(rest, None)
            if each is not None and each not in number:
                number[each] = low[each] = len(number)
                path.append(each)
                on_path.add(each)
                work.append((each, iter(sorted(below(each)))))
            elif each is not None:
                low[node] = min(low[node], number[each]) if each in on_path else low[node]
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    at = path.index(node)
                    circle, path = frozenset(path[at:]), path[:at]
                    on_path -= circle
                    found |= dict.fromkeys(circle, circle) if len(circle) > 1 else {}
    return found
