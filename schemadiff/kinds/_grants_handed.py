"""What OWNER TO hands over: the new owner has all that the old one had, beside what it had itself.

The surprising fact: so the new owner lacks what had been taken from the old one.
"""

from __future__ import annotations

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.record import replace
from schemadiff.kinds._grant import Grant, owner_identity
from schemadiff.kinds._privileges import Rights, usual_owner


def handed_over(new: Grant, context: Context) -> Rights | None:
    """Give what a role has as it becomes the owner of what was another's, else None."""
    if not (new.owner and is_handed(new.target, context)):
        return None
    known, before = new.known(context.version), _of_owner(new, context.current)
    has = frozenset(new.usual(context.version))
    if before is not None:
        has, _ = before.rights.sets(known)
    own = context.current.get(new.identity)
    if isinstance(own, Grant):
        had, options = own.rights.sets(known)
        return Rights(tuple(has | had), tuple(options))
    return Rights(tuple(has))


def default_of_new_owner(old: Grant, context: Context) -> tuple[Grant, Rights] | None:
    """Give the grant that the new owner is to have by PostgreSQL's own choice, and what it has."""
    if not (old.owner and is_handed(old.target, context)) or _of_owner(old, context.desired):
        return None
    owner = context.desired.get(owner_identity(old.target))
    role = getattr(owner, "role", usual_owner(old.target))
    new = replace(old, identity=Identity("grant", (*old.identity.path[:-1], role)))
    usual = tuple(new.usual(context.version))
    return replace(new, privileges=usual, grantable=()), handed_over(new, context) or Rights()


def is_handed(target: Identity, context: Context) -> bool:
    """Tell whether an object stays, and belongs to another afterwards."""
    sides = (context.current, context.desired)
    owners = {getattr(side.get(owner_identity(target)), "role", None) for side in sides}
    stays = all(target in side for side in sides) and target not in context.replaced
    return stays and len(owners) > 1


def _of_owner(grant: Grant, side: Catalog) -> Grant | None:
    found = (side.objects[i] for i in side.children.get(grant.parent, ()) if i.kind == "grant")
    same = (g for g in found if isinstance(g, Grant) and g.on_column == grant.on_column)
    return next((g for g in same if g.owner), None)
