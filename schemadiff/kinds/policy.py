"""Row-level security policies: CREATE POLICY (manual).

ALTER POLICY can change an expression but not take it away, and neither the command nor whether it
is permissive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import SCALAR, Flag, NamedSpec, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._clauses import parse_policy
from schemadiff.kinds._hazards.common import policy_hazards

_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}
_SPECIAL = ("public", "current_user", "session_user", "current_role")


class PolicySpec(NamedSpec):
    """A policy; the expression of USING is the short form, or `for select to role using (…)`."""

    guesses: ClassVar = {
        "as": "permissive",
        "check": "with_check",
        "cmd": "command",
        "for": "command",
        "restrictive": "permissive: false",
        "to": "roles",
    }
    shorthands: ClassVar = (SCALAR,)

    command: Text = "all"
    """`all`, `select`, `insert`, `update` or `delete`."""
    permissive: Flag = True
    """`false` makes it restrictive."""
    roles: Texts = ("public",)
    """The roles to whom it applies."""
    using: Sql | None = None
    """The condition of the rows that can be seen."""
    with_check: Sql | None = None
    """The condition of the rows that can be written."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the expression of USING, or all that CREATE POLICY says."""
        if not isinstance(value, str):
            return value
        said = parse_policy(value)
        return {"using": value} if said is None else said


@record(frozen=True, slots=True)
class Policy(DbObject):
    """A policy; roles sorted, `public` where it is for everybody."""

    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    with_check: str | None = None

    @property
    def parent(self) -> Identity:
        """The table."""
        return Identity("table", self.identity.path[:2])

    @property
    def refers(self) -> Iterator[Identity]:
        """The roles, where roles are managed."""
        return (Identity("role", (each,)) for each in self.roles)


class PolicyKind(ObjectKind):
    """CREATE POLICY."""

    name = "policy"
    order = 92
    present = "true"
    model = Policy
    classid = "pg_policy"
    section = "policies"
    within = ("table",)
    spec = PolicySpec
    alters = frozenset({"roles", "using", "with_check"})
    replaces = frozenset({"command", "permissive"})
    texts = frozenset({"using", "with_check"})
    harmless = frozenset({"permissive", "roles"})
    comment_on = "POLICY"
    made_again = True

    def catalog_sql(self, version: int) -> str:
        """Read all policies."""
        del version
        return """
            SELECT p.oid, p.polrelid, p.polname, p.polcmd::text, p.polpermissive,
                   ARRAY(SELECT coalesce(r.rolname::text, 'public')
                         FROM unnest(p.polroles) u(role) LEFT JOIN pg_roles r ON r.oid = u.role),
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
            FROM pg_policy p
            JOIN pg_class c ON c.oid = p.polrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {namespaces}"""

    def read(self, row: Row, names: Names) -> Policy | None:
        """Make the policy."""
        if not names.ours("pg_class", row[1]):
            return None
        schema, table, _ = names.relations[row[1]]
        return Policy(
            Identity("policy", (schema, table, row[2])),
            _COMMANDS[row[3]],
            row[4],
            tuple(sorted(row[5])),
            row[6].strip() if row[6] else None,
            row[7].strip() if row[7] else None,
        )

    def expand(self, spec: PolicySpec, at: At) -> Iterable[Policy]:
        """Make the policy of the parent table."""
        assert at.parent is not None
        command = spec.command.lower()
        if command not in _COMMANDS.values():
            message = f"command of policy {at.name} cannot be {spec.command!r}"
            at.fail("SD089", message, f"command: {' | '.join(_COMMANDS.values())}", "command")
            return
        if any(r.lower() in _SPECIAL[1:] for r in spec.roles):
            message = f"policy {at.name} is for whoever runs the plan"
            at.fail("SD089", message, "name the role", "roles")
            return
        roles = {"public" if r.lower() == "public" else r for r in spec.roles}
        yield Policy(
            Identity("policy", (*at.parent.identity.path[:2], at.name or "")),
            command,
            spec.permissive,
            ("public",) if "public" in roles else tuple(sorted(roles)),
            at.expression(spec.using, "using") if spec.using is not None else None,
            at.expression(spec.with_check, "with_check") if spec.with_check is not None else None,
        )

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The roles, unless it is for everybody."""
        assert isinstance(obj, Policy)
        return (r for r in obj.roles if r != "public")

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default."""
        del style
        assert isinstance(obj, Policy)
        values: dict[str, YamlValue] = {}
        if obj.command != "all":
            values["command"] = obj.command
        if not obj.permissive:
            values["permissive"] = False
        if obj.roles != ("public",):
            values["roles"] = obj.roles[0] if len(obj.roles) == 1 else list(obj.roles)
        if obj.using is not None:
            values["using"] = obj.using
        if obj.with_check is not None:
            values["with_check"] = obj.with_check
        values |= nested
        return obj.using if list(values) == ["using"] else values

    def create(self, new: Policy, context: Context) -> Iterable[Operation]:
        """CREATE POLICY, which has no IF NOT EXISTS."""
        del context
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=_definition(new, _table(new)),
            guard=Guard(f"NOT {self.exists(new)}"),
        )

    def alter(
        self, old: Policy, new: Policy, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER POLICY."""
        del old, context
        using = new.using if "using" in changed else None
        check = new.with_check if "with_check" in changed else None
        sql = lines(
            f"ALTER POLICY {ident(new.identity.name)} ON {_table(new)}",
            f"TO {_roles(new)}" if "roles" in changed else None,
            f"USING ({using})" if using is not None else None,
            f"WITH CHECK ({check})" if check is not None else None,
            separator=" ",
        )
        yield Operation(verb=Verb.ALTER, target=new.identity, sql=sql)

    def must_replace(
        self, old: Policy, new: Policy, changed: frozenset[str], context: Context
    ) -> bool:
        """An expression cannot be taken away."""
        del context
        return (
            bool(changed & self.replaces)
            or (old.using is not None and new.using is None)
            or (old.with_check is not None and new.with_check is None)
        )

    def drop(self, old: Policy, context: Context) -> Iterable[Operation]:
        """DROP POLICY."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP POLICY IF EXISTS {ident(old.identity.name)} ON {_table(old)}",
            fold=Fold(old.parent, ""),
        )

    def hazards(
        self, old: Policy | None, new: Policy | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say whether more rows are seen without it, or fewer; or fewer with it."""
        del changed
        if (policy := old or new) is None:
            return
        name = f"{policy.identity.name} on {qualified(*policy.identity.path[:2])}"
        if new is None:
            effect = "fewer rows may be seen" if policy.permissive else "more rows may be seen"
            yield hazard("policy-drop", policy.identity, f"Policy {name} goes: {effect}.")
        elif old is None and not new.permissive:
            table = context.current.get(new.parent)
            if getattr(table, "row_security", False):
                text = f"Policy {name} hides rows that others allow."
                yield hazard("hides-rows", new.identity, text)
        elif old is None and _joins_others(new, context):
            text = f"Policy {name} lets rows pass that the others do not."
            yield hazard("policy-wider", new.identity, text)
        elif old is not None:
            yield from policy_hazards(old, new)

    def rename(self, old: Policy, new: Policy, context: Context) -> Iterable[Operation]:
        """ALTER POLICY … RENAME TO."""
        del context
        name, table = old.identity.name, _table(new)
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER POLICY {ident(name)} ON {table} RENAME TO {ident(new.identity.name)}",
            guard=Guard(_found(table, name)),
        )

    def exists(self, obj: Policy) -> str:
        """Ask pg_policy."""
        return _found(_table(obj), obj.identity.name)

    def differs(self, new: Policy) -> str:
        """Compare the command, the sort, and whether there are expressions that must go."""
        command = next(k for k, v in _COMMANDS.items() if v == new.command)
        parts = [f"polcmd <> {literal(command)}", f"polpermissive <> {str(new.permissive).lower()}"]
        if new.using is None:
            parts.append("polqual IS NOT NULL")
        if new.with_check is None:
            parts.append("polwithcheck IS NOT NULL")
        return _found(_table(new), new.identity.name, f" AND ({' OR '.join(parts)})")

    def comment_target(self, obj: Policy) -> str:
        """A policy is named on its table."""
        return f"POLICY {ident(obj.identity.name)} ON {_table(obj)}"

    def probe(self, obj: Policy, relation: str) -> str | None:
        """Put the policy on the temporary table."""
        if obj.using is None and obj.with_check is None:
            return None
        return _definition(obj, relation)


def _definition(policy: Policy, table: str) -> str:
    return lines(
        f"CREATE POLICY {ident(policy.identity.name)} ON {table}",
        None if policy.permissive else "AS RESTRICTIVE",
        f"FOR {policy.command.upper()}" if policy.command != "all" else None,
        f"TO {_roles(policy)}" if policy.roles != ("public",) else None,
        f"USING ({policy.using})" if policy.using is not None else None,
        f"WITH CHECK ({policy.with_check})" if policy.with_check is not None else None,
        separator=" ",
    )


def _roles(policy: Policy) -> str:
    return comma("PUBLIC" if r == "public" else ident(r) for r in policy.roles)


def _table(policy: Policy) -> str:
    return qualified(*policy.identity.path[:2])


def _found(table: str, name: str, condition: str = "") -> str:
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_policy "
        f"WHERE polrelid = to_regclass({literal(table)}) AND polname = {literal(name)}{condition})"
    )


def _joins_others(new: Policy, context: Context) -> bool:
    """Tell whether a table has policies already that let rows pass; one alone lets none more."""
    if not getattr(context.current.get(new.parent), "row_security", False):
        return False
    found = (context.current.objects[i] for i in context.current.children.get(new.parent, ()))
    return any(isinstance(o, Policy) and o.permissive for o in found)
