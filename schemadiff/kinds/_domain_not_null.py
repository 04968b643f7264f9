"""NOT NULL of a domain and its name, which the server keeps since PostgreSQL 17.

Before, it takes the name and forgets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from schemadiff.core.default_names import make_name
from schemadiff.core.kind import Context, YamlValue
from schemadiff.core.operation import Guard
from schemadiff.core.spec_model import Flag, SpecModel, Text, flag_or_name, is_plain_name
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._types import type_where

NAMES_IT: Final = 170000
PART: Final = "not_null"  # what a comment on the constraint of a domain is a comment on


class DomainNotNullSpec(SpecModel):
    """NOT NULL; `true` or the name of the constraint is the short form."""

    shorthands: ClassVar = ({"type": "boolean"}, {"type": "string"})

    enabled: Flag = True
    """`false` says that nulls are accepted."""
    name: Text | None = None
    """The name of the constraint (PostgreSQL 17); absent is `domain_not_null`."""
    comment: Text | None = None
    """What COMMENT ON says about the constraint (PostgreSQL 17)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept true, false and a name."""
        return flag_or_name(value)


def keeps_name(version: int) -> bool:
    """Tell whether the server keeps the name."""
    return version >= NAMES_IT


def name_sql(version: int) -> str:
    """Give the SQL of the name of the constraint of a domain `t`."""
    if not keeps_name(version):
        return "NULL"
    return "(SELECT k.conname FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'n')"


def _usual(domain: str) -> str:
    return make_name(domain, "", "not_null")


def read_name(domain: str, name: str | None) -> str | None:
    """Give the name, None for one that the server chooses, where another has it with a number."""
    if name is None or re.fullmatch(re.escape(_usual(domain)) + r"\d*", name):
        return None
    return name


def clause(new: Any, context: Context) -> str | None:
    """Write it as a part of CREATE DOMAIN."""
    if not new.not_null:
        return None
    name = new.not_null_name
    if name is None and new.identity in context.put_away:
        name = _usual(new.identity.name)  # the old form has it, so the server would number it
    return f"CONSTRAINT {ident(name)} NOT NULL" if name else "NOT NULL"


def setting(new: Any) -> str:
    """Write the action that makes a domain NOT NULL."""
    if new.not_null_name:
        return f"ADD CONSTRAINT {ident(new.not_null_name)} NOT NULL"
    return "SET NOT NULL"


def renaming(old: Any, new: Any) -> Iterator[tuple[str, Guard]]:
    """Write the action that gives the constraint another name, and when it has to run."""
    before, after = (d.not_null_name or _usual(new.identity.name) for d in (old, new))
    if old.not_null and new.not_null and before != after:
        guard = Guard(_named(new, before))
        yield f"RENAME CONSTRAINT {ident(before)} TO {ident(after)}", guard


def comment_on(domain: Any) -> tuple[str, str]:
    """Give what stands between COMMENT ON and IS, and the condition that it is there."""
    name = domain.not_null_name or _usual(domain.identity.name)
    return f"CONSTRAINT {ident(name)} ON DOMAIN {domain.identity.sql}", _named(domain, name)


def _named(domain: Any, name: str) -> str:
    named = (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid "
        f"AND k.contype = 'n' AND k.conname = {literal(name)})"
    )
    return type_where(domain.identity.path, "d", named)


def not_null_yaml(domain: Any, comment: YamlValue) -> YamlValue:
    """Give the value of the key."""
    name = domain.not_null_name
    if comment:
        return {"name": name, "comment": comment} if name else {"comment": comment}
    return (name if is_plain_name(name) else {"name": name}) if name else True
