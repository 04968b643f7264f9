"""What the sequence of an identity column has of its own: persistence, a comment, grants.

There is an object only where there is something to say; the sequence itself comes and goes with
the column, and its owner with the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, GranteeSpec, SpecModel, Text
from schemadiff.core.sql import literal, qualified
from schemadiff.kinds._identity import make_room

_UNLOGGED_SINCE = 150000


class IdentitySequenceSpec(SpecModel):
    """What the sequence of an identity column has of its own."""

    shorthands: ClassVar = ()

    unlogged: Flag | None = None
    """Whether it is unlogged, where its table is not, or the other way round (PostgreSQL 15)."""
    comment: Text | None = None
    """What COMMENT ON says about it; absent means no comment."""
    grants: dict[Text, GranteeSpec] | None = None
    """Who may do what, by role (`public` is everybody); absent means as it is."""


@record(frozen=True, slots=True)
class IdentitySequence(DbObject):
    """The sequence of the identity column whose path is the object's own."""

    unlogged: bool | None = None
    sequence: tuple[str, str] = field(default=("", ""), compare=False)

    @property
    def parent(self) -> Identity:
        """The column."""
        return Identity("column", self.identity.path)


class IdentitySequenceKind(ObjectKind):
    """ALTER SEQUENCE, of an identity column."""

    name = "identity_sequence"
    order = 64
    present = "relkind = 'S'"
    model = IdentitySequence
    section = "identity_sequence"
    within = ("column",)
    single = True
    spec = IdentitySequenceSpec
    alters = harmless = frozenset({"unlogged"})
    since: ClassVar = {"unlogged": 15}
    comment_on = "SEQUENCE"

    def catalog_sql(self, version: int) -> str:
        """Read those that have something of their own."""
        unlogged = "NULL::boolean"
        if version >= _UNLOGGED_SINCE:
            unlogged = (
                "CASE WHEN s.relpersistence <> c.relpersistence THEN s.relpersistence = 'u' END"
            )
        return f"""
            SELECT s.oid, n.nspname, c.relname, a.attname, {unlogged}, sn.nspname, s.relname
            FROM pg_class s
            JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
                AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjsubid > 0
            JOIN pg_class c ON c.oid = d.refobjid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
            WHERE s.relkind = 'S' AND {{namespaces}}
              -- Nearly always none of these is so, and no sequence has to be looked at further.
              AND (s.relacl IS NOT NULL OR s.relpersistence = 'u'
                   OR (SELECT count(*) > 0 FROM pg_class u WHERE u.relpersistence = 'u')
                   OR s.oid IN (SELECT p.objoid FROM pg_description p
                                WHERE p.classoid = 'pg_class'::regclass))
              AND ({unlogged} IS NOT NULL OR s.relacl IS NOT NULL OR EXISTS (
                  SELECT 1 FROM pg_description p
                  WHERE p.classoid = 'pg_class'::regclass AND p.objoid = s.oid))"""

    def read(self, row: Row, names: Names) -> IdentitySequence | None:
        """Make the object."""
        del names
        _, schema, table, column, unlogged, *sequence = row
        identity = Identity(self.name, (schema, table, column))
        return IdentitySequence(identity, unlogged, (sequence[0], sequence[1]))

    def expand(self, spec: IdentitySequenceSpec, at: At) -> Iterable[IdentitySequence]:
        """Make the object of a column that is an identity."""
        assert at.parent is not None
        schema, table, column = at.parent.identity.path
        if getattr(at.parent, "identity_options", None) is None:
            message = f"column {column} is no identity, so it has no sequence of its own"
            at.fail("SD044", message, "declare the sequence under sequences, or add identity:")
            return
        named = getattr(at.parent, "identity_sequence", None)
        sequence = named or (schema, make_name(table, column, "seq"))
        yield IdentitySequence(
            Identity(self.name, at.parent.identity.path), spec.unlogged, sequence
        )

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Take the name from the server."""
        assert isinstance(raw, IdentitySequence)
        assert isinstance(current, IdentitySequence)
        return replace(raw, sequence=current.sequence)

    def implicit(self, identity: Identity, among: Catalog | None = None) -> DbObject | None:
        """Every identity column has one."""
        made = IdentitySequence(identity)
        if among is not None:
            column = among.get(made.parent)
            if getattr(column, "identity_options", None) is None:
                return None
        return made

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """A sequence that is there already is not made because it gets a comment or a grant."""
        told = [i for i in desired.of(self.name) if i not in current]
        gone = [i for i in current.of(self.name) if i not in desired]
        if not told and not gone:
            return make_room(current, desired)
        before, after = dict(current.objects), dict(desired.objects)
        for identity in gone:  # where this is the way back, files have said it without the name
            old = current.objects[identity]
            assert isinstance(old, IdentitySequence)
            sequence = getattr(current.get(old.parent), "identity_sequence", None)
            before[identity] = old = replace(old, sequence=sequence or old.sequence)
            if getattr(desired.get(old.parent), "identity_options", None) is not None:
                # It stays, so that its comment and grants do not go with it unsaid.
                after[identity] = replace(old, unlogged=None)
        for identity in told:
            new = desired.objects[identity]
            assert isinstance(new, IdentitySequence)
            column = current.get(new.parent)
            if (sequence := getattr(column, "identity_sequence", None)) is not None:
                after[identity] = replace(new, sequence=sequence)
                before[identity] = replace(new, sequence=sequence, unlogged=None)
        return make_room(replace(current, objects=before), replace(desired, objects=after))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what differs from the table; comment and grants stand beside it."""
        del nested, style
        assert isinstance(obj, IdentitySequence)
        return {} if obj.unlogged is None else {"unlogged": obj.unlogged}

    def create(self, new: IdentitySequence, context: Context) -> Iterable[Operation]:
        """SET LOGGED or UNLOGGED, where it is not as its table."""
        if new.unlogged is not None:
            yield from self._persist(Verb.CREATE, new, new.unlogged, context)

    def alter(
        self,
        old: IdentitySequence,
        new: IdentitySequence,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """SET LOGGED or UNLOGGED."""
        unlogged = new.unlogged
        if unlogged is None:
            unlogged = _of_table(new, context)
        yield from self._persist(Verb.ALTER, new, unlogged, context)

    def drop(self, old: IdentitySequence, context: Context) -> Iterable[Operation]:
        """Be again as the table is; nothing where the column goes."""
        if old.unlogged is not None:
            for op in self._persist(Verb.DROP, old, _of_table(old, context), context):
                yield replace(op, fold=Fold(old.parent, ""))

    def _persist(
        self, verb: Verb, obj: IdentitySequence, unlogged: object, context: Context
    ) -> Iterable[Operation]:
        if context.version < _UNLOGGED_SINCE:
            return
        words, code = ("UNLOGGED", "u") if unlogged else ("LOGGED", "p")
        name = qualified(*obj.sequence)
        yield Operation(
            verb=verb,
            target=obj.identity,
            sql=f"ALTER SEQUENCE {name} SET {words}",
            guard=Guard(
                "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
                f"to_regclass({literal(name)}) AND relpersistence <> {literal(code)})"
            ),
            rewrites=True,
        )

    def exists(self, obj: IdentitySequence) -> str:
        """Ask pg_class."""
        return f"to_regclass({literal(qualified(*obj.sequence))}) IS NOT NULL"

    def comment_target(self, obj: IdentitySequence) -> str:
        """Give the words and the name."""
        return f"SEQUENCE {qualified(*obj.sequence)}"


def _of_table(obj: IdentitySequence, context: Context) -> bool:
    table = Identity("table", obj.identity.path[:2])
    return bool(getattr(context.desired.get(table), "unlogged", False))
