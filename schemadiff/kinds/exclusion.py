"""Exclusion constraints.

They are rare, so their elements are read from the server's own text. They cannot stand on a
temporary partitioned table: only a shadow database can say what an element means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from schemadiff.core.expression import UNCLOSED, check_expression
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, ScanFor
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.printed import printed
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, NamedSpec, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, lines
from schemadiff.kinds._clauses import parse_exclusion
from schemadiff.kinds._column.text import CUT
from schemadiff.kinds._constraint import (
    INCOMPLETE,
    OWN,
    ConstraintKind,
    as_printed,
    bare,
    child_path,
    deferring,
    deferring_yaml,
    names_sql,
    table_identity,
)
from schemadiff.kinds._index.column import (
    IndexColumn,
    combinations,
    keys_of_definition,
    parse_index_column,
)
from schemadiff.kinds._index.comment import comment_beside, comment_beside_yaml
from schemadiff.kinds._index.spec import index_name
from schemadiff.kinds._key.online import drop_late
from schemadiff.kinds._preflight import excluded
from schemadiff.kinds._proved import are_kept_apart
from schemadiff.kinds._storage import (
    Storage,
    Stored,
    read_storage,
    storage_field,
    storage_sql,
    storage_yaml,
    to_storage,
)


class ExclusionSpec(NamedSpec):
    """An exclusion constraint; `exclude using gist (room with =)` is the short form."""

    guesses: ClassVar = {"method": "using", "columns": "elements"}
    shorthands: ClassVar = ({"type": "string"},)

    using: Text = "gist"
    """The access method of the index."""
    elements: Texts
    """What must not all hold for two rows: `room with =`."""
    include: Texts = ()
    """Columns that the index carries along."""
    where: Sql | None = None
    """The condition of the rows that take part."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""
    with_: dict[Text, Text] = storage_field()
    """Storage parameters of the index, such as `fillfactor`."""
    tablespace: Text | None = None
    """The tablespace that its index lies in; absent is the database's own."""
    index_comment: Text | None = None
    """What COMMENT ON says about its index; `comment` is about the constraint."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept SQL's own words."""
        return parse_exclusion(value) if isinstance(value, str) else value


class Element(NamedTuple):
    """A key of the index and the operator that must not hold for all keys of two rows."""

    key: IndexColumn
    operator: str


@record(frozen=True, slots=True)
class Exclusion(DbObject):
    """An exclusion constraint; of a partitioned table it is `valid` when all partitions have it."""

    elements: tuple[Element, ...]
    method: str = "gist"
    include: tuple[str, ...] = ()
    where: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    storage: Storage = ()
    valid: bool = True

    @property
    def parent(self) -> Identity:
        """The table."""
        return table_identity(self.identity)


class ExclusionKind(Stored, ConstraintKind):
    """EXCLUDE."""

    scan_for = ScanFor.UNIQUE
    clash = "conflicts with another one by"
    name = "exclusion"
    evaluates = True
    order = 73
    present = "contype = 'x'"
    model = Exclusion
    section = "exclusions"
    spec = ExclusionSpec
    unnamed = True
    contype = "x"
    takes_relation = True
    shadow_only = True
    alters = frozenset({"storage"})
    replaces = frozenset(
        {"elements", "method", "include", "where", "deferrable", "initially_deferred", "valid"}
    )
    texts = frozenset({"elements", "where"})
    harmless = frozenset({"deferrable", "initially_deferred", "valid"})
    unready: ClassVar = {"valid": False}
    unfinished = INCOMPLETE

    def known_to_fit(self, obj: Exclusion, context: Context) -> bool:
        """One with fewer elements has kept the rows apart."""
        return are_kept_apart(obj, context)

    def waits(self, obj: Exclusion) -> bool:
        """Where it is deferred: its expressions are computed again."""
        return obj.initially_deferred

    def catalog_sql(self, version: int) -> str:
        """Read the constraints with the server's text of them."""
        return f"""
            SELECT con.oid, con.conrelid, con.conname, am.amname, x.indkey::int2[], x.indnkeyatts,
                   pg_get_constraintdef(con.oid), pg_get_expr(x.indpred, x.indrelid),
                   con.condeferrable, con.condeferred, ic.reloptions, x.indisvalid
            FROM pg_constraint con
            JOIN pg_class c ON c.oid = con.conrelid AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_index x ON x.indexrelid = con.conindid
            JOIN pg_class ic ON ic.oid = con.conindid
            JOIN pg_am am ON am.oid = ic.relam
            WHERE con.contype = 'x' AND {OWN} AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> Exclusion | None:
        """Make the constraint."""
        _, relation, name, method, numbers, count, text, where, *more = row
        deferrable, deferred, options, valid = more
        if not names.ours("pg_class", relation):
            return None
        there = names.relations[relation]
        return Exclusion(
            Identity("exclusion", (there.schema, there.name, name)),
            tuple(parse_element(e) for e in keys_of_definition(printed(text))),
            method,
            names.column_names(relation, numbers[count:]),
            bare(where) if where is not None else None,
            deferrable,
            deferred,
            read_storage(options),
            valid,
        )

    def expand(self, spec: ExclusionSpec, at: At) -> Iterable[Exclusion]:
        """Make the constraint; without a name it is table_columns_excl."""
        assert at.parent is not None
        elements: list[Element] = []
        for position, text in enumerate(spec.elements):
            element = _element(text, at, position)
            if element is None:
                return
            elements.append(element)
        if not elements:
            at.fail("SD057", "an exclusion needs an element", "elements: [room with =]", "elements")
            return
        keys = tuple(e.key for e in elements)
        table = at.parent.identity.name
        name = at.name or index_name(table, keys, spec.include, "excl", at)
        exclusion = Exclusion(
            Identity("exclusion", child_path(at, name)),
            tuple(elements),
            spec.using.lower(),
            spec.include,
            bare(at.expression(spec.where, "where")) if spec.where is not None else None,
            spec.deferrable or spec.initially_deferred,
            spec.initially_deferred,
            to_storage(spec.with_),
        )
        comment_beside(spec, exclusion, at)
        yield exclusion

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default."""
        assert isinstance(obj, Exclusion)
        value: dict[str, YamlValue] = {} if obj.method == "gist" else {"using": obj.method}
        value["elements"] = [f"{e.key.yaml()} with {e.operator}" for e in obj.elements]
        if obj.include:
            value["include"] = list(obj.include)
        if obj.where is not None:
            value["where"] = obj.where
        value |= deferring_yaml(obj)
        if obj.storage:
            value["with"] = storage_yaml(obj.storage)
        return value | comment_beside_yaml(nested)

    def clause(self, obj: Exclusion) -> str:
        """Write EXCLUDE USING … (…), with the storage, which pg_get_constraintdef() leaves out."""
        return self._clauses(obj, storage=obj.storage)[0]

    def spellings(self, obj: Exclusion) -> tuple[str, ...]:
        """The server has brackets of its own around expressions."""
        return self._clauses(obj, storage=())

    def _clauses(self, obj: Exclusion, *, storage: Storage) -> tuple[str, ...]:
        middle = lines(
            f"INCLUDE ({names_sql(obj.include)})" if obj.include else None,
            f"WITH ({storage_sql(storage)})" if storage else None,
            separator=" ",
        )
        wheres: tuple[str | None, ...] = (None,)
        if obj.where is not None:
            # pg_get_constraintdef() puts brackets around the predicate and its own.
            where = as_printed(obj.where)
            wheres = (f"WHERE (({where}))", f"WHERE ({where})")
        head = f"EXCLUDE USING {ident(obj.method)}"
        return tuple(
            lines(f"{head} ({comma(keys)})", middle, predicate, deferring(obj), separator=" ")
            for keys in combinations(
                [f"{key} WITH {e.operator}" for key in e.key.spellings()] for e in obj.elements
            )
            for predicate in wheres
        )

    def create(self, new: Exclusion, context: Context) -> Iterable[Operation]:
        """ADD CONSTRAINT apart from CREATE TABLE beside its equal, which would swallow it there."""
        second = _is_second(new, context)
        for each in super().create(new, context):
            yield replace(each, fold=None) if second else each

    def drop(self, old: Exclusion, context: Context) -> Iterable[Operation]:
        """DROP CONSTRAINT, when a key that takes its place is built."""
        yield from drop_late(super().drop(old, context), old, context)

    def questions(
        self, old: Exclusion | None, new: Exclusion | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that exclude each other."""
        if new is not None and (old is None or changed & self.replaces):
            elements = [(_key(e.key), e.operator) for e in new.elements]
            yield from excluded(new, elements, asking)


def _is_second(new: Exclusion, context: Context) -> bool:
    """Tell whether another exclusion of the table, one that comes first, is the same."""
    siblings = map(context.desired.get, context.desired.children.get(new.parent, ()))
    return any(
        isinstance(other, Exclusion)
        and other.identity < new.identity
        and replace(other, identity=new.identity, storage=new.storage) == new
        for other in siblings
    )


def _key(key: IndexColumn) -> str:
    text = key.text if key.is_expression else ident(key.text)
    return f"({text}) COLLATE {key.collation}" if key.collation else text


def parse_element(text: str) -> Element:
    """Split `key with operator`; raises ValueError with the reason."""
    found = code(text)
    places = [i for i, t in enumerate(found) if t.kind is Kind.IDENT and t.value == "with"]
    if not places or places[-1] in (0, len(found) - 1):
        raise ValueError("WITH and an operator are missing")
    place = places[-1]
    operator = text[found[place + 1].start :].strip()
    rest = [t.text.lower() if t.kind is Kind.IDENT else t.text for t in found[place + 1 :]]
    # One operator, or one with its schema: OPERATOR(public.=).
    named = rest[:2] == ["operator", "("] and rest[-1] == ")" and rest.count(")") == 1
    if not named and (len(rest) > 1 or found[place + 1].kind is not Kind.OPERATOR):
        raise ValueError(f"{operator!r} is no operator")
    return Element(parse_index_column(text[: found[place].start].strip()), operator)


def _element(text: str, at: At, position: int) -> Element | None:
    reason = check_expression(text)
    if reason is None:
        try:
            return parse_element(text)
        except (LexError, ValueError) as error:
            reason = str(error)
    hint = "write key with operator: room with =, tstzrange(a, b) with &&"
    hint = CUT if reason.startswith(UNCLOSED) else hint
    at.fail("SD057", f"{text!r} is not an element: {reason}", hint, "elements", position)
    return None
