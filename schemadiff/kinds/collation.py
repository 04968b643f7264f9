"""Collations: CREATE COLLATION (manual, 23.2).

Nothing about one can be altered. Where its locale is kept changed with 15 and again with 17, so
the row is read by the names of its columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.preflight import Asking, Question, unasked
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, OwnedSpec, Text
from schemadiff.core.sql import comma, literal
from schemadiff.kinds._collated import MADE, keys_by
from schemadiff.kinds._column.preflight import of_keys
from schemadiff.kinds._form import FormKind, InSchema, in_schema
from schemadiff.kinds._moving import renamed_away
from schemadiff.kinds._types import in_use

_ROW = "pg_catalog.to_jsonb(x)"
_LIBC = "x.collprovider = 'c' AND x.collcollate <> x.collctype"


class CollationSpec(OwnedSpec):
    """A collation; its locale alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    locale: Text | None = None
    """The locale, for both LC_COLLATE and LC_CTYPE where the provider is libc."""
    provider: Text = "libc"
    """`libc`, `icu` or `builtin` (PostgreSQL 17)."""
    deterministic: Flag = True
    """`false` lets texts be equal that differ in bytes."""
    lc_collate: Text | None = None
    """LC_COLLATE, where the two differ."""
    lc_ctype: Text | None = None
    """LC_CTYPE, where the two differ."""
    rules: Text | None = None
    """More rules for ICU (PostgreSQL 16)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the locale."""
        return {"locale": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Collation(InSchema):
    """A collation; `locale` is None where LC_COLLATE and LC_CTYPE are not the same."""

    locale: str | None = None
    provider: str = "libc"
    deterministic: bool = True
    lc_collate: str | None = None
    lc_ctype: str | None = None
    rules: str | None = None


class CollationKind(FormKind):
    """CREATE COLLATION."""

    name = "collation"
    file = "types"
    order = 25
    model = Collation
    since: ClassVar = {"rules": 16}
    classid = "pg_collation"
    section = "collations"
    spec = CollationSpec
    replaces = frozenset({"locale", "provider", "deterministic", "lc_collate", "lc_ctype", "rules"})
    # ICU writes the locale in its own way (since 16).
    texts = frozenset({"locale", "lc_collate", "lc_ctype"})
    choices: ClassVar = {"provider": ("libc", "icu", "builtin")}
    shadow_only = True
    moves_over = True
    spaces = frozenset({"collation"})
    words = comment_on = "COLLATION"
    key = ("n.nspname", "x.collname")
    source = in_schema("pg_collation", "coll")
    facts: ClassVar = {
        "locale": f"coalesce({_ROW} ->> 'colllocale', {_ROW} ->> 'colliculocale',"
        " CASE WHEN x.collcollate = x.collctype THEN x.collcollate::text END)",
        "provider": "CASE x.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu'"
        " ELSE 'builtin' END",
        "deterministic": "x.collisdeterministic",
        "lc_collate": f"CASE WHEN {_LIBC} THEN x.collcollate::text END",
        "lc_ctype": f"CASE WHEN {_LIBC} THEN x.collctype::text END",
        "rules": f"({_ROW} ->> 'collicurules')",
    }

    def definition(self, new: Collation, context: Context) -> str:
        """CREATE COLLATION."""
        del context
        return _create(new, new.identity.sql)

    def hazards(
        self,
        old: Collation | None,
        new: Collation | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say that what is sorted by it is sorted otherwise."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None and in_use(old.identity, context):
            text = f"{new.identity.sql} sorts and compares otherwise, wherever it is used."
            yield hazard("collation-change", new.identity, text)

    def questions(
        self,
        old: Collation | None,
        new: Collation | None,
        changed: frozenset[str],
        asking: Asking,
    ) -> Iterable[Question]:
        """Ask the keys by which values may be equal by then; it is not there for anything else."""
        del changed
        if old is None or new is None or new.deterministic:
            return
        desired = asking.context.desired
        for identity in sorted(desired.dependents.get(new.identity, ())):
            if identity.kind == "column":
                for question in of_keys(desired.objects[identity], asking):
                    key = desired.objects[question.subject]
                    asked = tuple(keys_by(new, _create(new, MADE), key, asking))
                    why = f"{new.identity} changes in the same plan"
                    yield from asked or (unasked(question, why),)

    def put_away(
        self, old: Collation, new: Collation, away: Identity, context: Context
    ) -> Iterable[Operation]:
        """Rename it: what is sorted by it follows its OID until it is sorted by the new one."""
        del new, context
        yield renamed_away("COLLATION", old, away)


def _create(new: Collation, name: str) -> str:
    options = {"PROVIDER": new.provider}
    for each in ("locale", "lc_collate", "lc_ctype", "rules"):
        if (value := getattr(new, each)) is not None:
            options[each.upper()] = literal(value)
    if not new.deterministic:
        options["DETERMINISTIC"] = "false"
    given = comma(f"{k} = {v}" for k, v in options.items())
    return f"CREATE COLLATION {name} ({given})"
