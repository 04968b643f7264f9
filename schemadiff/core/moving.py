"""The part of the contract of a kind that is about data which goes on under another object.

The old form is put away under another name, the new form is made, the data is converted from the
one to the other, and the old form is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Guard, Operation
from schemadiff.core.record import replace

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.kind import Context
    from schemadiff.core.object import DbObject


def heir(identity: Identity, context: Context) -> DbObject | None:
    """Give the type that has a type's name from now on: itself, or one of another kind."""
    desired = context.desired
    spaces = context.registry[identity.kind].spaces
    kinds = (k.name for k in context.registry if k.moves_over and k.spaces & spaces)
    found = (desired.get(Identity(kind, identity.path)) for kind in kinds)
    return desired.get(identity) or next((obj for obj in found if obj is not None), None)


def types_below(identity: Identity, side: Catalog, context: Context) -> set[Identity]:
    """Name the types that may be made anew among all that an object rests on, at any depth."""
    queue, seen = [identity], set[Identity]()
    while queue:
        found = side.depends_on(queue.pop()) - seen
        types = [i for i in found if context.registry[i.kind].moves_over]
        seen.update(types)
        queue += types
    return seen


def differs(identity: Identity, context: Context) -> str:
    """Give the condition that the old form of a type has its name still."""
    new = context.desired.get(identity)
    if new is not None:
        return context.registry.of(new).differs(new)
    return context.registry[identity.kind].exists(context.current.objects[identity])


def waits(identity: Identity, context: Context) -> str:
    """Give the condition that the old form of a type has been put away and is still there."""
    old = replace(context.current.objects[identity], identity=context.put_away[identity])
    return context.registry.of(old).exists(old)


def unfinished(identity: Identity, context: Context, resting: Identity | None = None) -> Guard:
    """Give the condition that a type has its old form, or that the old form is still there.

    What rests on the type cannot go where another type has its new form over it already.
    """
    here = Guard(waits(identity, context))
    over = _moving_over(resting, context) if resting is not None else set[Identity]()
    for each in sorted(over - {identity}):
        obj = context.desired.objects[each]
        exists = context.registry.of(obj).exists(obj)
        here &= Guard(f"NOT ({exists}) OR ({differs(each, context)})")
    return Guard(differs(identity, context)) | here


def _moving_over(identity: Identity, context: Context) -> set[Identity]:
    """Name the types made anew that rest on an object in the end, themselves or what is in them."""
    desired, queue, seen = context.desired, [identity], {identity}
    while queue:
        for each in desired.dependents.get(queue.pop(), ()):
            above = desired.objects[each].parent
            found = {each, above} if above is not None else {each}
            queue += found - seen
            seen |= found
    return seen & context.put_away.keys() & desired.objects.keys()


class MovingKind:
    """What a type says that may be made anew under data, and what says that has the data."""

    name: ClassVar[str]
    moves_over: ClassVar[bool] = False  # a type that may be made anew under data that uses it
    moved_attributes: ClassVar[frozenset[str]] = frozenset()  # what changes as the data follows

    def put_away(self, old: Any, new: Any, away: Identity, context: Context) -> Iterable[Operation]:
        """Make the operations that give way to the new form, and leave the old one as `away`."""
        raise NotImplementedError(self.name)

    def stays_put(self, old: Any, new: Any) -> bool:
        """Tell whether the old form cannot wait under another name."""
        del old, new
        return False

    def converted(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str:
        """Give the SQL that makes a value of the old form one of `type_`, the new form's name.

        `type_` may be an array of it. What takes more than one expression calls a converter.
        """
        raise NotImplementedError(self.name)

    def converters(
        self, old: Any, new: Any, away: Identity, waits: str, context: Context
    ) -> Iterable[Operation]:
        """Make what `converted` calls, and drop it when the data has followed.

        `waits` is the condition that the old form is still there as `away`.
        """
        del old, new, away, waits, context
        return ()

    def told_by_text(self, obj: Any) -> bool:
        """Tell whether values go to and from another kind of type by their text."""
        del obj
        return False

    def told(self, old: Any, new: Any, value: str, type_: str, context: Context) -> str | None:
        """Give the SQL of the text that the new form reads as a value of the old; None for none.

        `type_` is the value's, which may be an array.
        """
        del old, new, type_, context
        return f"{value}::text"

    def losses(self, old: Any, new: Any, context: Context) -> Iterable[Hazard]:
        """Name what values lose as they follow from the old form to the new."""
        del old, new, context
        return ()

    def said_alike(self, old: Any, new: Any, context: Context) -> bool:
        """Tell whether the text of a value of the old form is that of the same value of the new."""
        del old, new, context
        return True

    def opened(self, obj: Any, source: str, type_: str) -> Iterable[tuple[str, str]]:
        """Give the SELECTs of what values hold, each with its type; `source` selects them as `v`.

        `type_` is a name of the type, which may have more than one.
        """
        del obj, source, type_
        return ()

    def carries(self, obj: Any, context: Context) -> bool:
        """Tell whether the object's data can follow a type that is made anew."""
        del obj, context
        return False

    def says_how(self, obj: Any) -> bool:
        """Tell whether the user says how values of another kind of type become those of the new."""
        del obj
        return False

    def says_more(self, obj: Any) -> bool:
        """Tell whether the files say of it what is not compared, and is asked for later."""
        return self.says_how(obj)

    def copied(self, obj: Any, context: Context) -> Identity | None:
        """Name the table that may be made anew, its rows copied, as no data can follow in place."""
        del obj, context
        return None

    def held_up(self, obj: Any, context: Context) -> Iterable[Identity]:
        """Name what keeps the old forms of its types for now, as the data waits to come back."""
        del obj, context
        return ()

    def follow(self, moves: Sequence[tuple[Any, Any]], context: Context) -> Iterable[Operation]:
        """Make the operations that take over the data of all objects (old, new) of one parent."""
        raise NotImplementedError(self.name)

    def apart(
        self, moving: Collection[Identity], context: Context
    ) -> Iterable[tuple[Identity, Mapping[str, Any]]]:
        """Say what has to be set on what others want, so that the data of what moves can do so."""
        del moving, context
        return ()

    def from_above(self, obj: Any, cause: Identity, context: Context) -> bool:
        """Tell whether what rests on `cause` is what another object has, and goes with that."""
        del obj, cause, context
        return False

    def above_tells(self, obj: Any, gone: Identity) -> bool:
        """Tell whether what an object has from others rests on something, and they tell so."""
        del obj, gone
        return False

    def leaves(self, old: Any, new: Any, whole: Identity) -> bool:
        """Tell whether an alteration takes an object with data off another one that goes."""
        del old, new, whole
        return False

    def lets_go(self, old: Any, cause: Identity) -> Any | None:
        """Give the form without what rests on `cause`, where it is altered to that in place."""
        del old, cause
        return None

    def lives_on(self, old: Any, context: Context) -> bool:
        """Tell whether a dropped object stays after all, as a part of another that is made."""
        del old, context
        return False
