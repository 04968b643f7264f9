"""Enum types: CREATE TYPE … AS ENUM (manual, 8.7).

Labels can be added in any position and renamed in place; removing or reordering them takes a new
type, to which the rows that use it move by the texts of the labels. A label that was just added
cannot be used before it is committed, unless the type itself is as new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, ClassVar

from pydantic import Field

from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SCALAR, GrantedSpec, Text
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._column.preflight import of_keys
from schemadiff.kinds._hazards.common import label_hazards
from schemadiff.kinds._moving import element, holders, renamed_away
from schemadiff.kinds._type_preflight import held_labels
from schemadiff.kinds._types import rename_type, type_where

_LONGEST = 63  # NAMEDATALEN - 1


class EnumSpec(GrantedSpec):
    """An enum; a plain list stands for its labels."""

    guesses: ClassVar = {"values": "labels"}
    shorthands: ClassVar = ({"type": "array", "items": SCALAR},)

    labels: tuple[Text, ...]
    """The labels, in their order."""
    renamed_labels: dict[Text, Text] = Field(default={})
    """Renamed labels: `{new: old}`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept a list of labels."""
        return {"labels": value} if isinstance(value, list) else value


@record(frozen=True, slots=True)
class Enum(DbObject):
    """An enum type; `renamed_labels` maps a new label to the old one."""

    labels: tuple[str, ...]
    renamed_labels: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class EnumKind(ObjectKind):
    """CREATE TYPE … AS ENUM."""

    name = "enum"
    file = "types"
    order = 30
    present = "typtype = 'e'"
    model = Enum
    classid = "pg_type"
    section = "enums"
    within = ("", "schema")
    spec = EnumSpec
    alters = harmless = frozenset({"labels"})
    holds_data = True
    moves_over = True
    spaces = frozenset({"type"})
    comment_on = "TYPE"
    used_by_name = True

    def catalog_sql(self, version: int) -> str:
        """Read all enums with their labels in order."""
        del version
        return """
            SELECT t.oid, n.nspname, t.typname,
                   array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
                       FILTER (WHERE e.enumlabel IS NOT NULL)
            FROM pg_type t
            JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_enum e ON e.enumtypid = t.oid
            WHERE t.typtype = 'e' AND {namespaces}
            GROUP BY t.oid, n.nspname, t.typname"""

    def read(self, row: Row, names: Names) -> Enum | None:
        """Make the enum."""
        del names
        return Enum(Identity("enum", (row[1], row[2])), tuple(row[3] or ()))

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A type's name is taken among types."""
        return (("type", *obj.identity.path),)  # type: ignore[return-value]

    def expand(self, spec: EnumSpec, at: At) -> Iterable[Enum]:
        """Make the enum of its name."""
        if len(set(spec.labels)) < len(spec.labels):
            at.fail(
                "SD040", f"enum {at.name} has a label twice", "every label stands once", "labels"
            )
        for label in spec.labels:
            if len(label.encode()) > _LONGEST:
                hint = f"a label has at most {_LONGEST} bytes"
                at.fail("SD040", f"enum {at.name} cannot have the label {label!r}", hint, "labels")
        for label, before in spec.renamed_labels.items():
            if before in spec.labels:
                message = f"label {before} of {at.name} is renamed to {label} and still there"
                at.fail("SD040", message, "take one of the two away", "renamed_labels", label)
        yield Enum(
            Identity("enum", (at.schema, at.name or "")),
            spec.labels,
            tuple(spec.renamed_labels.items()),
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the list of labels, alone where there is nothing else."""
        del style
        assert isinstance(obj, Enum)
        return {"labels": list(obj.labels), **nested} if nested else list(obj.labels)

    def create(self, new: Enum, context: Context) -> Iterable[Operation]:
        """CREATE TYPE, which has no IF NOT EXISTS."""
        del context
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE TYPE {new.identity.sql} AS ENUM ({comma(map(literal, new.labels))})",
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=LockMode.NONE,
        )

    def drop(self, old: Enum, context: Context) -> Iterable[Operation]:
        """DROP TYPE."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP TYPE IF EXISTS {old.identity.sql}",
            lock=LockMode.NONE,
        )

    def alter(
        self, old: Enum, new: Enum, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Rename labels, then add labels each beside its neighbour."""
        del changed, context
        labels = list(old.labels)
        for label, before in new.renamed_labels:
            if before in labels and label not in labels:
                labels[labels.index(before)] = label
                yield self._rename_label(new, before, label)
        for position, label in enumerate(new.labels):
            if label in labels:
                continue
            if position == 0:
                where = f" BEFORE {literal(labels[0])}" if labels else ""
            else:
                where = f" AFTER {literal(new.labels[position - 1])}"
            labels.insert(position, label)
            added = f"ADD VALUE IF NOT EXISTS {literal(label)}{where}"
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER TYPE {new.identity.sql} {added}",
                provides=frozenset({new.identity}),
                lock=LockMode.NONE,
                transaction=Transaction.COMMIT_AFTER,
            )

    def stages(self, old: Enum | None, new: Enum, changed: frozenset[str]) -> Iterable[DbObject]:
        """Give the forms on the way: labels are renamed one by one, then added one by one."""
        del changed
        if old is None:
            return
        labels = list(old.labels)
        for label, before in new.renamed_labels:
            if before in labels and label not in labels:
                labels[labels.index(before)] = label
                yield replace(new, labels=tuple(labels))
        for position, label in enumerate(new.labels):
            if label not in labels:
                labels.insert(position, label)
                yield replace(new, labels=tuple(labels))

    def put_away(
        self, old: Enum, new: Enum, away: Identity, context: Context
    ) -> Iterable[Operation]:
        """See that no row holds a label that goes, rename the type, and then its labels."""
        gone = _gone(old, new)
        hazards: tuple[Hazard, ...] = ()
        if gone:
            yield from _checks(old, gone, context)
            message = (
                f"{old.identity.sql} loses {comma(map(literal, gone))}: refused while rows hold it."
            )
            if alike := _alike(gone, new.labels):
                message += f" If they are only called otherwise, say renamed_labels: {{{alike}}}."
            hazards = (data_loss("narrow-type", old.identity, message),)
        yield renamed_away("TYPE", old, away, hazards)
        for label, before in _pending(old, new):
            yield self._rename_label(replace(new, identity=away), before, label)

    def told_by_text(self, obj: DbObject) -> bool:
        """A label is a text."""
        del obj
        return True

    def told(self, old: Enum, new: Enum, value: str, type_: str, context: Context) -> str:
        """A label that is renamed is read by its new word."""
        del type_, context
        pending = [(literal(was), literal(word)) for word, was in _pending(old, new)]
        plain = f"{value}::text"
        words = "".join(f" WHEN {was} THEN {word}" for was, word in pending)
        return f"(CASE {plain}{words} ELSE {plain} END)" if words else plain

    def converted(self, old: Enum, new: Enum, value: str, type_: str, context: Context) -> str:
        """A label is known by its text."""
        del old, new, context
        return f"{value}::text{'[]' if element(type_)[1] else ''}::{type_}"

    def _rename_label(self, new: Enum, before: str, label: str) -> Operation:
        there = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_enum e "
            f"WHERE e.enumtypid = t.oid AND e.enumlabel = {literal(before)})"
        )
        condition = type_where(new.identity.path, "e", there)
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER TYPE {new.identity.sql} RENAME VALUE {literal(before)} TO {literal(label)}",
            guard=Guard(condition),
            provides=frozenset({new.identity}),
            lock=LockMode.NONE,
        )

    def hazards(
        self, old: Enum | None, new: Enum | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say what becomes of labels."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None:
            labels = label_hazards(new.identity, old.labels, new.labels, new.renamed_labels)
            yield from labels

    def questions(
        self, old: Enum | None, new: Enum | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that hold a label which goes."""
        if old is None or new is None or "labels" not in changed:
            return
        if gone := _gone(old, new):
            labels = comma(map(literal, gone))
            for identity in _staying(old, asking.context):
                column = asking.context.current.objects[identity]
                yield from held_labels(old, column, labels, asking)
        desired = asking.context.desired
        for identity in _staying(old, asking.context) if self.is_judged_otherwise(old, new) else ():
            yield from (q for q in of_keys(desired.objects[identity], asking) if q.unasked)

    def is_judged_otherwise(self, old: Enum, new: Enum) -> bool:
        """Labels in another order are compared by it."""
        before = dict(_pending(old, new))
        there = [n for n in (before.get(label, label) for label in new.labels) if n in old.labels]
        return there != [label for label in old.labels if label in there]

    def must_replace(self, old: Enum, new: Enum, changed: frozenset[str], context: Context) -> bool:
        """A label that is gone or out of order needs a new type."""
        del changed, context
        pending = [(n, o) for n, o in new.renamed_labels if n not in old.labels]
        renamed = {before: label for label, before in pending}
        kept = [renamed.get(label, label) for label in old.labels]
        return kept != [label for label in new.labels if label in kept]

    def rename(self, old: Enum, new: Enum, context: Context) -> Iterable[Operation]:
        """ALTER TYPE … SET SCHEMA, RENAME TO."""
        del context
        return rename_type("TYPE", "e", old.identity, new.identity)

    def differs(self, new: Enum) -> str:
        """Compare the labels in their order."""
        wanted = comma(map(literal, new.labels))
        labels = (
            "ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e "
            "WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)"
        )
        return type_where(new.identity.path, "e", f"{labels} <> ARRAY[{wanted}]::text[]")

    def exists(self, obj: Enum) -> str:
        """Ask pg_type."""
        return type_where(obj.identity.path, "e")


def _pending(old: Enum, new: Enum) -> list[tuple[str, str]]:
    """Give the renames (new, old) that have still to be done."""
    return [(n, o) for n, o in new.renamed_labels if o in old.labels and n not in old.labels]


def _alike(gone: Iterable[str], labels: Iterable[str]) -> str:
    """Pair labels that go with those that are spelled nearly so, as `renamed_labels` has them."""
    left = {letters: label for label in gone if (letters := _letters(label))}
    pairs = ((label, left.get(_letters(label), label)) for label in labels)
    return comma(f"{new}: {old}" for new, old in pairs if new != old)


def _letters(label: str) -> str:
    return "".join(filter(str.isalnum, label)).casefold()


def _gone(old: Enum, new: Enum) -> list[str]:
    renamed = {o: n for n, o in _pending(old, new)}
    return [x for x in old.labels if renamed.get(x, x) not in new.labels]


def _staying(old: Enum, context: Context) -> Iterable[Identity]:
    """Name the columns of a type that has the enum in it, before and after."""
    after = {*holders(old.identity, context.desired)}
    for identity in holders(old.identity, context.current):
        sides = (context.current.objects[identity], context.desired.get(identity))
        if identity in after and len({getattr(s, "type", "") for s in sides}) == 1:
            yield identity


def _holding(old: Enum, context: Context) -> Iterable[tuple[Any, bool]]:
    """Give the columns whose data follows the enum, and whether they hold arrays of it."""
    for identity in _staying(old, context):
        column = context.current.objects[identity]
        array = _depth(str(getattr(column, "type", "")), old, context)
        if array is None or not context.registry.of(column).carries(column, context):
            continue
        yield column, array


def _checks(old: Enum, gone: list[str], context: Context) -> Iterable[Operation]:
    """Say which table still has a row with which label; PostgreSQL itself names no table."""
    labels = comma(map(literal, gone))
    for column, array in _holding(old, context):
        identity = column.identity
        if column.parent in context.replaced:
            continue  # its rows are copied, and are not there
        name, table = ident(identity.name), qualified(*identity.path[:2])
        held = f"r.{name}::text[]" if array else f"ARRAY[r.{name}::text]"
        body = (
            f"DECLARE held text; BEGIN SELECT h.label INTO held FROM {table} AS r, "
            f"pg_catalog.unnest({held}) AS h(label) WHERE h.label IN ({labels}) LIMIT 1; "
            "IF held IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', "
            "MESSAGE = pg_catalog.format('rows of %s still hold the label %L of %s in column %s', "
            f"{literal(table)}, held, {literal(old.identity.sql)}, {literal(name)}), "
            "HINT = 'give these rows another label first'; END IF; END"
        )
        yield Operation(
            verb=Verb.ALTER,
            target=old.identity,
            sql=f"DO {dollar(body, 'check')}",
            lock=LockMode.ACCESS_SHARE,
            scans=True,
        )


def _depth(type_: str, old: Enum, context: Context) -> bool | None:
    """Tell whether a column has arrays of the enum, None where it has it inside of something."""
    inner, array = element(type_)
    domain = next(
        (o for i, o in context.current.objects.items() if i.kind == "domain" and i.sql == inner),
        None,
    )
    if domain is None:
        return array if inner == old.identity.sql else None
    below = _depth(str(getattr(domain, "type", "")), old, context)
    return None if below is None or (below and array) else below or array
