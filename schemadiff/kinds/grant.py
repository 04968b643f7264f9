"""Privileges: what one role may do with one object, or with one column of it (GRANT, REVOKE).

Only what differs from PostgreSQL's own defaults is an object, so EXECUTE taken from PUBLIC is a
grant of nothing. The surprising fact: REVOKE on a table takes the same privileges from its columns
as well, so those that stay are granted once more behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.kinds._column.names import has_column, refuse_unknown
from schemadiff.kinds._constraint import check_columns
from schemadiff.kinds._default_rights import fresh_rights, given_on, ungranted
from schemadiff.kinds._grant import Grant, grant_identity, owner_identity, owner_of
from schemadiff.kinds._granted_together import granted_together
from schemadiff.kinds._grants_handed import default_of_new_owner, handed_over, is_handed
from schemadiff.kinds._grants_sql import grants_sql
from schemadiff.kinds._hazards.common import grant_hazards
from schemadiff.kinds._passed_on import beside, has_passed_on, lost_rights, passed_on, subject_of
from schemadiff.kinds._privileges import (
    COLUMN,
    EVERYBODYS,
    GRANTABLE,
    PUBLIC,
    Rights,
    Subject,
    common,
    gathered,
    grant_lock,
    read_spec,
    rights,
    statements,
    usual_rights,
    written,
)

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.spec_model import GranteeSpec


class GrantKind(ObjectKind):
    """GRANT."""

    name = "grant"
    order = 910
    model = Grant
    classid = "pg_shdepend"
    attached = "grants"
    keeps = True
    kept_words = "grants on"
    alters = frozenset({"privileges", "grantable"})

    def catalog_sql(self, version: int) -> str:
        """Read who may do what, where that differs from PostgreSQL's own defaults."""
        return grants_sql(version)

    def read(self, row: Row, names: Names) -> Grant | None:
        """Make the grant if its target is known."""
        oid, catalog, number, role, is_owner, privileges, grantable, passed_on = row
        target, column = names.addresses.get((catalog, oid, number)), None
        whole = names.addresses.get((catalog, oid, 0))
        if number and whole is not None and (target is None or whole.kind != "table"):
            target = whole
            column = names.columns.get(oid, {}).get(number)
        if target is None or (target.kind not in GRANTABLE and target.kind != "column"):
            return None
        grant = Grant(grant_identity(target, role, column), column=column, owner=is_owner)
        known = grant.known(names.version)
        return replace(
            grant,
            privileges=gathered(privileges or (), known),
            grantable=() if is_owner else gathered(grantable or (), known),
            passed_on=tuple((by, name) for by, name in passed_on or ()),
        )

    def address(self, row: Row) -> Address:
        """Nothing depends on a grant, so the address has only to be unique for the object."""
        return (f"{row[3]} in the ACL of {row[1]}", row[0], row[2])

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: dict[str, GranteeSpec], at: At) -> Iterable[Grant]:
        """Make the grants on the parent and on its columns."""
        assert at.parent is not None
        target = at.parent.identity
        allowed = GRANTABLE[target.kind]
        for role, each in spec.items():
            found = read_spec(each, allowed, at, role)
            if not any(found[""]) and len(found) > 1:
                del found[""]
            for column, (privileges, grantable) in found.items():
                known = frozenset(COLUMN if column else allowed.privileges)
                both = rights(privileges, grantable, known)
                own = Identity("column", (*target.path, column))
                if not column:
                    grant = Grant(grant_identity(target, role))
                elif target.kind == "table" and at.sibling(own) is not None:
                    grant = Grant(grant_identity(own, role))
                else:
                    if at.siblings(target, "column"):
                        check_columns(at, (column,))
                    grant = Grant(grant_identity(target, role, column), column=column)
                yield replace(grant, privileges=both.privileges, grantable=both.grantable)

    def speaker(self, obj: DbObject) -> Identity:
        """The object, also of what is granted on a column."""
        assert isinstance(obj, Grant)
        return obj.target

    def stays(self, obj: Grant, current: Catalog, desired: Catalog) -> Grant | None:
        """Leave what default privileges give, and nothing more; otherwise PostgreSQL's own default.

        The schema `public` is there without a file that names it, and so are the grants on it; one
        that was called so has those of initdb.
        """
        if obj.owner or obj.target == EVERYBODYS or _was_everybodys(obj, current):
            return obj
        known, usual = obj.known(current.version), obj.usual(current.version)
        owner = getattr(current.get(owner_identity(obj.target)), "role", None)
        given = given_on(obj.target, obj.role, desired, owner) if not obj.on_column else None
        left = common(obj.rights, given, known) if given else Rights(tuple(usual))
        if left.sets(known) == (usual, frozenset()):
            return None
        return replace(obj, privileges=left.privileges, grantable=left.grantable)

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The role, unless it is everybody."""
        assert isinstance(obj, Grant)
        return () if obj.role == PUBLIC else (obj.role,)

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Leave out what PostgreSQL grants by itself, and know the owner."""
        assert isinstance(obj, Grant)
        known = obj.known(names.version)
        live, owning = current.get(obj.identity), owner_identity(obj.target)
        owner = obj.role == owner_of(obj.target, desired, current, names)
        if live is not None and owning not in desired and owning not in current:
            owner = live.owner  # type: ignore[attr-defined]
        obj = replace(
            obj,
            privileges=gathered(obj.privileges, known),
            grantable=gathered(obj.grantable, known),
            owner=owner,
        )
        if obj.owner:
            obj = replace(obj, grantable=())
        has = obj.rights.sets(known)
        return None if has == (obj.usual(names.version), frozenset()) else obj

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """There is one key for all grants of an object."""
        del obj, style
        return ""

    def attached_yaml(self, objects: Sequence[DbObject], style: Style) -> YamlValue:
        """Write the privileges by role."""
        del style
        found: dict[str, dict[str, Rights]] = defaultdict(dict)
        for obj in objects:
            assert isinstance(obj, Grant)
            found[obj.role][obj.on_column] = obj.rights
        return {role: written(found[role]) for role in sorted(found)}

    def to_deny(self, catalog: Catalog) -> Iterable[Identity]:
        """Name what is older than the default privileges that would grant something on it."""
        granted = {o.target for o in catalog.objects.values() if isinstance(o, Grant)}
        return ungranted(catalog, granted)

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: Grant, context: Context) -> Iterable[Operation]:
        """GRANT, and REVOKE of what a new object has beyond that."""
        refuse_unknown(new.on_column or None, new, context)

        def had(grant: Grant) -> Rights:
            return handed_over(grant, context) or _at_first(grant, context.version)

        ops = [*self._change(Verb.CREATE, new, had(new), new.rights, context)]
        yield from granted_together(ops, new, had, context)

    def alter(
        self, old: Grant, new: Grant, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """REVOKE and GRANT the difference, from what is left when the owner has changed."""
        del changed
        have = old.rights
        if new.owner and not old.owner:
            have = handed_over(new, context) or have
        elif old.owner and not new.owner:
            have = Rights()
            yield from self._of_new_owner(old, context)
        yield from self._change(Verb.ALTER, new, have, new.rights, context)

    def hazards(
        self, old: Grant | None, new: Grant | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say what everybody gets beyond what PostgreSQL gives anyway, and what a role loses."""
        return grant_hazards(old, new, context)

    def drop(self, old: Grant, context: Context) -> Iterable[Operation]:
        """Go back to PostgreSQL's own default, or do nothing where the target goes."""
        yield from self._of_new_owner(old, context)
        owner = context.desired.get(owner_identity(old.target))
        new_owner = getattr(owner, "role", None)
        if old.owner and is_handed(old.target, context):
            return
        if new_owner is not None and old.owner != (new_owner == old.role):
            return  # ALTER … OWNER TO hands over what the old owner had
        target = context.desired.get(old.target) or context.current.get(old.target)
        exists = context.registry.of(target).exists(target) if target else ""
        if old.column:
            exists = has_column(old.target, old.column)
        default = Rights(tuple(old.usual(context.version)))
        for op in self._change(Verb.DROP, old, old.rights, default, context):
            guard = Guard(exists) if exists else None
            if (role := context.current.get(Identity("role", (old.role,)))) is not None:
                there = Guard(context.registry.of(role).exists(role))
                guard = guard & there if guard else there
            yield replace(op, guard=guard, fold=Fold(old.parent, ""))

    def _of_new_owner(self, old: Grant, context: Context) -> Iterator[Operation]:
        """Give the new owner what had been taken from the old one."""
        if (found := default_of_new_owner(old, context)) is None:
            return
        new, have = found
        subject = Subject(subject_of(new.target, context), new.role, new.on_column)
        for sql, _ in statements(have, new.rights, new.known(context.version), subject):
            yield Operation(
                verb=Verb.ALTER,
                target=old.identity,
                sql=sql,
                requires=frozenset({owner_identity(new.target)}),
                lock=grant_lock(new.target),
                bound=False,
            )

    def _change(
        self, verb: Verb, grant: Grant, have: Rights, want: Rights, context: Context
    ) -> Iterator[Operation]:
        known = grant.known(context.version)
        subject = Subject(subject_of(grant.target, context), grant.role, grant.on_column)
        before = {owner_identity(grant.target)}
        if grant.on_column:
            before.add(grant_identity(grant.target, grant.role))
        takes = False
        lost = lost_rights(have, want, known)
        # What goes and comes back with its target takes along all that others gave.
        stays = verb is not Verb.CREATE and not context.rebuilding
        cascade = stays and has_passed_on(grant, lost, context)
        for sql, revokes in statements(have, want, known, subject):
            takes = takes or revokes
            yield Operation(
                verb=verb,
                target=grant.identity,
                sql=f"{sql} CASCADE" if revokes and cascade else sql,
                requires=frozenset(before if verb is not Verb.DROP else ()),
                lock=grant_lock(grant.target),
            )
        if stays:
            yield from self._taken_from_others(verb, grant, lost, context, cascade=cascade)
        if takes and stays and not grant.on_column:
            yield from self._again(grant, context)

    def _taken_from_others(
        self, verb: Verb, grant: Grant, lost: frozenset[str], context: Context, *, cascade: bool
    ) -> Iterator[Operation]:
        """Take what another role gave, by its right to give it, and give again what stays.

        REVOKE takes only what the owner gave (manual, REVOKE, Notes).
        """
        known, on = grant.known(context.version), subject_of(grant.target, context)
        givers: dict[str, set[str]] = defaultdict(set)
        for giver, privilege in sorted(passed_on(grant, context)):
            if privilege in lost:
                givers[giver].add(privilege)
        for giver, names in givers.items():
            both = rights(names, names, known)
            less = Rights(both.privileges)
            for sql, _ in statements(both, less, known, Subject(on, giver, grant.on_column)):
                yield Operation(
                    verb=verb,
                    target=grant.identity,
                    sql=f"{sql} CASCADE",
                    lock=grant_lock(grant.target),
                )
        if not givers and not cascade:
            return
        for each in beside(grant, lost, frozenset(givers), context):
            subject = Subject(on, each.role, each.on_column)
            for sql, _ in statements(Rights(), each.rights, known, subject):
                yield Operation(
                    verb=Verb.ALTER,
                    target=each.identity,
                    sql=sql,
                    requires=frozenset({grant.identity}),
                    provides=frozenset({each.identity}),
                    lock=grant_lock(each.target),
                    bound=False,
                )

    def _again(self, grant: Grant, context: Context) -> Iterator[Operation]:
        """Grant on columns what REVOKE on their table takes along."""
        desired = context.desired
        for column in (grant.target, *desired.children.get(grant.target, ())):
            for identity in desired.children.get(column, ()):
                each = desired.objects[identity]
                if not isinstance(each, Grant) or not each.on_column or each.role != grant.role:
                    continue
                known = each.known(context.version)
                subject = Subject(subject_of(each.target, context), each.role, each.on_column)
                for sql, _ in statements(Rights(), each.rights, known, subject):
                    yield Operation(
                        verb=Verb.ALTER,
                        target=each.identity,
                        sql=sql,
                        requires=frozenset({grant.identity}),
                        provides=frozenset({each.identity}),
                        lock=grant_lock(each.target),
                        bound=False,
                    )

    # --- default privileges ----------------------------------------------------------------

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Know what default privileges give on new objects, so that it can be taken away.

        An object that is made anew ends with the grants it had, one that is new with those that
        the files name, if they name any.
        """
        fresh = fresh_rights(desired)
        if not fresh:
            return current, desired
        before, after = dict(current.objects), dict(desired.objects)
        for target in desired.objects:
            if target.kind not in GRANTABLE:
                continue
            spoken = desired.spoken is None or (self.name, target) in desired.spoken
            if target not in before and not spoken:
                continue
            owner = desired.get(owner_identity(target))
            for role, given in fresh.of(target).items():
                identity = grant_identity(target, role)
                found = after.get(identity)
                if found is None and role == getattr(owner, "role", None):
                    continue  # OWNER TO gives it all that the owner had
                if found is None:
                    found = Grant(identity)
                    by_itself = tuple(sorted(found.usual(desired.version)))
                    known = found.known(desired.version)
                    found = replace(found, privileges=gathered(by_itself, known))
                    if target in before:
                        before.setdefault(identity, found)
                assert isinstance(found, Grant)
                after[identity] = replace(found, given=given)
        return replace(current, objects=before), replace(desired, objects=after)


def _at_first(new: Grant, version: int) -> Rights:
    """Tell what a role has, certainly or perhaps, as soon as the object is there."""
    known, by_itself = new.known(version), new.usual(version)
    wanted, _ = new.rights.sets(known)
    given, options = new.given.sets(known) if new.given else (by_itself, frozenset[str]())
    certain = by_itself & given & wanted
    return Rights(tuple((by_itself | given) - wanted | certain), tuple(options))


def _was_everybodys(grant: Grant, current: Catalog) -> bool:
    """Tell whether everybody has on a schema what initdb gives on `public`, and that is gone."""
    if grant.target.kind != "schema" or EVERYBODYS in current:
        return False
    has = grant.rights.sets(grant.known(current.version))[0]
    return has <= usual_rights(EVERYBODYS, grant.role, current.version)
