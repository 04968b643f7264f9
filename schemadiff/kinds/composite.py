"""Composite types: CREATE TYPE … AS (manual, 8.16).

Attributes are altered one by one and new ones come last. PostgreSQL adds and drops attributes
under the columns of tables that use the type, and refuses to change the type of one: that takes a
new type, to which the columns move field by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.sql import LONGEST_NAME, ident, literal, qualified
from schemadiff.kinds._composite_fields import fields, losing, losses, pairs, renames, unless_null
from schemadiff.kinds._composite_spec import KEYS, CompositeSpec
from schemadiff.kinds._elements import convert_many
from schemadiff.kinds._fields_by_name import Fields, columns_by_name, keeps_places, recast
from schemadiff.kinds._moving import element, holders, renamed_away, said_alike
from schemadiff.kinds._shorthand import format_column
from schemadiff.kinds._table.anew_types import told_fields
from schemadiff.kinds._type_preflight import of_attributes
from schemadiff.kinds._types import rename_type, type_where


class Attribute(NamedTuple):
    """An attribute; `collation` is None where it is the type's own."""

    name: str
    type: str
    collation: str | None = None

    @property
    def sql(self) -> str:
        """Write the definition of the attribute."""
        collate = f" COLLATE {self.collation}" if self.collation else ""
        return f"{ident(self.name)} {self.type}{collate}"


@record(frozen=True, slots=True)
class Composite(DbObject):
    """A composite type; `renamed_attributes` maps a new name to the old one."""

    attributes: tuple[Attribute, ...]
    renamed_attributes: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class CompositeKind(Fields, ObjectKind):
    """CREATE TYPE … AS."""

    name = "composite"
    file = "types"
    order = 36
    present_in = "pg_class"
    present = "relkind = 'c'"
    model = Composite
    classid = "pg_type"
    section = "composites"
    within = ("", "schema")
    spec = CompositeSpec
    alters = frozenset({"attributes"})
    texts = frozenset({"attributes"})
    spaces = frozenset({"relation", "type"})
    holds_data = True
    moves_over = True
    comment_on = "TYPE"
    used_by_name = True

    def catalog_sql(self, version: int) -> str:
        """Read all composite types that are no table's row type, with their attributes."""
        del version
        return """
            SELECT t.oid, n.nspname, t.typname,
                   array_agg(ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod),
                                   CASE WHEN a.attcollation <> at.typcollation
                                        THEN cn.nspname::text END,
                                   CASE WHEN a.attcollation <> at.typcollation
                                        THEN co.collname::text END] ORDER BY a.attnum)
                       FILTER (WHERE a.attnum IS NOT NULL)
            FROM pg_type t
            JOIN pg_namespace n ON n.oid = t.typnamespace
            JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
            LEFT JOIN pg_attribute a
                ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_type at ON at.oid = a.atttypid
            LEFT JOIN pg_collation co ON co.oid = a.attcollation
            LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
            WHERE t.typtype = 'c' AND {namespaces}
            GROUP BY t.oid, n.nspname, t.typname"""

    def read(self, row: Row, names: Names) -> Composite | None:
        """Make the composite type."""
        del names
        _, schema, name, found = row
        attributes = tuple(Attribute(a, t, _collation(s, c)) for a, t, s, c in found or ())
        return Composite(Identity("composite", (schema, name)), attributes)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A composite type is a row of pg_class as well as of pg_type."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: CompositeSpec, at: At) -> Iterable[Composite]:
        """Make the type of its name."""
        for new, old in spec.renamed_attributes.items():
            if old in spec.attributes:
                message = f"attribute {old} of {at.name} is renamed to {new} and still there"
                hint = "take one of the two away"
                at.fail("SD046", message, hint, "renamed_attributes", new)
        for name in spec.attributes:
            if len(name.encode()) > LONGEST_NAME:
                message = f"the name {name} is longer than 63 bytes, PostgreSQL would cut it"
                at.fail("SD025", message, "shorten it (manual, 4.1.1)", "attributes", name)
        attributes = tuple(
            Attribute(
                name,
                at.type(each.type, "attributes", name),
                at.collation(each.collation, "attributes", name) if each.collation else None,
            )
            for name, each in spec.attributes.items()
        )
        renamed = tuple(spec.renamed_attributes.items())
        composite = Composite(
            Identity("composite", (at.schema, at.name or "")), attributes, renamed
        )
        yield composite
        for name, each in spec.attributes.items():
            if each.comment:
                at.child("comment", composite, name, each.comment, "attributes", name, "comment")

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the attributes, bare where no word of the long form is among them."""
        assert isinstance(obj, Composite)
        attributes: dict[str, Any] = {}
        comments = nested.pop("comment", {})
        for name, type_, collation in obj.attributes:
            more = {"collation": collation, "comment": comments.get(name)}
            given = {"type": style.type(type_), **{k: v for k, v in more.items() if v}}
            attributes[name] = format_column(given) or given
        if nested or not attributes or KEYS & attributes.keys():
            return {"attributes": attributes, **nested}
        return attributes

    def long_form(self, value: YamlValue) -> dict[str, YamlValue]:
        """Put bare attributes under their key."""
        assert isinstance(value, dict)
        return dict(value) if KEYS & value.keys() else {"attributes": value}

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Columns go from one composite type to another field by field."""
        return current, columns_by_name(current, desired)

    def create(self, new: Composite, context: Context) -> Iterable[Operation]:
        """CREATE TYPE, which has no IF NOT EXISTS."""
        del context
        inside = ",\n    ".join(a.sql for a in new.attributes)
        body = f"(\n    {inside}\n)" if inside else "()"
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE TYPE {new.identity.sql} AS {body}",
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=LockMode.NONE,
        )

    def drop(self, old: Composite, context: Context) -> Iterable[Operation]:
        """DROP TYPE."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP TYPE IF EXISTS {old.identity.sql}",
            lock=LockMode.NONE,
        )

    def alter(
        self, old: Composite, new: Composite, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Rename, drop, retype, then add attributes."""
        del changed
        before = {a.name: a for a in old.attributes}
        for name, former in renames(old, new):
            before[name] = before.pop(former)._replace(name=name)
            action = f"RENAME ATTRIBUTE {ident(former)} TO {ident(name)}"
            yield replace(_step(new, action, _attribute(new, former)), bound=False)
        wanted = {a.name: a for a in new.attributes}
        gone = [n for n in before if n not in wanted]
        retyped = [a for n, a in wanted.items() if n in before and before[n] != a]
        # What reads the type has to go before the first step that takes something away.
        destroys = frozenset({new.identity})
        for name in gone:
            action = f"DROP ATTRIBUTE IF EXISTS {ident(name)}"
            step = _step(new, action, _attribute(new, name), losing(old, name, context))
            yield replace(step, destroys=destroys)
            destroys = frozenset()
        for each in retyped:
            collate = f" COLLATE {each.collation}" if each.collation else ""
            action = f"ALTER ATTRIBUTE {ident(each.name)} TYPE {each.type}{collate}"
            step = _step(new, action, _attribute(new, each.name, _differs(each)))
            yield replace(step, destroys=destroys)
            destroys = frozenset()
        for each in new.attributes:
            if each.name not in before:
                action = f"ADD ATTRIBUTE {each.sql}"
                yield _step(new, action, f"NOT {_attribute(new, each.name)}")

    def questions(
        self, old: Composite | None, new: Composite | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for values whose attributes do not take their new types."""
        if old is not None and new is not None and "attributes" in changed:
            found = [*holders(new.identity, asking.context.current)]
            yield from of_attributes(old, new, pairs(old, new), found, asking)

    def must_replace(
        self, old: Composite, new: Composite, changed: frozenset[str], context: Context
    ) -> bool:
        """A new attribute can only come last, and the others keep their order."""
        del changed
        renamed = {former: name for name, former in renames(old, new)}
        there = [a._replace(name=renamed.get(a.name, a.name)) for a in old.attributes]
        wanted = {a.name: a for a in new.attributes}
        kept = [a.name for a in there if a.name in wanted]
        if kept != list(wanted)[: len(kept)]:
            return True
        retyped = any(a.name in wanted and a != wanted[a.name] for a in there)
        return retyped and any(c in context.desired for c in holders(old.identity, context.current))

    def put_away(
        self, old: Composite, new: Composite, away: Identity, context: Context
    ) -> Iterable[Operation]:
        """Rename the type; values of attributes that go are lost, and others may not fit."""
        yield renamed_away("TYPE", old, away, tuple(self.losses(old, new, context)))

    def converted(
        self, old: Composite, new: Composite, value: str, type_: str, context: Context
    ) -> str:
        """Convert field by field; the elements of an array by their text, or by a function."""
        if element(type_)[1]:
            if self.said_alike(old, new, context):
                return f"{value}::text[]::{type_}"
            return convert_many(value, context.put_away[old.identity])
        fields = []
        for each, was in pairs(old, new):
            if was is None:
                fields.append("NULL")
                continue
            fields.append(recast(f"({value}).{ident(was.name)}", was.type, each.type, context))
        return unless_null(value, f"ROW({', '.join(fields)})::{type_}")

    def losses(self, old: Composite, new: Composite, context: Context) -> Iterable[Hazard]:
        """Attributes that go, and those that take less."""
        return losses(old, new, context)

    def told(
        self, old: Composite, new: Composite, value: str, type_: str, context: Context
    ) -> str | None:
        """A row of the texts of its fields, in their new order."""
        del type_
        return told_fields(old, new, value, context)

    def opened(self, obj: Composite, source: str, type_: str) -> Iterable[tuple[str, str]]:
        """The attributes of what is not NULL."""
        del type_
        return fields(source, ((a.name, a.type) for a in obj.attributes))

    def said_alike(self, old: Composite, new: Composite, context: Context) -> bool:
        """Fields are known by their place alone."""
        return keeps_places(old, new, context) and all(
            said_alike(a.type, context) for a in old.attributes
        )

    def unsettles(
        self,
        old: Composite,
        new: Composite,
        changed: frozenset[str],
        dependent: DbObject,
        context: Context,
    ) -> bool:
        """A view may read an attribute that is dropped or retyped, as may what changes itself."""
        del changed
        kind = dependent.identity.kind
        if kind == "of_type":
            return True  # a typed table is untied while its type changes
        if kind not in ("view", "materialized_view") and not _reads_anew(dependent, context):
            return False
        renamed = {former: name for name, former in renames(old, new)}
        there = {a._replace(name=renamed.get(a.name, a.name)) for a in old.attributes}
        return not there <= set(new.attributes)

    def rename(self, old: Composite, new: Composite, context: Context) -> Iterable[Operation]:
        """ALTER TYPE … SET SCHEMA, RENAME TO."""
        del context
        return rename_type("TYPE", "c", old.identity, new.identity, _IS_COMPOSITE)

    def differs(self, new: Composite) -> str:
        """Compare the attributes in their order."""
        wanted = ", ".join(
            literal(" ".join(filter(None, (ident(a.name), a.type, a.collation))))
            for a in new.attributes
        )
        names = (
            "(SELECT pg_catalog.array_agg(pg_catalog.concat_ws(' ', "
            "pg_catalog.quote_ident(a.attname), "
            f"pg_catalog.format_type(a.atttypid, a.atttypmod), {_COLLATED}) ORDER BY a.attnum) "
            "FROM pg_catalog.pg_attribute a "
            "WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)"
        )
        condition = f"{names} IS DISTINCT FROM ARRAY[{wanted}]::text[]"
        return type_where(new.identity.path, "c", condition)

    def exists(self, obj: Composite) -> str:
        """Ask pg_type; a table's row type is none of ours."""
        return type_where(obj.identity.path, "c", _IS_COMPOSITE)


_COLLATED = (
    "(SELECT pg_catalog.concat_ws('.', pg_catalog.quote_ident("
    "nullif(cn.nspname, 'pg_catalog')), pg_catalog.quote_ident(co.collname)) "
    "FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace "
    "JOIN pg_catalog.pg_type ct ON ct.oid = a.atttypid "
    "WHERE co.oid = a.attcollation AND a.attcollation <> ct.typcollation)"
)
_IS_COMPOSITE = (
    "EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')"
)


def _reads_anew(dependent: DbObject, context: Context) -> bool:
    """Tell whether the server reads an object's text, and another one after the change.

    It may speak of an attribute that goes, and the new one may only be right without it.
    """
    kind, desired = context.registry.of(dependent), context.desired.get(dependent.identity)
    if desired is None or not kind.rebuildable(dependent, context):
        return False
    return any(getattr(dependent, text) != getattr(desired, text) for text in kind.texts)


def _step(
    new: Composite, action: str, condition: str, hazards: tuple[Hazard, ...] = ()
) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"ALTER TYPE {new.identity.sql} {action}",
        guard=Guard(condition),
        lock=LockMode.NONE,
        hazards=hazards,
    )


def _collation(schema: str | None, name: str | None) -> str | None:
    if schema is None or name is None:
        return None
    return ident(name) if schema == "pg_catalog" else qualified(schema, name)


def _attribute(composite: Composite, name: str, condition: str = "") -> str:
    more = f" AND {condition}" if condition else ""
    inner = (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid "
        f"AND a.attname = {literal(name)} AND NOT a.attisdropped{more})"
    )
    return type_where(composite.identity.path, "c", inner)


def _differs(attribute: Attribute) -> str:
    collation = "(SELECT b.typcollation FROM pg_catalog.pg_type b WHERE b.oid = a.atttypid)"
    if attribute.collation:
        collation = f"pg_catalog.to_regcollation({literal(attribute.collation)})"
    return (
        f"(pg_catalog.format_type(a.atttypid, a.atttypmod) <> {literal(attribute.type)} "
        f"OR a.attcollation IS DISTINCT FROM {collation})"
    )
