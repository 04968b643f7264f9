"""What has to be dropped before a column changes in place, and made again after.

The surprising fact: a foreign key may stay while only one of its ends changes, where both types are
of one family; the server checks it anew by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.versions import PG15, PG17
from schemadiff.kinds._column.alter import has_no_way, keeps_its_place, says_using
from schemadiff.kinds._expand.which import Move, move_of
from schemadiff.kinds._moving import element
from schemadiff.kinds._table.heirs import belongings, below, lineage
from schemadiff.kinds._type_change import keeps_keys

# What PostgreSQL itself carries over when a column's type changes.
_KEEPS = frozenset(
    "primary_key unique check exclusion index sequence identity_sequence comment table"
    " statistics".split()
)


def disturbs(
    old: Any, new: Any, changed: frozenset[str], dependent: DbObject, context: Context
) -> bool:
    """Tell whether PostgreSQL refuses to alter the column under a dependent."""
    if not changed & {"type", "collation", "generated"}:
        return False
    kind = dependent.identity.kind
    if kind == "index" and _of_another_class(dependent, new, context):
        return True
    if kind in _KEEPS:
        # They are made anew by the server itself, which forgets their targets.
        targets = getattr(dependent, "target" if kind == "statistics" else "statistics", None)
        return bool(targets is not None and targets != ()) and not isinstance(
            move_of(new, context), Move
        )
    if kind in ("default", "foreign_key") and isinstance(move_of(new, context), Move):
        return False  # it goes to the column that takes this one's place
    if kind == "foreign_key":
        # Where the name stays, the type itself is made anew: no operator compares both forms.
        same = "type" in changed and old.type == new.type
        # The server carries none over that refers to one part by itself: it needs the part's key.
        target: Any = context.current.get(Identity("table", getattr(dependent, "target", ())))
        if dependent.parent != new.parent and getattr(target, "partition_of", None) is not None:
            return True
        # With a PERIOD both ends are compared by a class of operators, which are of one type.
        temporal = "type" in changed and getattr(dependent, "period", False)
        return same or temporal or not keeps_keys(old.type, new.type)
    if kind == "column":
        generated = getattr(dependent, "generated", None) is not None
        return (
            generated
            and dependent.identity != new.identity
            and not _becomes_plain(dependent, context)
        )
    # What only reads a column may stay as its expression is set or dropped (17; manual, ALTER
    # TABLE), unlike under another type.
    return bool(changed & {"type", "collation"})


def _becomes_plain(column: Any, context: Context) -> bool:
    """Tell whether a generated column keeps its values without its expression, which goes first."""
    new: Any = context.desired.get(column.identity)
    return new is not None and new.generated is None and not column.virtual


def _of_another_class(index: Any, column: Any, context: Context) -> bool:
    """Tell whether an index names an operator class that it is not to have any more.

    The server would build the index anew with it, and the new type may be none for that class.
    """
    after: Any = context.desired.get(index.identity)
    said = {k.opclass for k in index.columns if k.text == column.identity.name} - {None}
    return after is not None and not said <= {k.opclass for k in after.columns}


def merging(column: Any, context: Context) -> Iterator[Identity]:
    """Name the new columns of tables above that would find a column, which goes, in their heir."""
    current, desired = context.current, context.desired
    for path in lineage(current, column.identity.path[:2]):
        each = Identity("column", (*path, column.identity.name))
        if each in desired and each not in current:
            yield each


def goes(old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
    """Tell whether a column is made anew, as nothing makes the other one of it."""
    if "type" in changed and has_no_way(old, new, context):
        return not keeps_its_place(old, new, context)
    if "of" in changed or ("virtual" in changed and (old.generated or new.generated)):
        return True
    computed = old.generated is not None and new.generated is not None
    if "type" in changed and computed and says_using(old, new, changed, context):
        return True  # which is refused of a generated column: its expression tells its values
    if "generated" not in changed or new.generated is None:
        # A virtual column has no values to keep.
        gone = bool(old.virtual) or _goes_along(old, new, changed, context)
        return "generated" in changed and gone
    return not _sets_expression(old, new, context)


def _goes_along(old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
    """Tell whether a column would be dropped with what its expression called, or named.

    Before 15 PostgreSQL forgets that with the expression only where it is about other columns, and
    gives no other type to a column that still rests on some of it.
    """
    if context.version >= PG15:
        return False
    current, desired = context.current, context.desired
    left = current.depends_on(old.identity) - desired.depends_on(new.identity)
    own, _ = element(old.type)
    types = {i for i in left if _is_type(i, context) and i.sql != own}
    known = types | {i for i in left if context.registry[i.kind].overloads}
    gone = (i not in desired or (i in types and _differs(i, context)) for i in known)
    return any(gone) or bool(known and changed & {"type", "collation"})


def _is_type(identity: Identity, context: Context) -> bool:
    return context.registry[identity.kind].moves_over


def _differs(identity: Identity, context: Context) -> bool:
    return context.current.get(identity) != context.desired.get(identity)


def _sets_expression(old: Any, new: Any, context: Context) -> bool:
    """Tell whether SET EXPRESSION (17) makes a generated column another one.

    PostgreSQL refuses it for a virtual one in a table with checks, or one that a publication names.
    A NOT NULL that comes is proven by a check, which is there meanwhile.
    """
    if old.generated is None or context.version < PG17:
        return False
    if not new.virtual:
        return True
    found = set[str]()
    for side in (context.current, context.desired):
        for path in (new.identity.path[:2], *below(side, new.identity.path[:2])):
            found |= {i.kind for i in belongings(side, path)}
            found |= {i.kind for i in side.dependents.get(Identity("table", path), ())}
            found |= {
                "check"
                for i in side.children.get(Identity("table", path), ())
                if _is_proven(i, context)
            }
    return found.isdisjoint(("check", "publication"))


def _is_proven(column: Identity, context: Context) -> bool:
    now, then = (
        getattr(s.get(column), "not_null", None) for s in (context.current, context.desired)
    )
    return now is False and then is True
