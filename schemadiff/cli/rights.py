"""What a plan needs beside being the owner: rights on schemas, the database, tables, types, roles.

PostgreSQL looks at that statement by statement, and others may be committed by then. An object in
a schema is made, named anew and said again with CREATE on the schema, whoever owns it; an index and
a key are such objects. What the plan itself gives is not asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from schemadiff.cli.owners import listed
from schemadiff.cli.privileged import denied
from schemadiff.core.change import Alter, Create, Drop
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import OVERLOADED, Identity
from schemadiff.core.operation import Verb
from schemadiff.core.sql import ident, qualified
from schemadiff.render.entries import said_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemadiff.cli.live import Live
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.change import Change
    from schemadiff.core.object import DbObject
    from schemadiff.core.operation import Operation
    from schemadiff.core.plan import Plan

_ARRAY = re.compile(r"(\(.*?\))?(\[\])*$")
_LACKING = """
SELECT w.what, w.schema, w.name, w.more
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS w (what, schema, name, more)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = w.schema
WHERE CASE w.what
  WHEN 'database'
    THEN NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), w.more)
  WHEN 'schema' THEN NOT pg_catalog.has_schema_privilege(n.oid, w.more)
  WHEN 'table' THEN EXISTS (
    SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = n.oid AND c.relname = w.name AND a.attname = w.more
      AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'REFERENCES'))
  WHEN 'routine' THEN EXISTS (
    SELECT FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = n.oid AND p.proname = w.name
      AND p.pronargs = 0 AND NOT pg_catalog.has_function_privilege(p.oid, w.more))
  WHEN 'role' THEN EXISTS (
    SELECT FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = w.name AND NOT pg_catalog.pg_has_role(r.oid, w.more))
  WHEN 'owner' THEN EXISTS (
    SELECT FROM pg_catalog.pg_roles AS r JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
    WHERE r.rolname = w.name AND NOT me.rolsuper
      AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, w.more))
  END"""
_CLOSED_TYPES = """
SELECT n.nspname::text, t.typname::text
FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND t.typcategory <> 'A'
  AND NOT pg_catalog.has_type_privilege(t.oid, 'USAGE')"""
_SET_SINCE = 160000


class Need(NamedTuple):
    """One right that a statement needs; what is not there yet needs none."""

    what: str
    schema: str
    name: str
    more: str  # the privilege, or of a table the column that is referred to

    def __str__(self) -> str:
        """Say it as GRANT does."""
        match self.what:
            case "database":
                return f"{self.more} on the database"
            case "schema":
                return f"{self.more} on schema {ident(self.schema)}"
            case "table":
                return f"REFERENCES on {qualified(self.schema, self.name)}({ident(self.more)})"
            case "role":
                option = {"SET": " (with SET)", "USAGE": " (with INHERIT)"}.get(self.more, "")
                return f"membership in {ident(self.name)}{option}"
            case "owner":
                return f"for {ident(self.name)}: {self.more} on schema {ident(self.schema)}"
            case _:
                return f"{self.more} on {self.what} {qualified(self.schema, self.name)}"


def lacking(plan: Plan, live: Catalog, here: Live) -> list[Diagnostic]:
    """Say which rights the plan needs and whoever applies it has not."""
    changes: dict[Identity, Change] = {c.identity: c for c in (*plan.changes, *plan.rebuilt)}
    operations = list(plan.operations())
    if any(c.identity.kind == "role" for c in plan.changes):
        # It may be what makes us a member, so nothing is asked but whether it may be done itself.
        found = denied((), operations, here.connection, live)
    else:
        found = [*_lacking(plan, changes, live, here), *_closed_types(changes, here)]
        found += denied(changes.values(), operations, here.connection, live)
    if not found:
        return []
    return [
        Diagnostic(
            code="SD517",
            message="the plan needs rights that the role does not have: "
            f"{listed(found, '; ')}; nothing was changed",
            hint="have them granted, or apply as a role that has them",
        )
    ]


def _lacking(
    plan: Plan, changes: dict[Identity, Change], live: Catalog, here: Live
) -> Iterator[str]:
    """Say the rights on schemas, tables, routines and roles that are missing."""
    given = set(_given(plan))
    version = here.connection.info.server_version
    needs = dict.fromkeys(
        need
        for op in plan.operations()
        for need in _needs(op, changes.get(op.target), live, version)
        if need.schema not in given
    )
    columns = [[need[n] for need in needs] for n in range(len(Need._fields))]
    lacks = {Need(*row) for row in here.connection.execute(_LACKING, columns).fetchall()}
    yield from (str(need) for need in needs if need in lacks)


def _given(plan: Plan) -> Iterator[str]:
    """Name the schemas on which the plan itself gives rights, and "" for the database."""
    for change in plan.changes:
        match change.identity.kind, change.identity.path:
            case "grant", (name, "schema", _):
                yield name
            case "owner", (name, "schema"):
                yield name
            case "grant", (*_, "database", _):
                yield ""
            case _:
                pass


def _needs(op: Operation, change: Change | None, live: Catalog, version: int) -> Iterator[Need]:
    """Give what one statement needs."""
    if op.target.kind == "default_privilege":
        yield Need("role", "", op.target.name, "USAGE" if version >= _SET_SINCE else "MEMBER")
        return
    if change is None or isinstance(change, Drop):
        return
    new = change.new
    made = op.verb in (Verb.CREATE, Verb.RENAME)
    if op.makes:
        yield Need("schema", op.target.path[0], "", "CREATE")
    match new.identity.kind:
        case "schema" | "publication" if made:
            yield Need("database", "", "", "CREATE")
        case "foreign_key" if op.verb is Verb.CREATE:
            home, table = said_of(new, "target", live) or ("", "")
            yield Need("schema", home, "", "USAGE")
            if Identity("table", (home, table)) in live:
                columns = said_of(new, "target_columns", live) or ()
                yield from (Need("table", home, table, column) for column in columns)
        case "trigger" if op.verb is Verb.CREATE:
            home, name = said_of(new, "function", live) or ("", "")
            if Identity("function", (home, name, "")) in live:
                yield Need("routine", home, name, "EXECUTE")
        case "owner":
            yield from _to_own(new, live, version)


def _to_own(owner: DbObject, live: Catalog, version: int) -> Iterator[Need]:
    """A new owner is one whom we may become; it has to be able to make such a thing itself."""
    role = str(value_of(owner, "role"))
    yield Need("role", "", role, "SET" if version >= _SET_SINCE else "MEMBER")
    above = live.get(owner.parent) if owner.parent else None
    if above is not None and above.parent == Identity("schema", above.identity.path[:1]):
        yield Need("owner", above.identity.path[0], role, "CREATE")
    elif above is not None and above.identity.kind == "schema":
        yield Need("database", "", "", "CREATE")


def _closed_types(changes: dict[Identity, Change], here: Live) -> list[str]:
    """Name the types that new columns, arguments and the like are of and that we may not use."""
    closed = {qualified(*row) for row in here.connection.execute(_CLOSED_TYPES).fetchall()}
    if not closed:
        return []
    used = set()
    for change in changes.values():
        if isinstance(change, Create) or (isinstance(change, Alter) and "type" in change.changed):
            used |= {_ARRAY.sub("", text) for text in _types_of(change.new)}
    return [f"USAGE on type {name}" for name in sorted(used & closed)]


def _types_of(new: DbObject) -> Iterator[str]:
    """Give the types that an object is made of, as the server says them."""
    found = [value_of(new, name) for name in ("type", "returns", "subtype")]
    attributes = value_of(new, "attributes") or ()
    found += [a["type"] if isinstance(a, dict) else a.type for a in attributes]
    if new.identity.kind in OVERLOADED:
        found += new.identity.path[-1].split(", ")
    yield from (text.removeprefix("SETOF ") for text in found if isinstance(text, str))
