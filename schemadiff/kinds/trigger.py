"""Triggers on tables and views: CREATE TRIGGER (manual).

A constraint trigger cannot be replaced in place; every other one can, and then it is enabled again
as if it were new. The condition has OLD and NEW in it, two relations at once, which only
`pg_get_triggerdef` can print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import LAST, is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._hazards.rules import trigger_hazards
from schemadiff.kinds._trigger.faults import WithEvents
from schemadiff.kinds._trigger.parts import CLONES_SQL, OnParts, Parts, said_again, state_of
from schemadiff.kinds._trigger.spec import (
    ENABLED,
    EVENTS,
    TIMINGS,
    TriggerSpec,
    condition_of,
    parse_call,
    written,
)

_ROW, _BEFORE, _INSTEAD = 1, 2, 64
_BITS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
_STATES = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}
_STATE = frozenset({"enabled", "enabled_on"})
_PARENTS = {"v": "view", "f": "foreign_table"}


@record(frozen=True, slots=True)
class Trigger(DbObject):
    """A trigger that nobody cloned from a partitioned table; events in the server's order."""

    timing: str
    events: tuple[str, ...]
    function: tuple[str, str]
    update_of: tuple[str, ...] = ()
    for_each: str = "statement"
    when: str | None = None
    arguments: tuple[str, ...] = ()
    old_table: str | None = None
    new_table: str | None = None
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    from_table: tuple[str, str] | None = None
    enabled: str = "origin"
    enabled_on: Parts = ()
    parent_kind: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The table or view."""
        return Identity(self.parent_kind, self.identity.path[:2])

    @property
    def refers(self) -> Iterator[Identity]:
        """The function, the columns of UPDATE OF, the other table."""
        yield Identity("function", (*self.function, ""))
        for column in self.update_of:
            yield Identity("column", (*self.identity.path[:2], column))
        if self.from_table:
            yield Identity("table", self.from_table)


class TriggerKind(OnParts, WithEvents):
    """CREATE TRIGGER."""

    name = "trigger"
    order = 90
    present = "NOT tgisinternal"
    model = Trigger
    classid = "pg_trigger"
    section = "triggers"
    within = ("table", "view", "foreign_table")
    spec = TriggerSpec
    alters = frozenset(
        """
        timing events function update_of for_each when arguments old_table new_table enabled
        enabled_on
        """.split()
    )
    replaces = frozenset({"constraint", "deferrable", "initially_deferred", "from_table"})
    texts = frozenset({"when"})
    harmless = frozenset({"enabled", "enabled_on"})
    comment_on = "TRIGGER"

    def waits(self, obj: Trigger) -> bool:
        """Where it is deferred."""
        return obj.initially_deferred

    def catalog_sql(self, version: int) -> str:
        """Read all triggers that somebody made."""
        del version
        return """
            SELECT t.oid, t.tgrelid, t.tgname, t.tgtype, t.tgattr::int2[],
                   fn.nspname, f.proname, t.tgargs, t.tgoldtable, t.tgnewtable,
                   t.tgconstraint <> 0, t.tgdeferrable, t.tginitdeferred,
                   rn.nspname, r.relname, t.tgenabled::text,
                   CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END,
                   clones.states
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_proc f ON f.oid = t.tgfoid
            JOIN pg_namespace fn ON fn.oid = f.pronamespace
            LEFT JOIN pg_class r ON r.oid = t.tgconstrrelid
            LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
            LEFT JOIN ({clones}) clones ON clones.root = t.oid
            WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND {namespaces}
            """.replace("{clones}", CLONES_SQL)

    def read(self, row: Row, names: Names) -> Trigger | None:
        """Make the trigger."""
        relation = row[1]
        if not names.ours("pg_class", relation) or is_temporary(row[2].removeprefix(LAST)):
            return None
        schema, table, relkind = names.relations[relation]
        type_ = row[3]
        timing = "before" if type_ & _BEFORE else "instead of" if type_ & _INSTEAD else "after"
        return Trigger(
            Identity("trigger", (schema, table, row[2])),
            timing,
            tuple(e for e in EVENTS if type_ & _BITS[e]),
            (row[5], row[6]),
            names.column_names(relation, row[4]) if row[4] else (),
            "row" if type_ & _ROW else "statement",
            condition_of(row[16]) if row[16] else None,
            tuple(a.decode("utf-8", "replace") for a in bytes(row[7]).split(b"\0")[:-1]),
            row[8],
            row[9],
            row[10],
            row[11],
            row[12],
            (row[13], row[14]) if row[14] else None,
            _STATES[row[15]],
            tuple((s, t, _STATES[state]) for s, t, state in row[17] or ()),
            _PARENTS.get(relkind, "table"),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A constraint trigger takes a name among the constraints of its table, too."""
        assert isinstance(obj, Trigger)
        schema, _, name = obj.identity.path
        return (("constraint", schema, name),) if obj.constraint else ()

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: TriggerSpec, at: At) -> Iterable[Trigger]:
        """Make the trigger of the parent."""
        assert at.parent is not None
        if not _is_known(spec, at):
            return
        function, arguments = spec.function, spec.arguments
        if "(" in function:
            try:
                function, listed = parse_call(function)
            except ValueError as error:
                at.fail("SD099", f"function of {at.name}: {error}", "function: name()", "function")
                return
            arguments = (*listed, *arguments)
        events = {e.strip().lower() for e in spec.events}
        tables = spec.referencing
        deferrable = spec.deferrable or spec.initially_deferred
        yield Trigger(
            Identity("trigger", (*at.parent.identity.path[:2], at.name or "")),
            " ".join(spec.timing.lower().split()),
            tuple(e for e in EVENTS if e in events),
            at.function(function, "function"),
            spec.update_of,
            spec.for_each.lower(),
            at.expression(spec.when, "when") if spec.when is not None else None,
            arguments,
            tables.old_table if tables else None,
            tables.new_table if tables else None,
            spec.constraint or deferrable or spec.from_table is not None,
            deferrable,
            spec.initially_deferred,
            at.relation(spec.from_table, "from_table") if spec.from_table else None,
            spec.enabled.lower(),
            tuple(
                (*at.relation(part, "enabled_on", part), state.lower())
                for part, state in spec.enabled_on.items()
            ),
            at.parent.identity.kind,
        )

    def calls(self, obj: Any) -> Iterable[tuple[str, str]]:
        """The function that it calls."""
        return (obj.function,)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write SQL's own words where they fit on a line."""
        assert isinstance(obj, Trigger)
        values: dict[str, YamlValue] = {"timing": obj.timing, "events": list(obj.events)}
        if obj.update_of:
            values["update_of"] = list(obj.update_of)
        if obj.for_each != "statement":
            values["for_each"] = obj.for_each
        if obj.when is not None:
            values["when"] = obj.when
        tables = {"old_table": obj.old_table, "new_table": obj.new_table}
        if given := {k: v for k, v in tables.items() if v is not None}:
            values["referencing"] = given
        for key in ("constraint", "deferrable", "initially_deferred"):
            if getattr(obj, key):
                values[key] = True
        if obj.from_table:
            values["from_table"] = style.relation(*obj.from_table)
        values["function"] = style.relation(*obj.function)
        if obj.arguments:
            values["arguments"] = list(obj.arguments)
        if obj.enabled != "origin":
            values["enabled"] = obj.enabled
        if obj.enabled_on:
            values["enabled_on"] = {style.relation(s, t): state for s, t, state in obj.enabled_on}
        return values | nested if nested else written(values)

    # --- DDL -------------------------------------------------------------------------------

    def hazards(
        self, old: Trigger | None, new: Trigger | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when it does not fire any more, or is the first to."""
        yield from super().hazards(old, new, changed, context)
        yield from trigger_hazards(old, new, context)

    def create(self, new: Trigger, context: Context) -> Iterable[Operation]:
        """CREATE TRIGGER, then its state where it is not the usual one."""
        guard = Guard(f"NOT {self.exists(new)}") if new.constraint else None
        yield _write(Verb.CREATE, new, guard)
        if new.enabled != "origin":
            yield _enable(new)
        yield from said_again(new, context.desired)

    def alter(
        self, old: Trigger, new: Trigger, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE TRIGGER, or the state alone."""
        if changed - _STATE:
            yield _write(Verb.ALTER, new, None)
            if new.enabled != "origin":
                yield _enable(new)
        elif old.enabled != new.enabled:
            yield _enable(new)
        yield from said_again(new, context.desired, old)

    def must_replace(
        self, old: Trigger, new: Trigger, changed: frozenset[str], context: Context
    ) -> bool:
        """A constraint trigger is only ever enabled and disabled in place."""
        del context
        return bool(changed & self.replaces) or (
            (old.constraint or new.constraint) and bool(changed - _STATE)
        )

    def drop(self, old: Trigger, context: Context) -> Iterable[Operation]:
        """DROP TRIGGER; where one of a whole table takes its place, not that one's clone."""
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP TRIGGER IF EXISTS {ident(old.identity.name)} ON {_table(old)}",
            guard=Guard(self.exists(old)) if self.comes_from_above(old, context.desired) else None,
            fold=Fold(old.parent, ""),
        )

    def rename(self, old: Trigger, new: Trigger, context: Context) -> Iterable[Operation]:
        """ALTER TRIGGER … RENAME TO."""
        del context
        name, table = old.identity.name, _table(new)
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER TRIGGER {ident(name)} ON {table} RENAME TO {ident(new.identity.name)}",
            guard=Guard(_found(table, name)),
        )

    def exists(self, obj: Trigger) -> str:
        """Ask pg_trigger."""
        return _found(_table(obj), obj.identity.name)

    def differs(self, new: Trigger) -> str:
        """Compare what pg_get_triggerdef prints."""
        # Which names the server puts in quotes depends on its version.
        text = literal(definition(new).replace('"', ""))
        condition = f" AND replace(pg_catalog.pg_get_triggerdef(oid), '\"', '') <> {text}"
        return _found(_table(new), new.identity.name, condition)

    def comment_target(self, obj: Trigger) -> str:
        """A trigger is named on its table."""
        return f"TRIGGER {ident(obj.identity.name)} ON {_table(obj)}"

    def probe(self, obj: Trigger, relation: str) -> str | None:
        """Put the trigger on the temporary table; a partitioned one has no transition tables."""
        if obj.when is None or obj.timing == "instead of" or obj.old_table or obj.new_table:
            return None
        return definition(obj, relation)


def definition(trigger: Trigger, relation: str | None = None, *, replace: bool = False) -> str:
    """Write CREATE TRIGGER exactly as `pg_get_triggerdef` does under an empty search_path."""
    events = [
        f"UPDATE OF {comma(map(ident, trigger.update_of))}"
        if event == "update" and trigger.update_of
        else event.upper()
        for event in trigger.events
    ]
    constraint = None
    if trigger.constraint:
        constraint = lines(
            f"FROM {qualified(*trigger.from_table)}" if trigger.from_table else None,
            "DEFERRABLE" if trigger.deferrable else "NOT DEFERRABLE",
            "INITIALLY DEFERRED" if trigger.initially_deferred else "INITIALLY IMMEDIATE",
            separator=" ",
        )
    schema, name = trigger.function
    function = ident(name) if schema == "pg_catalog" else qualified(schema, name)
    return lines(
        "CREATE OR REPLACE" if replace else "CREATE",
        "CONSTRAINT" if trigger.constraint else None,
        f"TRIGGER {ident(trigger.identity.name)} {trigger.timing.upper()}",
        " OR ".join(events),
        f"ON {relation or _table(trigger)}",
        constraint,
        "REFERENCING" if trigger.old_table or trigger.new_table else None,
        f"OLD TABLE AS {ident(trigger.old_table)}" if trigger.old_table else None,
        f"NEW TABLE AS {ident(trigger.new_table)}" if trigger.new_table else None,
        f"FOR EACH {trigger.for_each.upper()}",
        f"WHEN ({trigger.when})" if trigger.when is not None else None,
        f"EXECUTE FUNCTION {function}({comma(map(_quoted, trigger.arguments))})",
        separator=" ",
    )


def _quoted(argument: str) -> str:
    # As the server prints it: never with E, which standard_conforming_strings makes needless.
    return "'" + argument.replace("'", "''") + "'"


def _write(verb: Verb, new: Trigger, guard: Guard | None) -> Operation:
    return Operation(
        verb=verb,
        target=new.identity,
        sql=definition(new, replace=not new.constraint),
        guard=guard,
        lock=LockMode.SHARE_ROW_EXCLUSIVE,
    )


def _enable(new: Trigger) -> Operation:
    return state_of(new, new.identity.path[:2], new.enabled)  # type: ignore[arg-type]


def _table(trigger: Trigger) -> str:
    return qualified(*trigger.identity.path[:2])


def _found(table: str, name: str, condition: str = "") -> str:
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_trigger "
        f"WHERE tgrelid = to_regclass({literal(table)}) AND tgname = {literal(name)} "
        f"AND NOT tgisinternal AND tgparentid = 0{condition})"
    )


def _is_known(spec: TriggerSpec, at: At) -> bool:
    """Report words that are none of the known ones."""
    given = [
        ("timing", " ".join(spec.timing.lower().split()), TIMINGS),
        ("for_each", spec.for_each.lower(), ("row", "statement")),
        ("enabled", spec.enabled.lower(), ENABLED),
        *(("events", e.strip().lower(), EVENTS) for e in spec.events),
        *(("enabled_on", state.lower(), ENABLED) for state in spec.enabled_on.values()),
    ]
    wrong = [(key, value, known) for key, value, known in given if value not in known]
    for key, value, known in wrong:
        message = f"{key} of trigger {at.name} cannot be {value!r}"
        of_columns = key == "events" and value.startswith("update of ")
        way = "events: [update], update_of: [a, b]" if of_columns else f"{key}: {' | '.join(known)}"
        at.fail("SD098", message, way, key)
    if not spec.events:
        at.fail("SD099", f"trigger {at.name} has no events", "events: [insert]", "events")
    return bool(spec.events) and not wrong
