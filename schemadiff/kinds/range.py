"""Range types: CREATE TYPE … AS RANGE (manual, 8.17).

Nothing about one can be altered: columns move to a new type by the text of their values. Its
multirange type and the functions that make values belong to it and are renamed apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import GrantedSpec, Text
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._form import FormKind, in_schema, named, routine
from schemadiff.kinds._moving import holders, moved, renamed_away
from schemadiff.kinds._range_values import RangeValues, usual_multirange
from schemadiff.kinds._type_preflight import of_bounds
from schemadiff.kinds._types import type_where


class RangeSpec(GrantedSpec):
    """A range type; its subtype alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    subtype: Text
    """The type of the bounds."""
    subtype_opclass: Text | None = None
    """The operator class that orders them; absent is the default."""
    collation: Text | None = None
    """The collation; absent is that of the subtype."""
    canonical: Text | None = None
    """The function that brings a range into its canonical form."""
    subtype_diff: Text | None = None
    """The function that gives the distance of two values."""
    multirange: Text | None = None
    """The name of the multirange type; absent is the server's choice."""
    multirange_schema: Text | None = None
    """The schema of the multirange type; absent is that of the range."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the subtype."""
        return {"subtype": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Range(DbObject):
    """A range type; None where PostgreSQL chooses for itself (operator class, collation)."""

    subtype: str
    subtype_opclass: str | None = None
    collation: str | None = None
    canonical: str | None = None
    subtype_diff: str | None = None
    multirange: str = ""
    multirange_schema: str | None = None

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The other schema."""
        if self.multirange_schema:
            yield Identity("schema", (self.multirange_schema,))

    @property
    def multirange_path(self) -> tuple[str, str]:
        """Schema and name of the multirange type."""
        return self.multirange_schema or self.identity.schema, self.multirange


class RangeKind(RangeValues, FormKind):
    """CREATE TYPE … AS RANGE."""

    name = "range"
    file = "types"
    order = 37
    present = "typtype = 'r'"
    model = Range
    classid = "pg_type"
    section = "ranges"
    spec = RangeSpec
    replaces = frozenset({"subtype", "subtype_opclass", "collation", "canonical", "subtype_diff"})
    alters = frozenset({"multirange", "multirange_schema"})
    texts = frozenset({"subtype", "subtype_opclass", "collation", "canonical", "subtype_diff"})
    functions = frozenset({"subtype_opclass", "canonical", "subtype_diff"})
    types = frozenset({"subtype"})
    attempts_all = True  # the functions that come with it are the bootstrap superuser's
    shadow_only = True
    moves_over = True
    spaces = frozenset({"type"})
    words = comment_on = "TYPE"
    key = ("n.nspname", "x.typname")
    source = (
        in_schema("pg_type", "typ")
        + " JOIN pg_catalog.pg_range r ON r.rngtypid = x.oid"
        + " JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc"
        + " JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype"
        + " JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid"
        + " JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace"
    )
    facts: ClassVar = {
        "subtype": "pg_catalog.format_type(r.rngsubtype, NULL)",
        "subtype_opclass": "CASE WHEN NOT o.opcdefault THEN "
        + named("pg_opclass", "opc", "o.oid")
        + " END",
        "collation": "CASE WHEN r.rngcollation <> s.typcollation THEN "
        + named("pg_collation", "coll", "r.rngcollation")
        + " END",
        "canonical": routine("r.rngcanonical"),
        "subtype_diff": routine("r.rngsubdiff"),
        "multirange": "m.typname",
        "multirange_schema": "CASE WHEN mn.nspname <> n.nspname THEN mn.nspname END",
    }

    def questions(
        self, old: Range | None, new: Range | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for ranges whose bounds are none of the new type."""
        if old is not None and new is not None and "subtype" in changed:
            found = [*holders(new.identity, asking.context.current)]
            yield from of_bounds(old, new, found, asking)

    def is_judged_otherwise(self, old: Range, new: Range) -> bool:
        """Bounds may be others, or compared otherwise."""
        return bool(changed_attributes(old, new) & self.replaces)

    def read(self, row: Row, names: Names) -> DbObject | None:
        """Make the range type."""
        return super().read(row, names)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Two names are taken among types."""
        assert isinstance(obj, Range)
        schema, name = obj.identity.path
        return (("type", schema, name), ("type", *obj.multirange_path))

    def types_beside(self, schema: str, name: str, spec: RangeSpec) -> Iterable[tuple[str, str]]:
        """Name the multirange type."""
        yield spec.multirange_schema or schema, spec.multirange or usual_multirange(name)

    def expand(self, spec: RangeSpec, at: At) -> Iterable[Range]:
        """Make the range type and choose the name of its multirange as PostgreSQL does."""
        name = at.name or ""
        yield Range(
            Identity("range", (at.schema, name)),
            at.type(spec.subtype, "subtype"),
            self.value("subtype_opclass", spec, at),
            at.collation(spec.collation, "collation") if spec.collation else None,
            self.value("canonical", spec, at),
            self.value("subtype_diff", spec, at),
            spec.multirange or usual_multirange(name),
            None if spec.multirange_schema == at.schema else spec.multirange_schema,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the subtype alone where there is nothing else."""
        assert isinstance(obj, Range)
        values = {**self.plain_yaml(obj, style), **nested}
        if obj.multirange == usual_multirange(obj.identity.name):
            del values["multirange"]
        return values["subtype"] if list(values) == ["subtype"] else values

    def definition(self, new: Range, context: Context) -> str:
        """CREATE TYPE … AS RANGE; names of functions stand there without arguments."""
        del context
        multirange = None
        if new.multirange_schema or new.multirange != usual_multirange(new.identity.name):
            multirange = qualified(*new.multirange_path)
        options = {
            "SUBTYPE": new.subtype,
            "SUBTYPE_OPCLASS": new.subtype_opclass,
            "COLLATION": new.collation,
            "CANONICAL": new.canonical,
            "SUBTYPE_DIFF": new.subtype_diff,
            "MULTIRANGE_TYPE_NAME": multirange,
        }
        given = comma(f"{k} = {v}" for k, v in options.items() if v is not None)
        return f"CREATE TYPE {new.identity.sql} AS RANGE ({given})"

    def forerunner(self, identity: Identity) -> Identity | None:
        """The shell, which is all that a canonical function asks for."""
        return Identity(self.name, (*identity.path, "shell"))

    def create(self, new: Range, context: Context) -> Iterable[Operation]:
        """The type; before one with a canonical function its shell (manual, CREATE TYPE)."""
        if new.canonical is None:
            yield from super().create(new, context)
            return
        first = self.forerunner(new.identity)
        assert first is not None
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE TYPE {new.identity.sql}",
            guard=Guard(f"NOT {type_where(new.identity.path, 'p')} AND NOT {self.exists(new)}"),
            requires=frozenset({new.parent}),
            provides=frozenset({first}),
            lock=LockMode.NONE,
            bound=False,
        )
        for op in super().create(new, context):
            yield replace(op, requires=op.requires | {first})

    def drop(self, old: Range, context: Context) -> Iterable[Operation]:
        """DROP TYPE, with the canonical function that cannot be without it."""
        for op in super().drop(old, context):
            yield op if old.canonical is None else replace(op, sql=f"{op.sql} CASCADE")

    def rename(self, old: Range, new: Range, context: Context) -> Iterable[Operation]:
        """SET SCHEMA, RENAME TO; the multirange type does not go to the other schema by itself."""
        yield from super().rename(old, new, context)
        for op in (*_multirange_follows(old, new), _makers_follow(new)):
            yield replace(op, verb=Verb.RENAME)

    def carried(self, old: Range, new: Range) -> Range | None:
        """Its multirange type, which others are of under that name."""
        there = new.multirange_path
        if old.multirange_path == there:
            return None
        return replace(old, multirange=there[1], multirange_schema=new.multirange_schema)

    def alter(
        self, old: Range, new: Range, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Move and rename the multirange type."""
        del changed, context
        yield from _multirange_follows(old, new)
        yield _makers_follow(new)

    def homes(self, obj: Range) -> Iterable[Identity]:
        """The other schema, to which its multirange may go."""
        return obj.refers

    def stays_put(self, old: Range, new: Range) -> bool:
        """A canonical function needs the type under its name, and the type needs that."""
        return bool(old.canonical or new.canonical)

    def put_away(
        self, old: Range, new: Range, away: Identity, context: Context
    ) -> Iterable[Operation]:
        """Rename the type, its multirange, and the functions whose names would be taken."""
        (schema, _), multirange = old.multirange_path, usual_multirange(away.name)
        yield renamed_away("TYPE", old, away)
        before = qualified(*old.multirange_path)
        yield Operation(
            verb=Verb.ALTER,
            target=old.identity,
            sql=f"ALTER TYPE {before} RENAME TO {ident(multirange)}",
            guard=Guard(_is_multirange(away.sql, before)),
            lock=LockMode.NONE,
        )
        maker = qualified(old.identity.schema, old.multirange)  # which is where the range is
        yield _renamed_maker(old, f"{maker}()", multirange, qualified(schema, multirange))
        if moved(old.subtype, context) is None and old.subtype == new.subtype:
            bounds = f"{old.subtype}, {old.subtype}"
            for arguments in (bounds, f"{bounds}, text"):
                yield _renamed_maker(old, f"{old.identity.sql}({arguments})", away.name, away.sql)


def _multirange_follows(old: Range, new: Range) -> Iterator[Operation]:
    (schema, name), (home, called) = old.multirange_path, new.multirange_path
    if schema != home:
        yield _of_multirange(new, (schema, name), f"SET SCHEMA {ident(home)}")
    if name != called:
        yield _of_multirange(new, (home, name), f"RENAME TO {ident(called)}")


def _of_multirange(new: Range, path: tuple[str, str], action: str) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"ALTER TYPE {qualified(*path)} {action}",
        guard=Guard(_is_multirange(new.identity.sql, qualified(*path))),
        lock=LockMode.NONE,
    )


def _is_multirange(range_: str, multirange: str) -> str:
    """Give the condition that a range type has this multirange type."""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_range WHERE "
        f"rngtypid = pg_catalog.to_regtype({literal(range_)}) "
        f"AND rngmultitypid = pg_catalog.to_regtype({literal(multirange)}))"
    )


def _makers_follow(new: Range) -> Operation:
    """Give the functions that came with the type its name and schema, which they do not follow.

    PostgreSQL makes them with the type (manual, CREATE TYPE, Range Types), those of the multirange
    too in the schema of the range, and leaves them behind when a type is renamed or moved: then the
    schema they are in cannot be dropped.
    """
    makers = f"""
        pg_catalog.pg_range r
        JOIN pg_catalog.pg_type w ON w.oid = r.rngtypid
        JOIN pg_catalog.pg_type t ON t.oid IN (r.rngtypid, r.rngmultitypid)
        JOIN pg_catalog.pg_proc p ON p.prorettype = t.oid
        WHERE r.rngtypid = pg_catalog.to_regtype({literal(new.identity.sql)})
        AND EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = p.oid
            AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'i'
            AND d.refobjid IN (r.rngtypid, r.rngmultitypid))
        AND (p.proname, p.pronamespace) <> (t.typname, w.typnamespace)"""
    body = f"""
DECLARE
    found record;
BEGIN
    FOR found IN SELECT p.oid, p.proname, p.pronamespace, t.typname, w.typnamespace FROM {makers}
    LOOP
        IF found.proname <> found.typname THEN
            EXECUTE format('ALTER FUNCTION %s RENAME TO %I', found.oid::regprocedure,
                found.typname);
        END IF;
        IF found.pronamespace <> found.typnamespace THEN
            EXECUTE format('ALTER FUNCTION %s SET SCHEMA %s', found.oid::regprocedure,
                found.typnamespace::regnamespace);
        END IF;
    END LOOP;
END
"""
    return Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"DO {dollar(body, 'makers')}",
        guard=Guard(f"EXISTS (SELECT 1 FROM {makers})"),
        lock=LockMode.NONE,
    )


def _renamed_maker(old: Range, signature: str, name: str, result: str) -> Operation:
    """Rename a function that came with the type, as long as it makes values of the old form."""
    condition = (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_proc WHERE "
        f"oid = pg_catalog.to_regprocedure({literal(signature)}) "
        f"AND prorettype = pg_catalog.to_regtype({literal(result)}))"
    )
    return Operation(
        verb=Verb.ALTER,
        target=old.identity,
        sql=f"ALTER FUNCTION {signature} RENAME TO {ident(name)}",
        guard=Guard(condition),
        lock=LockMode.NONE,
    )
