"""Event triggers: CREATE EVENT TRIGGER (manual, 38).

They watch statements like our own, so they are made after everything else and dropped first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import OwnedSpec, Text, Texts
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._form import FormKind, routine
from schemadiff.kinds._trigger.faults import WithFunction

_EVENTS = ("ddl_command_start", "ddl_command_end", "table_rewrite", "sql_drop", "login")
_ENABLE = {
    "origin": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


_SILENT = ("disabled", "replica")


class EventTriggerSpec(OwnedSpec):
    """An event trigger."""

    event: Text
    """`ddl_command_start`, `ddl_command_end`, `table_rewrite`, `sql_drop` or `login`."""
    function: Text
    """The function that is called."""
    tags: Texts = ()
    """The commands for which it fires: `create table`; absent is all."""
    enabled: Text = "origin"
    """`origin`, `replica`, `always` or `disabled`."""


@record(frozen=True, slots=True)
class EventTrigger(DbObject):
    """An event trigger; tags in capitals and in order."""

    event: str
    function: str
    tags: tuple[str, ...] = ()
    enabled: str = "origin"


class EventTriggerKind(WithFunction, FormKind):
    """CREATE EVENT TRIGGER."""

    name = "event_trigger"
    hears = True
    order = 950
    model = EventTrigger
    classid = "pg_event_trigger"
    section = "event_triggers"
    spec = EventTriggerSpec
    attempt = f"CREATE EVENT TRIGGER {NOTHING} ON ddl_command_end EXECUTE FUNCTION {NOTHING}()"
    within = ("",)
    in_schema = False
    returns = "event_trigger"
    replaces = frozenset({"event", "function", "tags"})
    alters = frozenset({"enabled"})
    choices: ClassVar = {"event": _EVENTS, "enabled": tuple(_ENABLE)}
    words = comment_on = "EVENT TRIGGER"
    source = "pg_catalog.pg_event_trigger x"
    key = ("x.evtname",)
    unordered = frozenset({"tags"})
    facts: ClassVar = {
        "event": "x.evtevent",
        "function": routine("x.evtfoid"),
        "tags": "coalesce(x.evttags, '{}')",
        "enabled": "CASE x.evtenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled'"
        " WHEN 'R' THEN 'replica' ELSE 'always' END",
    }

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when it does not fire any more."""
        yield from super().hazards(old, new, changed, context)
        if old is None or old.enabled in _SILENT:
            return
        if new is None or new.enabled in _SILENT:
            text = f"Event trigger {old.identity.sql} does not fire any more for what clients do."
            yield hazard("rule-gone", old.identity, text)

    def expand(self, spec: EventTriggerSpec, at: At) -> Iterable[DbObject]:
        """Make the event trigger."""
        yield EventTrigger(
            Identity(self.name, (at.name or "",)),
            self.value("event", spec, at),
            qualified(*at.function(spec.function.removesuffix("()"), "function")),
            AnyOrder(t.upper() for t in spec.tags),
            self.value("enabled", spec, at),
        )

    def definition(self, new: EventTrigger, context: Context) -> str:
        """CREATE EVENT TRIGGER."""
        del context
        when = f" WHEN TAG IN ({comma(map(literal, new.tags))})" if new.tags else ""
        return (
            f"CREATE EVENT TRIGGER {new.identity.sql} ON {new.event}{when} "
            f"EXECUTE FUNCTION {new.function}()"
        )

    def calls(self, obj: Any) -> Iterable[tuple[str, str]]:
        """The function that it calls."""
        schema, name = parse_name(obj.function)
        return ((schema, name),)

    def create(self, new: EventTrigger, context: Context) -> Iterable[Operation]:
        """CREATE EVENT TRIGGER, then its state."""
        yield from super().create(new, context)
        if new.enabled != "origin":
            yield self._enable(new)

    def alter(
        self, old: EventTrigger, new: EventTrigger, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ENABLE, DISABLE."""
        del old, changed, context
        yield self._enable(new)

    def _enable(self, new: EventTrigger) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER EVENT TRIGGER {ident(new.identity.name)} {_ENABLE[new.enabled]}",
            guard=Guard(self.found(new.identity.path, self.others(new, ("enabled",)))),
            requires=frozenset({new.identity}),
            lock=self.lock,
            bound=False,
        )
