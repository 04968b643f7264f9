"""What all constraints of tables share: identity, guards, folding, dropping, renaming.

A constraint's name is unique per table only, so every guard asks by table and name. The
constraint's text is written exactly as pg_get_constraintdef() prints it, for the guard of a
replacement compares the two.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind
from schemadiff.core.lexer import LexError, code
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.online import Stage
from schemadiff.core.operation import Fold, Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._hazards.kept import rule_hazards
from schemadiff.kinds._hazards.rules import stricter_hazards
from schemadiff.kinds._storage import stored_otherwise
from schemadiff.kinds._table.heirs import RELATIONS, freed, parents
from schemadiff.kinds._table.typed import while_untyped

# Inherited constraints and those that partitions took over belong to the parent table.
OWN = "con.conparentid = 0 AND (con.coninhcount = 0 OR con.conislocal)"
_QUOTES = re.compile(r"['\"$]|--|/\*")
_BRACKETS = re.compile(r"[()]")
_KINDS = ("primary_key", "unique", "check", "exclusion", "foreign_key")


def _is_part(table: Any) -> bool:
    return bool(getattr(table, "partition_of", None) or getattr(table, "inherits", ()))


def table_sql(identity: Identity) -> str:
    """Give the qualified name of the table of a child."""
    return qualified(*identity.path[:2])


def table_identity(identity: Identity) -> Identity:
    """Give the identity of the table of a child."""
    return Identity("table", identity.path[:2])


def names_sql(columns: Iterable[str]) -> str:
    """Write names of columns with commas."""
    return comma(map(ident, columns))


def deferring(obj: Any) -> str | None:
    """Write DEFERRABLE INITIALLY DEFERRED as far as it holds."""
    if obj.initially_deferred:
        return "DEFERRABLE INITIALLY DEFERRED"
    return "DEFERRABLE" if obj.deferrable else None


def deferring_yaml(obj: Any) -> dict[str, Any]:
    """Give the keys that say the same in YAML."""
    found: dict[str, Any] = {}
    if obj.deferrable:
        found["deferrable"] = True
    if obj.initially_deferred:
        found["initially_deferred"] = True
    return found


def key_columns(obj: DbObject) -> list[str] | None:
    """Give the columns that an object makes unique, without an order, as SQL writes them."""
    if obj.identity.kind in ("primary_key", "unique"):
        return sorted(map(ident, getattr(obj, "columns", ())))
    if obj.identity.kind == "index" and getattr(obj, "unique", False):
        return sorted(getattr(each, "text", "") for each in getattr(obj, "columns", ()))
    return None


def child_path(at: At, name: str) -> tuple[str, str, str]:
    """Give the path of a named child of the table in which a spec stands."""
    assert at.parent is not None
    return (*at.parent.identity.path[:2], name)  # type: ignore[return-value]


def check_columns(at: At, columns: Iterable[str]) -> None:
    """Report columns that the table does not have; a partition or heir may have others'."""
    table = at.parent
    assert table is not None
    inherits = getattr(table, "partition_of", None) or getattr(table, "inherits", ())
    if table.identity.kind != "table" or inherits:
        return
    for name in columns:
        if at.sibling(Identity("column", (*table.identity.path, name))) is None:
            known = {c.identity.name for c in at.siblings(table.identity, "column")}
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else "add it to columns:"
            if "," in name:
                hint = f"several columns are a list: [{name.strip(' ()')}]"
            at.fail("SD058", f"table {table.identity.name} has no column {name!r}", hint)


def column_names(at: At) -> set[str]:
    """Name the columns of the table that a constraint is in, those it has from others too."""
    assert at.parent is not None
    queue, seen, found = [at.parent.identity], set[Identity](), set[str]()
    while queue:
        table = queue.pop()
        if table not in seen:
            seen.add(table)
            found |= {c.identity.name for c in at.siblings(table, "column")}
            above = parents(obj) if (obj := at.sibling(table)) else ()
            queue += [Identity(kind, path) for path in above for kind in RELATIONS]
    return found


@lru_cache(65536)
def bare(expression: str) -> str:
    """Take off the brackets around a whole expression, which mean nothing.

    PostgreSQL prints them around operators and not around calls; a person does as he likes.
    """
    text = expression.strip()
    while text.startswith("(") and text.endswith(")") and _is_wrapped(text):
        text = text[1:-1].strip()
    return text


def as_printed(expression: str) -> str:
    """Give the text of an expression as it stands between the server's brackets.

    The server begins a line with every CASE, so also at the beginning of a text.
    """
    return f"\n{expression}" if expression.startswith("CASE\n") else expression


def _is_wrapped(text: str) -> bool:
    depth = 0
    if not _QUOTES.search(text):
        for bracket in _BRACKETS.finditer(text):
            depth += 1 if bracket.group() == "(" else -1
            if depth == 0:
                return bracket.end() == len(text)
        return False
    try:
        found = code(text)
    except LexError:
        return False
    for token in found:
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                return token.end == len(text)
    return False


def checked(identity: Identity) -> Identity:
    """Name the moment when a constraint of a table in use has been checked."""
    return settled((*identity.path, identity.kind))


def validate(identity: Identity, exists: str, lock: LockMode, name: str | None = None) -> Operation:
    """Make the operation that validates a constraint; `exists` ends in the row's conditions.

    It has a transaction of its own: the lock of a statement before it must not outlast the scan.
    """
    return Operation(
        verb=Verb.ALTER,
        target=identity,
        sql=f"ALTER TABLE {table_sql(identity)} VALIDATE CONSTRAINT {ident(name or identity.name)}",
        guard=Guard(f"{exists.removesuffix(')')} AND NOT convalidated)"),
        lock=lock,
        scans=True,
        stage=Stage.SCAN,
    )


# ALTER TABLE ONLY … ADD CONSTRAINT makes one that lacks the indexes of partitions, until ATTACH has
# brought the last of them (manual, 5.12.2.2); meanwhile it keeps no rows of others apart.
INCOMPLETE = "NOT (SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = conindid)"


class ConstraintKind(ObjectKind):
    """ALTER TABLE … ADD CONSTRAINT; a kind says its text and what it costs."""

    classid = "pg_constraint"
    unfinished: ClassVar[str] = ""  # says of a row of pg_constraint that it is not all there yet
    within: ClassVar[tuple[str, ...]] = ("table",)
    renames_by_content = True
    comment_on = "CONSTRAINT"
    scan_for = ScanFor.VALIDATION
    contype: ClassVar[str]
    rank: ClassVar[int] = 10
    lock: ClassVar[LockMode] = LockMode.ACCESS_EXCLUSIVE  # that adding one takes
    takes_relation: ClassVar[bool] = False  # an index of the same name comes with it

    def clause(self, obj: Any) -> str:
        """Write the constraint as pg_get_constraintdef() prints it."""
        raise NotImplementedError

    def spellings(self, obj: Any) -> tuple[str, ...]:
        """Give every text that pg_get_constraintdef() may print for it."""
        return (self.clause(obj),)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A constraint takes a name among constraints, with an index also among relations."""
        schema, _, name = obj.identity.path
        yield ("constraint", schema, name)
        if self.takes_relation:
            yield ("relation", schema, name)

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say what is let in or refused from now on, and what a reference does by itself."""
        yield from super().hazards(old, new, changed, context)
        yield from rule_hazards(old, new, context)
        yield from stricter_hazards(old, new, context)

    def create(self, new: Any, context: Context) -> Iterable[Operation]:
        """ADD CONSTRAINT, or a line of CREATE TABLE."""
        fresh = new.parent not in context.current
        name = ident(new.identity.name)
        later = self.validates_later(new, context)
        if later:
            # Checked in a scan of its own, which blocks nobody (manual, ALTER TABLE, Notes).
            check = validate(new.identity, self.exists(new), LockMode.SHARE_UPDATE_EXCLUSIVE)
            why = "checks the rows that are there while everyone reads and writes"
            yield replace(
                check,
                requires=frozenset({new.identity}),
                provides=frozenset({checked(new.identity)}),
                why=why,
                bound=False,
            )
            new = replace(new, valid=False)
        clause = self.clause(new)
        # Inside CREATE TABLE the server takes NOT VALID for valid, since there are no rows.
        folds = getattr(new, "valid", True)
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"ALTER TABLE {table_sql(new.identity)} ADD CONSTRAINT {name} {clause}",
            guard=Guard(f"NOT {self.exists(new)}"),
            requires=self.needs(new, context) | self.freed(new, context.desired),
            lock=self.lock,
            scans=folds and not fresh and getattr(new, "enforced", True),
            fold=self._fold(new, f"CONSTRAINT {name} {clause}") if folds else None,
            why="holds for new rows at once; reads none" if later else "",
        )

    def validates_later(self, new: Any, context: Context) -> bool:
        """Tell whether rows are better checked after the constraint is there."""
        del new, context
        return False

    def needs(self, new: Any, context: Context) -> frozenset[Identity]:
        """Name what has to be there first, beside what pg_depend says: new columns, with values."""
        if new.parent not in context.current:
            return frozenset()
        names = (*getattr(new, "columns", ()), *getattr(new, "include", ()))
        own = (Identity("column", (*new.identity.path[:2], str(name))) for name in names)
        made = [i for i in own if i in context.desired and i not in context.current]
        return frozenset(each for i in made for each in (i, settled(i.path)))

    def _fold(self, new: Any, text: str) -> Fold:
        return Fold(new.parent, text, rank=self.rank)

    def drop(self, old: Any, context: Context) -> Iterable[Operation]:
        """DROP CONSTRAINT; with the table it goes by itself."""
        path = old.identity.path
        # Run again, the script must not drop a constraint of another kind that took the name.
        taken = any(Identity(k, path) in context.desired for k in _KINDS if k != self.name)
        taken = taken or _names_not_null(path, context)
        # Nor one that the table now has from the table above.
        part = _is_part(context.desired.get(old.parent))
        there = self._where(old.identity, "coninhcount = 0") if part else self.exists(old)
        table = table_sql(old.identity)
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {ident(path[2])}",
            guard=Guard(there) if taken or part else None,
            provides=self.freed(old, context.current),
            fold=Fold(old.parent, "", rank=self.rank),
        )

    def clings(self, obj: Any, gone: Identity, version: int) -> bool:
        """A foreign key to each part of the table that it refers to."""
        del version
        near, far = obj.identity.path[:2], getattr(obj, "target", None)
        return gone.kind == "table" and far is not None and gone.path not in (near, far)

    def rename(self, old: Any, new: Any, context: Context) -> Iterable[Operation]:
        """RENAME CONSTRAINT; the table already has its new name."""
        before, after = old.identity.name, new.identity.name
        if before == after:
            return
        moved = Identity(self.name, (*new.identity.path[:2], before))
        part = _is_part(context.desired.get(new.parent))
        here = replace(old, identity=moved)
        renames = Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER TABLE {table_sql(new.identity)} "
            f"RENAME CONSTRAINT {ident(before)} TO {ident(after)}",
            guard=Guard(self._where(moved, "coninhcount = 0" if part else "")),
            requires=self.freed(new, context.desired),
            provides=self.freed(here, context.current),
        )
        yield while_untyped(renames, context)

    def freed(self, obj: Any, side: Catalog) -> frozenset[Identity]:
        """Name the moment when its name is free, in all tables that have it."""
        path = obj.identity.path
        return freed(path[2], (path[:2], *self.spreads(obj, side)))

    def exists(self, obj: Any) -> str:
        """Ask pg_constraint by table, name and type."""
        return self._where(obj.identity)

    def differs(self, new: Any) -> str:
        """Compare what the server prints with what we would say."""
        forms = (new, *self.stages(None, new, frozenset()))
        said = dict.fromkeys(text for each in forms for text in self.spellings(each))
        texts = comma(map(literal, said))
        otherwise = [f"pg_catalog.pg_get_constraintdef(oid) NOT IN ({texts})"]
        if (storage := getattr(new, "storage", None)) is not None:  # which the text leaves out
            otherwise.append(stored_otherwise(storage))
        if self.unfinished:
            otherwise.append(self.unfinished)
        either = " OR ".join(otherwise)
        return self._where(new.identity, f"({either})" if otherwise[1:] else either)

    def _where(self, identity: Identity, condition: str = "") -> str:
        return (
            lines(
                "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = "
                f"to_regclass({literal(table_sql(identity))})",
                f"AND conname = {literal(identity.name)}",
                f"AND contype = {literal(self.contype)}",
                f"AND {condition}" if condition else "",
                separator=" ",
            )
            + ")"
        )

    def comment_target(self, obj: Any) -> str:
        """COMMENT ON CONSTRAINT name ON table."""
        return f"CONSTRAINT {ident(obj.identity.name)} ON {table_sql(obj.identity)}"


def _names_not_null(path: tuple[str, ...], context: Context) -> bool:
    """Tell whether a NOT NULL of the same table will have the name of a constraint (18)."""
    inside = (
        context.desired.objects[i]
        for i in context.desired.children.get(Identity("table", path[:2]), ())
    )
    return any(getattr(each, "not_null_name", None) == path[2] for each in inside)
