"""NOT NULL that a part of a table has by itself, where the table it is a part of takes nulls.

Only a column that comes from another table has such an object; of a column of one's own it is the
column's. Where the table above is NOT NULL it is what a part calls that, and says of it (18). The
surprising fact: before PostgreSQL 18, what is set on the table is set on its parts, and nothing
tells afterwards which of them had it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import replace
from schemadiff.core.spec_model import is_plain_name
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._bound_preflight import put_into
from schemadiff.kinds._column.alter import attribute, nullable
from schemadiff.kinds._column.nullable import let_go_one_by_one
from schemadiff.kinds._column.online import may_be_row, not_null_in_steps
from schemadiff.kinds._column.preflight import left_null, nulls
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._not_null import (
    NAMES_NOT_NULL,
    PART,
    NotNullSpec,
    alter_not_null,
    named,
    plain_not_null,
    read_not_null,
)
from schemadiff.kinds._not_null_apart import left_own, taken, with_apart
from schemadiff.kinds._part_names import (
    APART_SQL,
    BESIDE_SQL,
    COMMENTED_SQL,
    OWN_TOO_SQL,
    Sides,
    called_anew,
    called_from_above,
    can_be_kept,
    kept_from_above,
    key_of,
    named_after_key,
    renamed_apart,
    said_with_heir,
)
from schemadiff.kinds._part_not_null import PartNotNull, constraint_name, has_not_null, own_name
from schemadiff.kinds._table.anew import divided_into, goes_with
from schemadiff.kinds._table.heirs import lineage, parents, relation

_SAID = ("not_null_name", "not_null_valid", "not_null_no_inherit")


def _new_above(new: PartNotNull, context: Context) -> Any:
    """Give the column as a table above has it, where it comes there, or None."""
    *table, name = new.identity.path
    every = [Identity("column", (*path, name)) for path in lineage(context.desired, tuple(table))]
    if new.parent not in context.current or any(i in context.current for i in every):
        return None
    return next((context.desired.objects[i] for i in every if i in context.desired), None)


def _put_into(obj: Any, asking: Asking) -> Iterator[Question]:
    part = relation(asking.context.desired, obj.parent.path)
    whole = divided_into(part, asking.context)
    if whole is not None:
        question = put_into(part, whole, obj.identity.name, asking)
        yield replace(question, subject=obj.identity)


class PartNotNullKind(ObjectKind):
    """ALTER COLUMN … SET NOT NULL, of a part of a table."""

    name = "part_not_null"
    order = 63
    present = "relhassubclass"
    model = PartNotNull
    section = "not_null"
    within = ("table", FOREIGN)
    spec = NotNullSpec
    alters = harmless = frozenset(_SAID)
    since: ClassVar = dict.fromkeys(_SAID, 18)
    forgotten = frozenset({"not_null_name"})
    scan_for = ScanFor.VALIDATION
    comment_on = "CONSTRAINT"
    fleeting = True

    def questions(
        self,
        old: PartNotNull | None,
        new: PartNotNull | None,
        changed: frozenset[str],
        asking: Asking,
    ) -> Iterable[Question]:
        """Ask for NULLs."""
        told = old is None or "not_null_valid" in changed
        if new is None or not new.not_null_valid or new.of == FOREIGN:
            return
        put = [*_put_into(new, asking)]
        yield from put
        before: Any = asking.context.current.get(new.parent)
        stays = not put or (before is not None and not goes_with(before, asking.context))
        if told and stays:
            came = _new_above(new, asking.context)
            yield from nulls(new, asking) if came is None else left_null(came, asking, new)

    def asked_again(self, obj: Any, asking: Asking) -> Iterable[Question]:
        """The rows of a table that is divided anew go into another part, perhaps."""
        return _put_into(obj, asking) if obj.not_null_valid and obj.of != FOREIGN else ()

    def catalog_sql(self, version: int) -> str:
        """Read them, but for those that a key of the part or a table above makes."""
        inherited = """EXISTS (
            SELECT 1 FROM pg_inherits h
            JOIN pg_attribute b ON b.attrelid = h.inhparent AND b.attname = a.attname
            WHERE h.inhrelid = a.attrelid AND b.attnotnull)"""
        keyed = """EXISTS (
                SELECT 1 FROM pg_index k
                WHERE k.indrelid = a.attrelid AND k.indisprimary AND a.attnum = ANY (k.indkey))"""
        oid, join, said = "NULL::oid", "", "NULL::text[]"
        apart = own = own_too = alone = "false"
        if version >= NAMES_NOT_NULL:
            oid = "nn.oid"
            apart = f"({APART_SQL} OR {COMMENTED_SQL})"
            join = """JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n'
                AND nn.conkey[1] = a.attnum"""
            join += BESIDE_SQL
            own_too = f"({OWN_TOO_SQL} AND NOT {COMMENTED_SQL})"
            said = f"""CASE WHEN {APART_SQL} THEN ARRAY[nn.conname::text]
                WHEN nn.coninhcount = 0 OR {OWN_TOO_SQL}
                THEN ARRAY[nn.conname::text, nn.convalidated::text, nn.connoinherit::text,
                           'false'] END"""
            alone = "nn.coninhcount = 0"
            own = f"({alone} OR {OWN_TOO_SQL})"
        wanted = (
            f"({apart} OR {own})"
            if version >= NAMES_NOT_NULL
            else f"NOT {inherited} AND NOT {keyed}"
        )
        return f"""
            SELECT {oid}, a.attrelid, a.attnum, n.nspname, c.relname, c.relkind::text, a.attname,
                   {said}, {apart}, {alone} AND {keyed}, {own_too}
            FROM (SELECT inhrelid, min(inhparent) AS whole FROM pg_inherits GROUP BY 1) part
            JOIN pg_class c ON c.oid = part.inhrelid AND c.relkind IN ('r', 'p', 'f')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull
                AND NOT a.attislocal AND NOT a.attisdropped
                AND (a.attidentity = '' OR c.relispartition)
            {join}
            WHERE {{namespaces}} AND {wanted}"""

    def read(self, row: Row, names: Names) -> PartNotNull | None:
        """Make the object of a column that is the table's above."""
        _, part, _, schema, table, relkind, column, said, apart, keyed, own_too = row
        usual = keyed and said[0] == make_name(table, column, "not_null")
        if usual or not names.ours("pg_class", part):
            return None
        named = apart or own_too  # it is not the table's alone, and its name says so
        found = {"not_null_name": said and said[0]} if named else read_not_null(said, table, column)
        return PartNotNull(
            Identity(self.name, (schema, table, column)),
            **found,
            inherited=apart,
            own_too=own_too,
            of=FOREIGN if relkind == "f" else "table",
            names_not_null=names.version >= NAMES_NOT_NULL,
        )

    def address(self, row: Row) -> Address:
        """A constraint of its own since PostgreSQL 18."""
        return ("pg_constraint", row[0], 0) if row[0] else (self.name, row[1], row[2])

    def expand(self, spec: NotNullSpec, at: At) -> Iterable[PartNotNull]:
        """Make the object of the column's name."""
        assert at.parent is not None
        path = (*at.parent.identity.path, at.name or "")
        own = at.sibling(Identity("column", path)) is not None
        if own or not parents(at.parent):
            message = f"column {at.name} comes from no other table"
            at.fail("SD041", message, "say not null where the column is declared")
        elif not spec.enabled:
            message = f"column {at.name} is NOT NULL if the table says so, whatever its parts say"
            at.fail("SD041", message, "leave it out", "enabled")
        else:
            said = (spec.name, not spec.not_valid, spec.no_inherit)
            yield PartNotNull(Identity(self.name, path), *said, of=at.parent.identity.kind)

    def newer(self, obj: DbObject, version: int) -> Iterable[tuple[str, int]]:
        """The name is taken and forgotten."""
        return (found for found in super().newer(obj, version) if found[0] not in self.forgotten)

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave out what the server forgets, and leave checked what was checked."""
        assert isinstance(raw, PartNotNull)
        assert isinstance(current, PartNotNull)
        name = raw.not_null_name if current.names_not_null else None
        valid = raw.not_null_valid or current.not_null_valid
        return replace(raw, not_null_name=name, not_null_valid=valid)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write true, the name, or all there is to say."""
        del nested, style
        assert isinstance(obj, PartNotNull)
        given: dict[str, YamlValue] = {}
        if obj.not_null_name:
            given["name"] = obj.not_null_name
        if obj.not_null_no_inherit:
            given["no_inherit"] = True
        if not obj.not_null_valid:
            given["not_valid"] = True
        if given.keys() == {"name"} and is_plain_name(str(obj.not_null_name)):
            return obj.not_null_name
        return given or True

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Leave out what goes without saying, and give it to the columns of what stands alone."""
        left, made = _by_keys(current, desired), _by_keys(desired, current)
        said = {*current.of(self.name), *desired.of(self.name)}
        if not (said or left or made):
            return current, desired
        before, after = dict(current.objects), dict(desired.objects)
        for obj in left:
            kept: Any = after.get(obj.identity, obj)
            # What a key has made has the usual name, whatever it is to be called.
            before.setdefault(obj.identity, replace(kept, not_null_name=None))
        for obj in made:
            after.setdefault(obj.identity, before.get(obj.identity, obj))
        _standing_alone(before)
        _standing_alone(after)
        settled = Sides((current, desired), before, after).settled(said)
        for identity in said.union(*({o.identity} for o in (*left, *made))) - settled:
            wanted = _goes_without_saying(desired, current, identity)
            if wanted:
                after.pop(identity, None)
            if wanted or _goes_without_saying(current, desired, identity):
                before.pop(identity, None)
        return replace(current, objects=before), replace(desired, objects=after)

    def create(self, new: PartNotNull, context: Context) -> Iterable[Operation]:
        """SET NOT NULL, or the constraint with all it says, after the table above has changed."""
        if new.inherited:
            yield from called_from_above(new, context)
            yield from said_with_heir(new, context)
            return
        if context.version >= NAMES_NOT_NULL and (op := named_after_key(new, context)):
            yield op
            return
        above = frozenset(_above(context.desired, new.identity))
        if can_be_kept(new, context):
            yield from kept_from_above(new, context)
            return
        yield from called_anew(new, context)
        plain = plain_not_null(named(new, context))
        if new.of == FOREIGN:
            plain = replace(plain, scans=False)
        rows = any(may_be_row(i, context.desired) for i in above)
        in_steps = plain.scans and context.busy(new) and not rows
        for op in not_null_in_steps([(new, plain)]) if in_steps else (plain,):
            yield replace(op, requires=op.requires | above) if op.bound else op

    def alter(
        self, old: PartNotNull, new: PartNotNull, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Change name, NO INHERIT or validity."""
        if new.inherited and new.parent in context.replaced:
            return  # a part that is made anew has the names of its own from then on
        alter = renamed_apart(old, new, context) if new.inherited else None
        yield from alter or alter_not_null(old, new, changed, context)

    def drop(self, old: PartNotNull, context: Context) -> Iterable[Operation]:
        """DROP NOT NULL, unless the part goes."""
        if old.inherited or (old.own_too and key_of(context.desired, old.identity)):
            return
        one_by_one = let_go_one_by_one(old, context)
        for each in one_by_one[1:]:
            heirs = replace(nullable(each, "ONLY "), target=old.identity, verb=Verb.DROP)
            yield replace(heirs, fold=Fold(old.parent, ""))
        op = nullable(old, "ONLY " if one_by_one else "")
        if old.own_too:
            # It is the table's alone when the tables above have none any more.
            alone = has_not_null(old.parent.path, constraint_name(old), "coninhcount = 0")
            above = frozenset(_above(context.desired, old.identity)) | {old.parent}
            op = replace(op, guard=Guard(alone), requires=above, bound=False)
        yield replace(op, verb=Verb.DROP, fold=Fold(old.parent, ""))
        below = left_own(with_apart(old, context.current), context)
        for each in taken(old, below, context):
            yield replace(each, requires=frozenset({old.identity}), bound=False)

    def exists(self, obj: PartNotNull) -> str:
        """Ask for the constraint, which only PostgreSQL 18 has, or for the column."""
        if obj.names_not_null:
            return has_not_null(obj.identity.path[:2], constraint_name(obj))
        return attribute(obj, "attnotnull")

    def comment_target(self, obj: PartNotNull) -> str:
        """Give the words, the constraint and its table."""
        table = qualified(*obj.identity.path[:2])
        return f"CONSTRAINT {ident(constraint_name(obj))} ON {table}"


def _standing_alone(objects: dict[Identity, DbObject]) -> None:
    """Give what the columns of a part have to the columns that stand alone while it moves."""
    for identity, obj in list(objects.items()):
        column: Any = objects.get(Identity("column", identity.path))
        if isinstance(obj, PartNotNull) and column is not None:
            said = {name: getattr(obj, name) for name in _SAID}
            if not column.not_null:
                objects[column.identity] = replace(column, not_null=True, **said)
            elif obj.not_null_name is not None:
                objects[column.identity] = replace(column, not_null_name=own_name(obj))
            del objects[identity]
            said_of: Any = objects.pop(Identity("comment", (*identity.path, identity.kind)), None)
            if said_of is not None:
                moved = Identity("comment", (*identity.path, PART, "column"))
                objects.setdefault(moved, replace(said_of, identity=moved, column=PART))


def _by_keys(one: Catalog, other: Catalog) -> list[PartNotNull]:
    """Find what a primary key of a part, which only one side has, makes NOT NULL.

    It stays so when the key goes, and has to be so before a key takes over an index.
    """
    found = []
    for identity in one.of("primary_key"):
        if identity in other:
            continue
        key = one.objects[identity]
        table = relation(one, identity.path[:2])
        if table is not None and parents(table) and table.identity in other:
            columns: Iterable[str] = getattr(key, "columns", ())
            paths = [(*identity.path[:2], column) for column in columns]
            found += [PartNotNull(Identity("part_not_null", path)) for path in paths]
    return [o for o in found if Identity("column", o.identity.path) not in one]


def _goes_without_saying(catalog: Catalog, other: Catalog, identity: Identity) -> bool:
    """Tell whether a table above, or a key that the part has anyway, makes the column NOT NULL."""
    for each in catalog.children.get(Identity("table", identity.path[:2]), ()):
        key: Any = catalog.objects[each]
        if each.kind == "primary_key" and each in other and identity.name in key.columns:
            return True
    there = relation(other, identity.path[:2])
    for above in _above(catalog, identity):
        if there is not None and above.path[:2] not in parents(there):
            continue  # it stands alone before, or after
        found: Any = catalog.get(above)
        if found is not None and getattr(found, "not_null", True):
            if not found.not_null_no_inherit:
                return True
        elif _goes_without_saying(catalog, other, Identity(identity.kind, above.path)):
            return True
    return False


def _above(catalog: Catalog, identity: Identity) -> list[Identity]:
    """Name the columns of the tables above, and what makes them NOT NULL."""
    table = relation(catalog, identity.path[:2])
    return [
        Identity(kind, (*parent, identity.name))
        for parent in (parents(table) if table is not None else ())
        for kind in ("column", identity.kind)
    ]
