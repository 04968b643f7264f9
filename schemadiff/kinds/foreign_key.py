"""Foreign keys.

Where the YAML leaves out the referenced columns, the target's primary key is meant; it is known
when all files have been read. Adding one locks both tables, dropping one does so even harder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, ClassVar, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import index_name_addition
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lexer import LexError
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.sql import comma, ident, lines, qualified
from schemadiff.core.sqlname import parse_name_and_columns
from schemadiff.core.succession import Successor, Successors
from schemadiff.core.versions import PG15, PG18
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._constraint import (
    OWN,
    ConstraintKind,
    check_columns,
    child_path,
    deferring,
    deferring_yaml,
    key_columns,
    names_sql,
    table_identity,
    table_sql,
    validate,
)
from schemadiff.kinds._foreign.key_parts import refer_in_parts, referring_parts, taking_over
from schemadiff.kinds._foreign.key_spec import ForeignKeySpec
from schemadiff.kinds._foreign.key_target import WithTarget, referable
from schemadiff.kinds._preflight import ReferenceQuestions
from schemadiff.kinds._proved import refers_as_before
from schemadiff.kinds._succession.reference import reference_successor
from schemadiff.kinds._unchecked import as_asked, leave_valid

_ACTIONS: Final = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
_SETS: Final = ("set null", "set default")


@record(frozen=True, slots=True)
class ForeignKey(DbObject):
    """A foreign key; no `target_columns` means the target's primary key, before it is settled."""

    columns: tuple[str, ...]
    target: tuple[str, str]
    target_columns: tuple[str, ...]
    on_delete: str = "no action"
    on_update: str = "no action"
    delete_columns: tuple[str, ...] = ()
    full: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    valid: bool = True
    enforced: bool = True
    period: bool = False
    unchecked: bool = field(default=False, compare=False)  # the files ask for no more

    @property
    def parent(self) -> Identity:
        """The table."""
        return table_identity(self.identity)

    @property
    def refers(self) -> Iterator[Identity]:
        """The referenced table."""
        yield Identity("table", self.target)


class ForeignKeyKind(ReferenceQuestions, ConstraintKind, WithTarget):
    """FOREIGN KEY."""

    name = "foreign_key"
    order = 80
    present = "contype = 'f'"
    model = ForeignKey
    since: ClassVar = {"delete_columns": 15, "enforced": 18, "period": 18}
    section = "foreign_keys"
    spec = ForeignKeySpec
    unnamed = True
    contype = "f"
    rank = 1
    lock = LockMode.SHARE_ROW_EXCLUSIVE  # on both tables
    alters = harmless = frozenset({"deferrable", "initially_deferred", "valid", "enforced"})
    unready: ClassVar = {"valid": False}
    replaces = frozenset(
        "columns target target_columns on_delete on_update delete_columns full period".split()
    )

    def known_to_fit(self, obj: ForeignKey, context: Context) -> bool:
        """Another one has seen to it."""
        return refers_as_before(obj, context)

    def locks_also(self, obj: ForeignKey) -> Iterable[Identity]:
        """The referenced table is locked like the other."""
        return (Identity("table", obj.target),)

    def needs(self, new: ForeignKey, context: Context) -> frozenset[Identity]:
        """What makes the other table one that it can refer to, and the last of its columns."""
        ends = ((new.identity.path[:2], new.columns), (new.target, new.target_columns))
        columns = {settled((*path, name)) for path, names in ends for name in names}
        return super().needs(new, context) | referable(new, context) | columns

    def alternatives(self, obj: ForeignKey, desired: Catalog) -> frozenset[Identity]:
        """Any key of the referenced columns will do."""
        wanted = sorted(map(ident, obj.target_columns))
        return frozenset(
            child
            for child in desired.children.get(Identity("table", obj.target), ())
            if key_columns(desired.objects[child]) == wanted
        )

    def catalog_sql(self, version: int) -> str:
        """Read the foreign keys that no partition took over from its parent."""
        columns = "con.confdelsetcols" if version >= PG15 else "NULL::int2[]"
        enforced = "con.conenforced" if version >= PG18 else "true"
        period = "con.conperiod" if version >= PG18 else "false"
        return f"""
            SELECT con.oid, con.conrelid, con.conname, con.conkey, con.confrelid, con.confkey,
                   con.confdeltype::text, con.confupdtype::text, {columns},
                   con.confmatchtype = 'f', con.condeferrable, con.condeferred,
                   con.convalidated, {enforced}, {period}
            FROM pg_constraint con
            JOIN pg_class c ON c.oid = con.conrelid AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE con.contype = 'f' AND {OWN} AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> ForeignKey | None:
        """Make the foreign key."""
        relation, target = row[1], row[4]
        if not names.ours("pg_class", relation) or is_temporary(row[2]):
            return None
        schema, table, _ = names.relations[relation]
        there = names.relations[target]
        return ForeignKey(
            Identity("foreign_key", (schema, table, row[2])),
            names.column_names(relation, row[3]),
            (there.schema, there.name),
            names.column_names(target, row[5]),
            _ACTIONS[row[6]],
            _ACTIONS[row[7]],
            names.column_names(relation, row[8]) if row[8] else (),
            row[9],
            row[10],
            row[11],
            row[12] or not row[13],
            row[13],
            row[14],
        )

    def expand(self, spec: ForeignKeySpec, at: At) -> Iterable[ForeignKey]:
        """Make the foreign key; without a name it is table_columns_fkey."""
        assert at.parent is not None
        name = at.name
        if name is None:
            addition = index_name_addition(spec.columns)
            name = at.choose(at.parent.identity.name, addition, "fkey", "constraint")
        check_columns(at, spec.columns)
        there = spec.references
        if there.columns and len(there.columns) != len(spec.columns):
            message = f"foreign key {name} has {len(spec.columns)} columns and refers to "
            at.fail("SD051", f"{message}{len(there.columns)}", "name as many on both sides")
        if spec.match not in ("simple", "full"):
            at.fail("SD052", f"match {spec.match!r} is not known", "match: simple or full", "match")
        on_delete, delete_columns = _action(spec.on_delete, at, "on_delete")
        on_update, update_columns = _action(spec.on_update, at, "on_update")
        if update_columns:
            hint = f"on_update: {on_update}"
            at.fail("SD053", "only on_delete can name columns to set", hint, "on_update")
        yield ForeignKey(
            Identity("foreign_key", child_path(at, name)),
            spec.columns,
            at.relation(there.table, "references"),
            there.columns,
            on_delete,
            on_update,
            delete_columns,
            spec.match == "full",
            spec.deferrable or spec.initially_deferred,
            spec.initially_deferred,
            not spec.not_valid,
            not spec.not_enforced,
            spec.period,
        )

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Fill in the columns of the target's primary key."""
        assert isinstance(obj, ForeignKey)
        if obj.target_columns:
            return obj
        for child in catalog.children.get(Identity("table", obj.target), ()):
            if child.kind == "primary_key":
                columns: tuple[str, ...] = getattr(catalog.objects[child], "columns", ())
                return replace(obj, target_columns=columns)
        return obj

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """A valid constraint needs not become one that is not."""
        assert isinstance(raw, ForeignKey)
        return leave_valid(raw, current)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """One that is made anew is no more valid than the files ask for."""
        return current, as_asked(self, current, desired)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default; the table moves it into a column where it can."""
        assert isinstance(obj, ForeignKey)
        target = style.relation(*obj.target)
        columns = f"({names_sql(obj.target_columns)})" if obj.target_columns else ""
        value: dict[str, YamlValue] = {
            "columns": list(obj.columns),
            "references": target + columns,
        }
        if obj.full:
            value["match"] = "full"
        if obj.on_delete != "no action":
            listed = f" ({names_sql(obj.delete_columns)})" if obj.delete_columns else ""
            value["on_delete"] = obj.on_delete + listed
        if obj.on_update != "no action":
            value["on_update"] = obj.on_update
        value |= deferring_yaml(obj)
        if not obj.valid:
            value["not_valid"] = True
        if not obj.enforced:
            value["not_enforced"] = True
        if obj.period:
            value["period"] = True
        return value

    def clause(self, obj: ForeignKey) -> str:
        """Write FOREIGN KEY (…) REFERENCES …."""
        listed = f" ({names_sql(obj.delete_columns)})" if obj.delete_columns else ""
        columns = f"({_columns_sql(obj, obj.target_columns)})" if obj.target_columns else ""
        update, delete = obj.on_update.upper(), obj.on_delete.upper()
        return lines(
            f"FOREIGN KEY ({_columns_sql(obj, obj.columns)})",
            f"REFERENCES {qualified(*obj.target)}{columns}",
            "MATCH FULL" if obj.full else None,
            f"ON UPDATE {update}" if obj.on_update != "no action" else None,
            f"ON DELETE {delete}{listed}" if obj.on_delete != "no action" else None,
            deferring(obj),
            "NOT ENFORCED" if not obj.enforced else None,
            "NOT VALID" if not obj.valid else None,
            separator=" ",
        )

    def create(self, new: ForeignKey, context: Context) -> Iterable[Operation]:
        """ADD CONSTRAINT, of the partitions first where the whole cannot be NOT VALID."""
        made = ConstraintKind.create(self, new, context)
        if tables := referring_parts(new, context):
            (plain,) = made
            return refer_in_parts(plain, new, self.clause(new), tables, self.exists(new))
        return taking_over(made, new, context)

    def _fold(self, new: ForeignKey, text: str) -> Fold:
        """Inside CREATE TABLE the referenced table is locked all the same."""
        own = new.target == new.identity.path[:2]
        return Fold(new.parent, text, self.rank, LockMode.NONE if own else self.lock)

    def stages(self, old: Any, new: Any, changed: frozenset[str]) -> Iterable[DbObject]:
        """One with a PERIOD is never there before its rows are proven."""
        return () if old is None and new.period else super().stages(old, new, changed)

    def must_replace(
        self, old: ForeignKey, new: ForeignKey, changed: frozenset[str], context: Context
    ) -> bool:
        """A PERIOD is proven by ADD alone: VALIDATE and ENFORCED take any row."""
        proven = new.period and new.valid and new.enforced and changed & {"valid", "enforced"}
        return bool(proven) or super().must_replace(old, new, changed, context)

    def validates_later(self, new: ForeignKey, context: Context) -> bool:
        """A reference from a table in use; before 18 a partitioned one must be valid at once."""
        if new.period or not (new.valid and new.enforced and context.busy(new)):
            return False
        table = context.desired.get(new.parent)
        return context.version >= PG18 or getattr(table, "partition_by", None) is None

    def successor(self, obj: ForeignKey, names: Successors, context: Context) -> Successor | str:
        """Refer to the new columns, or from them, beside the old reference."""
        return reference_successor(obj, names, self, context)

    def alter(
        self, old: ForeignKey, new: ForeignKey, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER CONSTRAINT … DEFERRABLE, VALIDATE CONSTRAINT."""
        if changed & {"deferrable", "initially_deferred"}:
            how = deferring(new) or "NOT DEFERRABLE"
            name = ident(new.identity.name)
            wanted = f"({new.deferrable}, {new.initially_deferred})".lower()
            condition = f"AND (condeferrable, condeferred) <> {wanted}"
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER TABLE {table_sql(new.identity)} ALTER CONSTRAINT {name} {how}",
                guard=Guard(f"{self.exists(new).removesuffix(')')} {condition})"),
            )
        if "enforced" in changed:
            yield self._enforce(new)
        if "valid" in changed and new.valid:
            yield validate(new.identity, self.exists(new), LockMode.SHARE_UPDATE_EXCLUSIVE)

    def _enforce(self, new: ForeignKey) -> Operation:
        """ALTER CONSTRAINT … [NOT] ENFORCED; enforced, the rows of before are checked as well."""
        how = "ENFORCED" if new.enforced else "NOT ENFORCED"
        name = ident(new.identity.name)
        condition = f"AND conenforced <> {str(new.enforced).lower()}"
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER TABLE {table_sql(new.identity)} ALTER CONSTRAINT {name} {how}",
            guard=Guard(f"{self.exists(new).removesuffix(')')} {condition})"),
            scans=new.enforced,
        )


def _columns_sql(key: ForeignKey, columns: tuple[str, ...]) -> str:
    if not key.period:
        return names_sql(columns)
    return comma([*map(ident, columns[:-1]), f"PERIOD {ident(columns[-1])}"])


def _action(text: str, at: At, key: str) -> tuple[str, tuple[str, ...]]:
    """Split `set null (a, b)` into the action and its columns."""
    words, bracket, rest = text.partition("(")
    action = " ".join(words.lower().split())
    columns: tuple[str, ...] = ()
    if action not in _ACTIONS.values():
        at.fail("SD054", f"{text!r} is no action", f"one of {', '.join(_ACTIONS.values())}", key)
        return "no action", ()
    if bracket:
        try:
            columns = parse_name_and_columns(f"x({rest}")[1]
        except (LexError, ValueError):
            at.fail("SD054", f"{text!r}: the columns cannot be read", "set null (a, b)", key)
        if action not in _SETS:
            at.fail("SD054", f"{action} takes no columns", f"{key}: {action}", key)
    return action, columns
