"""Rewrite rules on tables and views: CREATE RULE (manual, 41).

What `pg_get_ruledef` prints is taken apart at its words, for no other function of the server prints
a condition over OLD and NEW. The rule that makes a view a view is not one of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, NamedTuple

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lexer import Kind, Token, code
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.printed import printed
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, NamedSpec, Sql, Text, Texts
from schemadiff.core.sql import ident, lines, literal, qualified

_EVENTS = ("select", "update", "insert", "delete")
_ENABLED = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}
_ENABLE = {
    "origin": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}
_OWNERS = {"r": "table", "p": "table", "v": "view", "m": "materialized_view", "f": "foreign_table"}


class RuleSpec(NamedSpec):
    """A rule; without actions it does nothing."""

    event: Text
    """`select`, `insert`, `update` or `delete`."""
    where: Sql | None = None
    """The condition under which the rule applies."""
    instead: Flag = False
    """Whether it takes the place of the command."""
    actions: Texts = ()
    """The commands that are run; none is NOTHING."""
    enabled: Text = "origin"
    """`origin`, `replica`, `always` or `disabled`."""


@record(frozen=True, slots=True)
class Rule(DbObject):
    """A rule; `actions` are statements without their semicolons."""

    event: str
    where: str | None
    instead: bool
    actions: tuple[str, ...]
    enabled: str = "origin"
    owner: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The table or the view."""
        return Identity(self.owner, self.identity.path[:2])


class RuleKind(ObjectKind):
    """CREATE OR REPLACE RULE."""

    name = "rule"
    order = 91
    present = "rulename <> '_RETURN'"
    model = Rule
    classid = "pg_rewrite"
    section = "rules"
    within = ("table", "view")
    spec = RuleSpec
    alters = frozenset({"event", "where", "instead", "actions", "enabled"})
    texts = frozenset({"where", "actions"})
    harmless = frozenset({"instead", "enabled"})
    shadow_only = True
    comment_on = "RULE"
    made_again = True

    def hazards(
        self, old: Rule | None, new: Rule | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say that statements on what was there before do something else."""
        yield from super().hazards(old, new, changed, context)
        rule: Any = new or old
        if rule.parent not in context.current or rule.parent not in context.desired:
            return
        if all(each is None or each.enabled == "disabled" for each in (old, new)):
            return
        text = f"{rule.event.upper()} on {rule.parent.sql} does something else by {rule.identity}."
        yield hazard("statement-rule", rule.identity, text)

    def catalog_sql(self, version: int) -> str:
        """Read all rules but those that are the queries of views."""
        del version
        return """
            SELECT x.oid, c.oid, c.relkind::text, n.nspname, c.relname, x.rulename,
                   x.ev_type::text, x.is_instead, x.ev_enabled::text, pg_get_ruledef(x.oid)
            FROM pg_rewrite x
            JOIN pg_class c ON c.oid = x.ev_class
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE x.rulename <> '_RETURN' AND {namespaces}"""

    def read(self, row: Row, names: Names) -> Rule | None:
        """Make the rule."""
        _, relation, relkind, schema, table, name, event, instead, enabled, text = row
        if not names.ours("pg_class", relation):
            return None
        parts = _parts(printed(text))
        return Rule(
            Identity("rule", (schema, table, name)),
            _EVENTS[int(event) - 1],
            parts.where,
            instead,
            parts.actions,
            _ENABLED[enabled],
            _OWNERS[relkind],
        )

    def expand(self, spec: RuleSpec, at: At) -> Iterable[Rule]:
        """Make the rule of the parent."""
        assert at.parent is not None
        for key, allowed in (("event", _EVENTS[1:]), ("enabled", tuple(_ENABLE))):
            if getattr(spec, key).lower() not in allowed:
                message = f"{key} of rule {at.name} cannot be {getattr(spec, key)!r}"
                at.fail("SD098", message, f"{key}: {' | '.join(allowed)}", key)
                return
        yield Rule(
            Identity("rule", (*at.parent.identity.path[:2], at.name or "")),
            spec.event.lower(),
            at.expression(spec.where, "where") if spec.where is not None else None,
            spec.instead,
            tuple(
                at.clause(a.strip().removesuffix(";"), "actions", i)
                for i, a in enumerate(spec.actions)
            ),
            spec.enabled.lower(),
            at.parent.identity.kind,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default."""
        del style
        assert isinstance(obj, Rule)
        values: dict[str, YamlValue] = {"event": obj.event}
        if obj.where is not None:
            values["where"] = obj.where
        if obj.instead:
            values["instead"] = True
        if obj.actions:
            values["actions"] = obj.actions[0] if len(obj.actions) == 1 else list(obj.actions)
        if obj.enabled != "origin":
            values["enabled"] = obj.enabled
        return values | dict(nested)

    def create(self, new: Rule, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE RULE, then its state."""
        del context
        yield _write(Verb.CREATE, new)
        if new.enabled != "origin":
            yield self._enable(new)

    def alter(
        self, old: Rule, new: Rule, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE RULE, ALTER TABLE … ENABLE RULE."""
        del old, context
        if changed - {"enabled"}:
            yield _write(Verb.ALTER, new)
        if "enabled" in changed:
            yield self._enable(new)

    def _enable(self, new: Rule) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER TABLE {_table(new)} {_ENABLE[new.enabled]} RULE {ident(new.identity.name)}",
            requires=frozenset({new.identity}),
            bound=False,
        )

    def drop(self, old: Rule, context: Context) -> Iterable[Operation]:
        """DROP RULE."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP RULE IF EXISTS {ident(old.identity.name)} ON {_table(old)}",
            fold=Fold(old.parent, ""),
        )

    def rename(self, old: Rule, new: Rule, context: Context) -> Iterable[Operation]:
        """ALTER RULE … RENAME TO."""
        del context
        table, name = _table(new), old.identity.name
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER RULE {ident(name)} ON {table} RENAME TO {ident(new.identity.name)}",
            guard=Guard(_found(table, name)),
        )

    def exists(self, obj: Rule) -> str:
        """Ask pg_rewrite."""
        return _found(_table(obj), obj.identity.name)

    def comment_target(self, obj: Rule) -> str:
        """A rule is named on its table."""
        return f"RULE {ident(obj.identity.name)} ON {_table(obj)}"


class _Parts(NamedTuple):
    where: str | None
    actions: tuple[str, ...]


def _parts(text: str) -> _Parts:
    """Take apart `CREATE RULE … WHERE condition DO INSTEAD (action; action; );`."""
    found = code(text)
    depths = list(_depths(found))
    do = _word(found, depths, "do", 0)
    assert do is not None, text
    where = _word(found, depths, "where", 0)
    condition = None
    if where is not None and where < do:
        condition = text[found[where].end : found[do].start].strip()
    start = do + 1
    if found[start].value in ("instead", "also"):
        start += 1
    if found[start].value == "nothing":
        return _Parts(condition, ())
    # Several actions stand in brackets, and one that begins with one is in two of them.
    several = found[start].text == "(" and any(
        t.text == ";" and d == 1 for t, d in zip(found[start:], depths[start:], strict=True)
    )
    level = 1 if several else 0
    begin = found[start].end if several else found[start].start
    actions = []
    for token, depth in zip(found[start:], depths[start:], strict=True):
        if token.text == ";" and depth == level:
            actions.append(text[begin : token.start].strip())
            begin = token.end
    return _Parts(condition, tuple(a for a in actions if a))


def _depths(found: list[Token]) -> Iterable[int]:
    depth = 0
    for token in found:
        is_mark = token.kind is Kind.PUNCTUATION
        if is_mark and token.text == ")":
            depth -= 1
        yield depth
        if is_mark and token.text == "(":
            depth += 1


def _word(found: list[Token], depths: list[int], word: str, depth: int) -> int | None:
    for index, token in enumerate(found):
        if token.kind is Kind.IDENT and token.value == word and depths[index] == depth:
            return index
    return None


def _write(verb: Verb, new: Rule) -> Operation:
    actions = "NOTHING"
    if new.actions:
        actions = "; ".join(new.actions)
        if len(new.actions) > 1:
            actions = f"({actions})"
    sql = lines(
        f"CREATE OR REPLACE RULE {ident(new.identity.name)} AS ON {new.event.upper()} "
        f"TO {_table(new)}",
        f"WHERE {new.where}" if new.where is not None else None,
        f"DO {'INSTEAD' if new.instead else 'ALSO'} {actions}",
        separator=" ",
    )
    return Operation(verb=verb, target=new.identity, sql=sql)


def _table(rule: Rule) -> str:
    return qualified(*rule.identity.path[:2])


def _found(table: str, name: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite "
        f"WHERE ev_class = to_regclass({literal(table)}) AND rulename = {literal(name)})"
    )
