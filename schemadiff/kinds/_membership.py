"""Memberships of roles: GRANT group TO member.

The surprising fact: since PostgreSQL 16 a membership is one per grantor, with options of its own.
Before, there was one, INHERIT was the member's and SET went without saying.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.spec_model import Flag, SpecModel, Text
from schemadiff.core.sql import ident

_OPTIONS_SINCE = 160000


class MembershipSpec(SpecModel):
    """How a role is a member of a group; nothing stands for a plain membership."""

    shorthands: ClassVar = ({"type": "null"},)

    admin: Flag = False
    """Whether it may make others members."""
    inherit: Flag | None = None
    """Whether it has the group's privileges; absent is the role's `inherit` (PostgreSQL 16)."""
    set: Flag = True
    """Whether it may SET ROLE to the group (PostgreSQL 16)."""
    granted_by: Text | None = None
    """Who granted it; absent is the server's first superuser or whoever applies (PostgreSQL 16)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing."""
        return {} if value is None else value


class Membership(NamedTuple):
    """A membership; no grantor is the server's first superuser, or whoever is connected."""

    group: str
    grantor: str
    admin: bool
    inherit: bool
    set: bool


def memberships_sql(version: int) -> str:
    """Give the query for the memberships of role `x` as one value."""
    options, grantor = "m.inherit_option, m.set_option", "m.grantor"
    if version < _OPTIONS_SINCE:
        options, grantor = "x.rolinherit, true", "10"
    return f"""
        SELECT jsonb_agg(jsonb_build_array(g.rolname,
                   CASE WHEN {grantor} = 10 OR b.rolname = current_user THEN ''
                        ELSE coalesce(b.rolname, '') END,
                   m.admin_option, {options}))
        FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        LEFT JOIN pg_roles b ON b.oid = m.grantor
        WHERE m.member = x.oid"""


def read_memberships(rows: list[Any] | None) -> tuple[Membership, ...]:
    """Make the memberships; of two that read alike, what either allows."""
    found: dict[tuple[str, str], Membership] = {}
    for group, grantor, *options in rows or ():
        same = found.get((group, grantor))
        both = [a or b for a, b in zip(options, same[2:], strict=True)] if same else options
        found[group, grantor] = Membership(group, grantor, *both)
    return tuple(sorted(found.values()))


def to_memberships(
    spec: Mapping[str, MembershipSpec] | None, *, inherit: bool
) -> tuple[Membership, ...] | None:
    """Give the memberships of a mapping; `inherit` is the role's own."""
    if spec is None:
        return None
    found = (
        Membership(
            group,
            each.granted_by or "",
            each.admin,
            inherit if each.inherit is None else each.inherit,
            each.set,
        )
        for group, each in spec.items()
    )
    return tuple(sorted(found))


def memberships_yaml(memberships: Iterable[Membership], *, inherit: bool) -> Any:
    """Write a list where there are no options."""
    values: dict[str, Any] = {}
    for each in memberships:
        options: dict[str, Any] = {}
        if each.admin:
            options["admin"] = True
        if each.inherit is not inherit:
            options["inherit"] = each.inherit
        if not each.set:
            options["set"] = False
        if each.grantor:
            options["granted_by"] = each.grantor
        values.setdefault(each.group, options or None)
    return values if any(values.values()) else list(values)


def grant(old: Membership | None, new: Membership, role: Any, version: int) -> Iterator[str]:
    """Write the statements that make a membership as it is to be; PlanError for what cannot be."""
    member, group, by = ident(role.identity.name), ident(new.group), _by(new)
    if version >= _OPTIONS_SINCE:
        options = f"ADMIN {_word(new.admin)}, INHERIT {_word(new.inherit)}, SET {_word(new.set)}"
        yield f"GRANT {group} TO {member} WITH {options}{by}"
        return
    if new.grantor or not new.set or new.inherit is not role.inherit:
        message = (
            f"{role.identity}: inherit, set and granted_by of a membership in {new.group} are "
            "known to PostgreSQL 16 and later"
        )
        hint, about = "leave them out", (role.identity,)
        raise PlanError(Diagnostic(code="SD087", message=message, hint=hint, about=about))
    if old is not None and old.admin == new.admin:
        return  # INHERIT is that of the role
    if old is not None and old.admin:
        yield f"REVOKE ADMIN OPTION FOR {group} FROM {member}"
    else:
        yield f"GRANT {group} TO {member}{' WITH ADMIN OPTION' if new.admin else ''}"


def revoke(old: Membership, member: str) -> str:
    """Write the statement that ends a membership."""
    return f"REVOKE {ident(old.group)} FROM {member}{_by(old)}"


def _by(membership: Membership) -> str:
    return f" GRANTED BY {ident(membership.grantor)}" if membership.grantor else ""


def _word(value: object) -> str:
    return "TRUE" if value else "FALSE"
