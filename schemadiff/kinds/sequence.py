"""Sequences that stand on their own; those of identity columns are a part of their column.

A sequence and its owner need each other in a circle (the column's default reads the sequence,
the sequence belongs to the column), so the ownership is an operation of its own, after both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._hazards.kept import Numbers
from schemadiff.kinds._identity import counts_anew, drop_after, followers, not_of_identity
from schemadiff.kinds._identity_options import check_counter
from schemadiff.kinds._sequence.bounds import (
    SequenceQuestions,
    apart,
    is_fresh,
    may_start_anew,
    options_apart,
)
from schemadiff.kinds._sequence.own import goes_with, is_left, is_of, own
from schemadiff.kinds._sequence.owner import WithOwner, of_serial
from schemadiff.kinds._sequence.spec import LIMITS, SequenceSpec, bounds

_UNLOGGED_SINCE = 150000
_READ = ("type", "start", "increment", "minimum", "maximum", "cache", "cycle", "unlogged")


@record(frozen=True, slots=True)
class Sequence(DbObject):
    """A sequence with all options filled in; `owner` is the path of a column.

    `follows` says that the YAML leaves the persistence to the table of the owner.
    """

    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 2**63 - 1
    cache: int = 1
    cycle: bool = False
    unlogged: bool = False
    owner: tuple[str, str, str] | None = None
    follows: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def beside(self) -> Identity | None:
        """The column that owns it: SET SCHEMA takes it along (manual, ALTER TABLE)."""
        return Identity("column", self.owner) if self.owner is not None else None


class SequenceKind(SequenceQuestions, Numbers, WithOwner):
    """CREATE SEQUENCE."""

    name = "sequence"
    order = 50
    present = "relkind = 'S'"
    model = Sequence
    since: ClassVar = {"unlogged": 15}
    section = "sequences"
    within = ("", "schema")
    spec = SequenceSpec
    alters = harmless = frozenset(
        {"type", "start", "increment", "minimum", "maximum", "cache", "cycle", "unlogged", "owner"}
    )
    spaces = frozenset({"relation"})
    renames_by_content = True
    holds_data = True
    comment_on = "SEQUENCE"
    used_by_name = True

    def known_by_content(self, obj: Sequence) -> bool:
        """Another sequence with the usual options is no renamed one, unless a column owns both."""
        return obj.owner is not None

    def catalog_sql(self, version: int) -> str:
        """Read all sequences that are not inside an identity column, with their owners."""
        del version
        return """
            SELECT c.oid, n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart,
                   s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
                   c.relpersistence = 'u', d.refobjid, d.refobjsubid
            FROM pg_sequence s
            JOIN pg_class c ON c.oid = s.seqrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_depend d
                ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
               AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
               AND d.deptype IN ('a', 'i')
            WHERE d.deptype IS DISTINCT FROM 'i' AND {namespaces}"""

    def read(self, row: Row, names: Names) -> Sequence | None:
        """Make the sequence; one that belongs to an extension's table is the extension's."""
        schema, name, relation, number = row[1], row[2], row[11], row[12]
        owner = None
        if is_temporary(name):
            return None
        if relation is not None:
            if not names.ours("pg_class", relation):
                return None
            table = names.relations[relation]
            owner = (table.schema, table.name, names.columns[relation][number])
        options = dict(zip(_READ, row[3:11], strict=True))
        return Sequence(Identity("sequence", (schema, name)), **options, owner=owner)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A sequence's name is taken among relations."""
        schema, name = obj.identity.path
        return (("relation", schema, name),)

    def expand(self, spec: SequenceSpec, at: At) -> Iterable[Sequence]:
        """Make the sequence with the defaults of its type and direction."""
        name = of_serial(spec, at) if at.name is None else at.name
        type_ = at.type(spec.type, "type")
        if type_ not in LIMITS:
            hint = "use smallint, integer or bigint"
            at.fail("SD047", f"a sequence cannot be of type {type_}", hint, "type")
            return
        owner = None
        if spec.owned_by is not None:
            owner = (*at.relation(spec.owned_by.table, "owned_by"), spec.owned_by.column)
            if owner[0] != at.schema:
                message = f"sequence {at.name} and its owner are in different schemas"
                at.fail("SD048", message, f"PostgreSQL wants both in {owner[0]}", "owned_by")
        low, high = bounds(type_, spec.increment)
        low = low if spec.minvalue is None else spec.minvalue
        high = high if spec.maxvalue is None else spec.maxvalue
        start = spec.start
        if start is None:
            start = low if spec.increment > 0 else high
        unlogged = spec.unlogged
        if unlogged is None and owner is not None:
            table = at.sibling(Identity("table", owner[:2]))
            unlogged = bool(getattr(table, "unlogged", False))
        made = Sequence(
            Identity("sequence", (at.schema, name)),
            type_,
            start,
            spec.increment,
            low,
            high,
            spec.cache,
            spec.cycle,
            bool(unlogged),
            owner,
            spec.unlogged is None and owner is not None,
        )
        check_counter(at, "SD047", type_, made)
        yield made

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave the persistence to the owner's table, which takes its sequences along."""
        assert isinstance(raw, Sequence)
        assert isinstance(current, Sequence)
        return replace(raw, unlogged=current.unlogged) if raw.follows else raw

    def says_more(self, obj: Any) -> bool:
        """The table it is left to may change, and take it along (manual, ALTER TABLE)."""
        return bool(obj.follows)

    def stands_with(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """A sequence stands with the table of its owner."""
        assert isinstance(obj, Sequence)
        return Identity("table", obj.owner[:2]) if obj.owner else None

    def absorbed_by(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """Name the column of which `serial` would make exactly this sequence and its default."""
        assert isinstance(obj, Sequence)
        if obj.owner is None or catalog.children.get(obj.identity):
            return None
        column = catalog.get(Identity("column", obj.owner))
        default = catalog.get(Identity("default", obj.owner))
        table = catalog.get(Identity("table", obj.owner[:2]))
        usual = Sequence(
            Identity("sequence", (obj.owner[0], make_name(obj.owner[1], obj.owner[2], "seq"))),
            obj.type,
            maximum=LIMITS[obj.type][1],
            unlogged=bool(getattr(table, "unlogged", False)),
            owner=obj.owner,
        )
        if obj != usual or column is None or default is None:
            return None
        expected = f"nextval({literal(qualified(*obj.identity.path))}::regclass)"
        if getattr(default, "expression", "") != expected:
            return None
        is_serial = getattr(column, "type", "") == obj.type and getattr(column, "not_null", False)
        return column.identity if is_serial else None

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the options that CREATE SEQUENCE would not fill in."""
        assert isinstance(obj, Sequence)
        low, high = bounds(obj.type, obj.increment)
        values: dict[str, YamlValue] = {
            "type": None if obj.type == "bigint" else obj.type,
            "start": None if obj.start == _first(obj) else obj.start,
            "increment": None if obj.increment == 1 else obj.increment,
            "minvalue": None if obj.minimum == low else obj.minimum,
            "maxvalue": None if obj.maximum == high else obj.maximum,
            "cache": None if obj.cache == 1 else obj.cache,
            "cycle": obj.cycle or None,
            "unlogged": obj.unlogged or None,
        }
        if obj.owner is not None:
            table = style.relation(*obj.owner[:2])
            values["owned_by"] = f"{table}.{ident(obj.owner[2])}"
        return {k: v for k, v in values.items() if v is not None} | nested

    def create(self, new: Sequence, context: Context) -> Iterable[Operation]:
        """CREATE SEQUENCE, and OWNED BY once the column is there."""
        unlogged = "UNLOGGED " if new.unlogged and context.version >= _UNLOGGED_SINCE else ""
        low, high = bounds(new.type, new.increment)
        usual = Sequence(new.identity, new.type, _first(new), 1, low, high)
        of_type = () if new.type == "bigint" else (f"AS {new.type}",)
        options = (*of_type, *options_apart(usual, new))
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=" ".join((f"CREATE {unlogged}SEQUENCE IF NOT EXISTS {new.identity.sql}", *options)),
            provides=frozenset({new.identity}),
            requires=frozenset({new.parent}),
            lock=LockMode.NONE,
            bound=False,
        )
        if new.owner is not None:
            yield from own(new.identity, new.owner, context)

    def lets_go(self, old: Sequence, cause: Identity) -> Sequence | None:
        """It belongs to nobody while its column, or the table of that, is made anew."""
        return replace(old, owner=None) if is_of(old.owner, cause) else None

    def rebuildable(self, obj: Sequence, context: Context) -> bool:
        """Another one goes on where it stands, for a column that is made anew."""
        return obj.owner is not None and counts_anew(Identity("column", obj.owner), context)

    def drop(self, old: Sequence, context: Context) -> Iterable[Operation]:
        """DROP SEQUENCE, unless the owner's column takes it along."""
        column, is_missed = goes_with(old, context)
        if columns := followers(old.identity, old.owner, context):
            yield from drop_after(old, columns, context)
            return
        message = f"The state of sequence {old.identity.sql} is lost."
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP SEQUENCE IF EXISTS {old.identity.sql}",
            guard=not_of_identity(old.identity, context),
            hazards=(data_loss("drop-sequence", old.identity, message),) if is_missed else (),
            fold=Fold(column, "") if column is not None else None,
        )

    def alter(
        self, old: Sequence, new: Sequence, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """One ALTER SEQUENCE for all options; persistence and owner apart."""
        if changed - {"unlogged", "owner"}:
            yield from _set(old, new)
        if "unlogged" in changed and context.version >= _UNLOGGED_SINCE:
            to, wanted = ("UNLOGGED", "u") if new.unlogged else ("LOGGED", "p")
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER SEQUENCE {new.identity.sql} SET {to}",
                guard=Guard(_where(new, f"c.relpersistence <> {literal(wanted)}")),
                rewrites=True,
            )
        if "owner" in changed:
            yield from _change_owner(old, new, context)

    def rename(self, old: Sequence, new: Sequence, context: Context) -> Iterable[Operation]:
        """ALTER SEQUENCE … SET SCHEMA, RENAME TO; an owned one moves with its table, afterwards."""
        del context
        schema, name = old.identity.path
        moved_along = frozenset({Identity("table", old.owner[:2])}) if old.owner else frozenset()
        if schema != new.identity.schema and not old.owner:
            yield Operation(
                verb=Verb.RENAME,
                target=new.identity,
                sql=f"ALTER SEQUENCE {old.identity.sql} SET SCHEMA {ident(new.identity.schema)}",
                guard=Guard(self.exists(old)),
            )
            schema = new.identity.schema
        if name != new.identity.name:
            before = Identity("sequence", (schema, name))
            there = self.exists(replace(old, identity=before))
            # An identity of a new table may have the old name by then, and is no object itself.
            once = f" AND NOT {self.exists(new)}" if old.owner else ""
            yield Operation(
                verb=Verb.RENAME,
                target=new.identity,
                sql=f"ALTER SEQUENCE {before.sql} RENAME TO {ident(new.identity.name)}",
                guard=Guard(f"{there}{once}"),
                releases=moved_along,
            )

    def exists(self, obj: Sequence) -> str:
        """Ask pg_class."""
        return _where(obj)


def _first(sequence: Sequence) -> int:
    return sequence.minimum if sequence.increment > 0 else sequence.maximum


def _set(old: Sequence, new: Sequence) -> Iterator[Operation]:
    options = list(options_apart(old, new))
    # A value outside of the new bounds is an error, and here it cannot lie inside.
    restarts = apart(old, new)
    hazards: tuple[Hazard, ...] = ()
    if restarts:
        options.append(f"RESTART WITH {new.start}")
        message = f"Sequence {new.identity.sql} starts again, at {new.start}."
        hazards = (data_loss("drop-sequence", new.identity, message),)
    wanted = " OR ".join(
        f"s.{column} <> {value}"
        for column, value in (
            ("seqtypid", f"{literal(new.type)}::pg_catalog.regtype"),
            ("seqstart", new.start),
            ("seqincrement", new.increment),
            ("seqmin", new.minimum),
            ("seqmax", new.maximum),
            ("seqcache", new.cache),
            ("seqcycle", str(new.cycle).lower()),
        )
    )
    differs = (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_sequence s WHERE s.seqrelid = c.oid AND ({wanted}))"
    )
    sets = Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=" ".join((f"ALTER SEQUENCE {new.identity.sql}", *options)),
        guard=Guard(_where(new, differs)),
        lock=LockMode.SHARE_ROW_EXCLUSIVE,
        hazards=hazards,
    )
    if may_start_anew(old, new):
        fresh = Guard(is_fresh(new.identity, old, new))
        why = "starts anew where it is to, since it never gave a number"
        yield replace(sets, sql=f"{sets.sql} RESTART WITH {new.start}", guard=fresh, why=why)
    yield sets


def _change_owner(old: Sequence, new: Sequence, context: Context) -> Iterator[Operation]:
    """Let go of the old owner before it may be dropped, and take the new one."""
    if old.owner is not None and is_left(old.owner, new.owner, context):
        owned = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid "
            "AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a' "
            f"AND d.refobjid = pg_catalog.to_regclass({literal(qualified(*old.owner[:2]))}))"
        )
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER SEQUENCE {new.identity.sql} OWNED BY NONE",
            guard=Guard(_where(new, owned)),
            releases=frozenset({Identity("column", old.owner)}),
            lock=LockMode.SHARE_ROW_EXCLUSIVE,
            bound=False,
        )
    if new.owner is not None:
        yield from own(new.identity, new.owner, context)


def _where(sequence: Sequence, condition: str = "") -> str:
    schema, name = map(literal, sequence.identity.path)
    more = f" AND {condition}" if condition else ""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname = {schema} AND c.relname = {name} AND c.relkind = 'S'{more})"
    )
