"""What must hold before anything runs, and after: hazards, the state planned for, the end."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.apply.settings import ApplySettings
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import ApplyError, HazardRefused, NotConverged
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Verb
from schemadiff.core.plan import Plan, change_verb
from schemadiff.core.record import replace

if TYPE_CHECKING:
    from psycopg import Connection

_SHOWN = 20  # of what is left


def refuse(plan: Plan, allowances: tuple[str, ...]) -> None:
    """Raise HazardRefused with one diagnostic per hazard that `allowances` does not cover."""
    refused = plan.refused(allowances)
    if not refused:
        return
    found = [
        Diagnostic(code=h.code, message=h.message, hint=f"allow it with {_shell(h.flag)}")
        for h in refused
    ]
    if any(h.loses_data for h in refused):
        found.append(
            Diagnostic(
                code="SD100",
                message="nothing was changed; --allow data-loss allows all that loses data, "
                "--allow data-loss:PATTERN what has such a name",
                severity=Severity.INFO,
            )
        )
    raise HazardRefused(*found)


def takes_changes(connection: Connection[Any]) -> None:
    """Raise ApplyError where nothing can be written: a hot standby, a session that only reads."""
    row = connection.execute(
        "SELECT pg_catalog.pg_is_in_recovery(),"
        " pg_catalog.current_setting('transaction_read_only') = 'on'"
    ).fetchone()
    standby, read_only = row or (False, False)
    if standby:
        message = "this server is a standby: it repeats what its primary does, and takes no changes"
        hint = "apply to the primary; plan, drift and pull can be run here"
    elif read_only:
        message = "the session only reads: default_transaction_read_only is on"
        hint = "it is set in postgresql.conf, for the database or for the role: turn it off there"
    else:
        return
    raise ApplyError(Diagnostic(code="SD514", message=f"{message}; nothing was changed", hint=hint))


# Of what a plan alters; a trigger may also be made by who was given that.
_OTHERS = """
SELECT n.nspname || '.' || c.relname, pg_catalog.pg_get_userbyid(c.relowner)::text
FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::boolean[])
    AS wanted (schema, name, goes, guarded)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.name
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')  -- what has a name that no type of others has
  AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
  AND NOT (wanted.goes AND pg_catalog.pg_has_role(n.nspowner, 'USAGE'))
  AND NOT (wanted.guarded AND pg_catalog.has_table_privilege(c.oid, 'TRIGGER'))
GROUP BY 1, 2 ORDER BY 1"""
_RELATION = 2  # so many names a relation has


def permitted(connection: Connection[Any], plan: Plan, settings: ApplySettings) -> None:
    """Raise ApplyError for all that whoever applies the plan may not do, before anything is done.

    PostgreSQL looks at that statement by statement, and others may be committed by then.
    """
    found = [*_of_others(connection, plan)]
    found += settings.denied() if settings.denied is not None else ()
    if found:
        raise ApplyError(*found)


def _of_others(connection: Connection[Any], plan: Plan) -> Iterator[Diagnostic]:
    """Say which relations only their owner may alter."""
    wanted: set[tuple[str, str, bool, bool]] = set()
    for op in plan.operations():
        if op.lock >= LockMode.SHARE_UPDATE_EXCLUSIVE and len(op.target.path) >= _RELATION:
            goes = op.verb is Verb.DROP and len(op.target.path) == _RELATION
            guarded = op.verb is Verb.CREATE and op.lock is LockMode.SHARE_ROW_EXCLUSIVE
            wanted.add((op.target.path[0], op.target.path[1], goes, guarded))
    if not wanted:
        return
    columns = [list(each) for each in zip(*sorted(wanted), strict=True)]
    found = connection.execute(_OTHERS, columns).fetchall()
    if not found:
        return
    listed = ", ".join(f"{name} (of {owner})" for name, owner in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    yield Diagnostic(
        code="SD516",
        message=f"only its owner may change what the plan changes: {listed}{more}; "
        "nothing was changed",
        hint="apply as the owner, or as a role that is a member of it",
    )


def still_as_planned(settings: ApplySettings) -> None:
    """Raise ApplyError when what the plan touches is no longer what it was made for."""
    found = list(settings.changed()) if settings.changed is not None else []
    if not found:
        return
    if len(found) > _SHOWN:
        more = replace(found[0], message=f"and {len(found) - _SHOWN} more have changed")
        found = [*found[:_SHOWN], more]
    raise ApplyError(*found)


def not_converged(plan: Plan) -> None:
    """Raise NotConverged when `plan`, made after an apply, still holds something."""
    if plan.empty:
        return
    left = [f"{change_verb(c)} {c.identity}" for c in plan.changes]
    left = left or [f"{op.verb} {op.target}" for op in plan.operations()]
    more = [f"and {len(left) - _SHOWN} more"] if len(left) > _SHOWN else []
    listed = "".join(f"\n  - {each}" for each in [*left[:_SHOWN], *more])
    raise NotConverged(
        Diagnostic(
            code="SD509",
            message=f"everything was applied, and yet something is left to do:{listed}",
            hint="see it with schemadiff plan; when another apply does not help and nobody else "
            "changes the database, it is a bug of schemadiff",
        )
    )


def _shell(flag: str) -> str:
    option, _, value = flag.partition(" ")
    return f"{option} {shlex.quote(value)}"
