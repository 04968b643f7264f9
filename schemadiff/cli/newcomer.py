"""The first minute of somebody whose few files face a full database.

Without a scope the files speak for the whole database, so what they do not name is to be dropped:
right for a team that has adopted schemadiff, and a fright for one that is about to.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Create, Drop
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.plan import Plan

FEWEST = 3  # drops; fewer are seen at a glance
CODE = "SD230"


def warning(
    plan: Plan, current: Catalog, outside: Container[Identity], folder: str
) -> Diagnostic | None:
    """Say that a plan would drop most of what is in scope, and the two ways out; else None.

    Counted is what a person would count: tables, views, functions, not their parts.
    """
    dropped = [c.old for c in plan.changes if isinstance(c, Drop)]
    if len(dropped) < FEWEST:
        return None
    wholes = {i for i, o in current.objects.items() if _is_whole(o) and i not in outside}
    gone = {o.identity for o in dropped} & wholes
    if len(gone) < FEWEST or 2 * len(gone) <= len(wholes):
        return None
    return Diagnostic(
        code=CODE,
        message=f"{len(gone)} of the {len(wholes)} objects of this database are not named in "
        f"{folder}, and this plan drops them",
        hint="to adopt what is there, run `schemadiff pull` first; to manage only a part of it, "
        "write a `scope:` into schemadiff.yaml",
        severity=Severity.WARNING,
    )


def _is_whole(obj: DbObject) -> bool:
    """Tell whether an object lives in a schema, and not in a table."""
    above = obj.parent
    return above is not None and len(above.path) == 1


def dotted(plan: Plan, schemas: Iterable[str]) -> Iterator[Diagnostic]:
    """Warn of new objects whose names read like a schema and a name in it.

    A dot is allowed in a name, and most who write `app.users` mean the table `users` of `app`.
    """
    new = [c.new for c in plan.changes if isinstance(c, Create)]
    schemas = {*schemas, *(o.identity.name for o in new if o.identity.kind == "schema")}
    for obj in (o for o in new if o.parent is not None and o.parent.kind == "schema"):
        # Behind the name there may be the types of arguments.
        schema, dot, name = obj.identity.path[1].partition(".")
        if dot and name and schema in schemas:
            words = obj.identity.kind.replace("_", " ")
            yield Diagnostic(
                code="SD232",
                message=f"the {words} {obj.identity.sql} has a dot in its name",
                hint=f"if {name} in the schema {schema} is meant, write `{name}` in a file that"
                f" begins with `schema: {schema}`, or under `schemas: {{{schema}: …}}`",
                severity=Severity.WARNING,
            )


def idle_policies(plan: Plan, desired: Catalog) -> Iterator[Diagnostic]:
    """Warn of new policies of tables whose row level security is off: all rows are seen."""
    new = [c.new for c in plan.changes if isinstance(c, Create) and c.identity.kind == "policy"]
    tables = dict.fromkeys(o.parent for o in new if o.parent is not None)
    off = [t for t in tables if not getattr(desired.get(t), "row_security", True)]
    if off:
        yield Diagnostic(
            code="SD233",
            message="policies have no effect, for row level security is off: "
            + ", ".join(table.sql for table in off),
            hint="write `row_security: true` beside them",
            severity=Severity.WARNING,
        )
