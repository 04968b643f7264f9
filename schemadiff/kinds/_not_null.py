"""NOT NULL of a column: its name, its comment, NO INHERIT and NOT VALID, which are of 18.

A constraint of its own only since PostgreSQL 18; before, the server takes the name and forgets it.
The surprising fact: after NO INHERIT the tables that inherit the column keep a NOT NULL of their
own, so it is taken from them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, YamlValue, overriding
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.spec_model import Flag, SpecModel, Text, flag_or_name, is_plain_name
from schemadiff.core.sql import dollar, ident, lines, literal
from schemadiff.kinds._column.alter import attribute, step, table_sql
from schemadiff.kinds._not_null_apart import (
    Renaming,
    apart,
    inherited_from,
    left_own,
    taken,
    with_apart,
)
from schemadiff.kinds._part_not_null import Called, constraint_name, has_not_null, own_name
from schemadiff.kinds._table.heirs import below, freed, lineage, parents, relation
from schemadiff.kinds._table.typed import while_untyped

NAMES_NOT_NULL: Final = 180000
ATTRIBUTES: Final = frozenset(
    {"not_null", "not_null_name", "not_null_valid", "not_null_no_inherit"}
)
OF_PART: Final = "part_not_null"  # the kind of those that a part of a table has by itself
_BEARERS: Final = ("column", OF_PART)
PART: Final = "not_null"  # what a comment on the constraint of a column is a comment on


class NotNullSpec(SpecModel):
    """NOT NULL; `true` or the name of the constraint is the short form."""

    shorthands: ClassVar = ({"type": "boolean"}, {"type": "string"})

    enabled: Flag = True
    """`false` says that nulls are accepted."""
    name: Text | None = None
    """The name of the constraint (PostgreSQL 18); absent is `table_column_not_null`.

    In a partition it also says what that calls the one of its whole; absent is as it is called. In
    an heir it says that a new one has this of its own, besides the one from above.
    """
    no_inherit: Flag = False
    """Whether children of the table are left out (PostgreSQL 18)."""
    not_valid: Flag = False
    """Whether the rows of before were never checked (PostgreSQL 18)."""
    comment: Text | None = None
    """What COMMENT ON says about the constraint (PostgreSQL 18)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept true, false and a name."""
        return flag_or_name(value)


def expand_not_null(spec: Any, implied: bool, at: At) -> dict[str, Any]:  # noqa: FBT001  as read
    """Give the fields of the column; `implied` says that its type makes it NOT NULL."""
    said: NotNullSpec | None = spec.not_null
    if said is None:
        return {"not_null": implied}
    found = {
        "not_null": said.enabled or implied,
        "not_null_name": said.name,
        "not_null_valid": not said.not_valid,
        "not_null_no_inherit": said.no_inherit,
    }
    more = [k for k in ("no_inherit", "not_valid") if getattr(said, k)]
    if more:
        _check(spec, said, more, at)
    return found


def _check(spec: Any, said: NotNullSpec, more: list[str], at: At) -> None:
    """Refuse what PostgreSQL refuses of a NOT NULL that is not for all rows and children."""
    key = more[0]
    words = key.replace("_", " ").upper()
    if not said.enabled:
        at.fail("SD067", f"column {at.name} is {words}, but not NOT NULL", f"leave out {key}:",
                "not_null", key)  # fmt: skip
    elif spec.primary_key is not None and spec.primary_key.enabled:
        at.fail("SD067", f"column {at.name} is a primary key, whose NOT NULL cannot be {words}",
                f"leave out {key}:", "not_null", key)  # fmt: skip
    elif said.no_inherit and getattr(at.parent, "partition_by", None):
        at.fail("SD067", f"column {at.name}: NOT NULL of a partitioned table is one of every part",
                "leave out no_inherit:", "not_null", "no_inherit")  # fmt: skip


def read_not_null(row: Sequence[Any] | None, table: str, column: str) -> dict[str, Any]:
    """Make the fields of the column, none for a constraint of the usual form."""
    if row is None:
        return {}
    name, valid, no_inherit, numbered, *apart = row
    size = len(apart) // 4
    others = zip(*(apart[size * i : size * (i + 1)] for i in range(4)), strict=True)
    found = tuple(
        ((schema, other), Called(called, own == "true")) for schema, other, called, own in others
    )
    if name is None:  # the column takes nulls, and that of a part does not
        return {"not_null_apart": found}
    # An heir that numbers a column has said its NOT NULL, too, or has that of the table above.
    usual = name == make_name(table, column, "not_null")
    return {
        "not_null_name": None if usual and numbered == "false" else name,
        "not_null_valid": valid == "true",
        "not_null_no_inherit": no_inherit == "true",
        "not_null_apart": found,
    }


def adopt_not_null(raw: Any, current: Any) -> dict[str, Any]:
    """Give what is left of the constraint as it is: what the server forgets, or has checked."""
    found: dict[str, Any] = {}
    if not current.names_not_null:
        found["not_null_name"] = None  # the server takes the name and forgets it
    elif not raw.not_null_name and current.not_null_name and own_name(current) is None:
        found["not_null_name"] = current.not_null_name
    if current.not_null_valid and not raw.not_null_valid and getattr(current, "not_null", True):
        found["not_null_valid"] = True  # what was checked needs not become unchecked
    return found


def with_lasting_name(raw: Any, live: Any, desired: Catalog, current: Catalog) -> Any:
    """Leave the name that nobody chose as it is, where it cannot be changed."""
    if raw.not_null_name or not (raw.not_null and live.not_null):
        return raw
    if not (live.not_null_apart or live.not_null_name):
        return raw
    if not (apart(live, desired, current) or _is_from_above(live, desired, current)):
        return raw
    return replace(raw, not_null_name=live.not_null_name, not_null_apart=live.not_null_apart)


def _is_from_above(live: Any, desired: Catalog, current: Catalog) -> bool:
    """Tell whether an heir numbers a column itself, and has its NOT NULL from a table above."""
    if getattr(live, "identity_options", None) is None:
        return False
    path, name = live.identity.path[:2], live.identity.name
    for above in (p for p in lineage(current, path) if p != path and p in lineage(desired, path)):
        said: Any = current.get(Identity("column", (*above, name)))
        own = dict(getattr(said, "not_null_apart", ())).get(path)
        if said is not None and said.not_null and constraint_name(said) == live.not_null_name:
            return own is None or not own.own
    return False


def not_null_yaml(column: Any, comment: YamlValue) -> YamlValue:
    """Give the value of the key, None for none; an identity goes without saying."""
    given: dict[str, YamlValue] = {}
    if column.not_null_name:
        given["name"] = column.not_null_name
    if column.not_null_no_inherit:
        given["no_inherit"] = True
    if not column.not_null_valid:
        given["not_valid"] = True
    if comment:
        given["comment"] = comment
    if given.keys() == {"name"} and is_plain_name(column.not_null_name):
        return str(column.not_null_name)
    if given:
        return given
    return True if column.not_null and column.identity_options is None else None


def not_null_clause(column: Any) -> str | None:
    """Write it as a part of the column's definition; NOT VALID cannot be said there."""
    if not column.not_null or not column.not_null_valid:
        return None
    return lines(
        f"CONSTRAINT {ident(column.not_null_name)}" if column.not_null_name else None,
        "NOT NULL",
        "NO INHERIT" if column.not_null_no_inherit else None,
        separator=" ",
    )


def named(column: Any, context: Context) -> Any:
    """Give the column with the name of its NOT NULL, where the server would choose another.

    It takes no name that any constraint of the schema has at that moment (PostgreSQL 18).
    """
    said = getattr(column, "not_null", True) and not column.not_null_name
    if context.version < NAMES_NOT_NULL or not said:
        return column
    path = column.identity.path
    holders = _holders(context).get((path[0], constraint_name(column)), {path})
    return replace(column, not_null_name=constraint_name(column)) if holders - {path} else column


def _holders(context: Context) -> dict[tuple[str, str], set[tuple[str, ...]]]:
    """Give who holds each name of a constraint before or after the plan, by schema and name."""
    found: dict[tuple[str, str], set[tuple[str, ...]]] = context.memo.get("constraints", {})
    if found:
        return found
    before, asked = context.current.objects, overriding(context.registry, "occupies")
    for side in (context.current, context.desired):
        again = side is context.desired
        for identity in side.of(*dict.fromkeys((*_BEARERS, *asked))):
            obj = side.objects[identity]
            if again and before.get(identity) is obj:
                continue  # as nearly all
            if identity.kind in _BEARERS and getattr(obj, "not_null", True):
                name = (identity.path[0], constraint_name(obj))
                found.setdefault(name, set()).add(identity.path)
            if identity.kind not in asked:
                continue
            for space, schema, used in context.registry.of(obj).occupies(obj):
                if space == "constraint":
                    found.setdefault((schema, used), set()).add(identity.path)
    context.memo["constraints"] = found
    return found


def as_heir(column: Any, context: Context) -> Any:
    """Give a new heir's column as it is written: without the NOT NULL from a table above (18).

    Said again it would be the heir's own as well, and stay when that of the table goes; an
    identity says it, and so comes later.
    """
    new, path = column.parent not in context.current, column.parent.path
    if context.version < NAMES_NOT_NULL or not (column.not_null and new):
        return column
    for parent in parents(relation(context.desired, path)):
        for above in lineage(context.desired, parent):
            said: Any = context.desired.get(Identity("column", (*above, column.identity.name)))
            if said is not None and said.not_null and not said.not_null_no_inherit:
                unsaid = column.identity_options is not None and column.not_null_name is None
                alike = unsaid or constraint_name(said) == constraint_name(column)
                alike = alike and said.not_null_valid
                return unnumbered(column) if alike else column
    return column


def plain_not_null(new: Any) -> Operation:
    """SET NOT NULL, or the constraint with all it says."""
    plain = step(new, "SET NOT NULL", attribute(new, "NOT attnotnull"), scans=new.not_null_valid)
    if not new.not_null_name and not new.not_null_no_inherit and new.not_null_valid:
        return plain
    sql = lines(
        f"{table_sql(new)} ADD CONSTRAINT {ident(constraint_name(new))}",
        f"NOT NULL {ident(new.identity.name)}",
        "NO INHERIT" if new.not_null_no_inherit else None,
        "NOT VALID" if not new.not_null_valid else None,
        separator=" ",
    )
    return replace(plain, sql=sql)


def without_not_null(column: Any) -> Any:
    """Give the column as it is before it is NOT NULL."""
    return replace(
        column,
        not_null=False,
        not_null_name=None,
        not_null_valid=True,
        not_null_no_inherit=False,
    )


def unnumbered(column: Any) -> Any:
    """Give the column as it is before it is an identity and NOT NULL."""
    return replace(without_not_null(column), identity_options=None, identity_sequence=None)


def name_freed(column: Any, side: Catalog) -> frozenset[Identity]:
    """Say that the name of a constraint is free, which another one may wait for."""
    if not getattr(column, "not_null", True):
        return frozenset()
    path = column.parent.path
    heirs = () if column.not_null_no_inherit else below(side, path)
    return freed(constraint_name(column), (path, *heirs))


def name_awaited(column: Any, context: Context) -> frozenset[Identity]:
    """Say what has to be free before a column is made: what joins its table later keeps names."""
    path = column.parent.path
    here = {path, *below(context.current, path)}
    return frozenset(i for i in name_freed(column, context.desired) if i.path[:2] in here)


def freeing(column: Any, operations: Iterable[Operation], context: Context) -> Iterator[Operation]:
    """Say of what drops a NOT NULL that its name is free afterwards."""
    free = name_freed(column, context.current)
    for op in operations:
        yield replace(op, provides=op.provides | free)


def alter_not_null(
    old: Any, new: Any, changed: frozenset[str], context: Context
) -> Iterator[Operation]:
    """Change the constraint of a column that stays NOT NULL: name, NO INHERIT, validity."""
    name = constraint_name(new)
    if "not_null_name" in changed and constraint_name(old) != name:
        yield from _renamed(old, new, context)
    if "not_null_no_inherit" in changed:
        how = "NO INHERIT" if new.not_null_no_inherit else "INHERIT"
        wanted = f"connoinherit = {str(not new.not_null_no_inherit).lower()}"
        sql = f"ALTER CONSTRAINT {ident(name)} {how}"
        yield replace(_alter(new, name, sql, wanted), scans=not new.not_null_no_inherit)
        if new.not_null_no_inherit:
            yield from taken(new, left_own(old, context, direct=True), context)
    if "not_null_valid" in changed and new.not_null_valid:
        sql = f"VALIDATE CONSTRAINT {ident(name)}"
        op = _alter(new, name, sql, "NOT convalidated")
        lock = LockMode.SHARE_UPDATE_EXCLUSIVE
        yield replace(op, lock=lock, scans=True, stage=Stage.SCAN)


def _renamed(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """Rename the constraint; where another column's has the name, both may have to step aside."""
    before, name = constraint_name(old), constraint_name(new)
    path = new.identity.path
    near = {*below(context.current, path[:2]), *lineage(context.current, path[:2])}
    holders = _holders(context).get((path[0], name), set())
    held = any(p[:2] in near and p != path for p in holders)
    free = name_freed(old, context.current)
    between = temporary_name("not null", *new.identity.path, name) if held else before
    step_by = _step_by(old, new, context)
    if held:
        yield while_untyped(replace(step_by(before, between, last=False), provides=free), context)
    last = while_untyped(step_by(between, name, last=True), context)
    provided = frozenset() if held else free
    yield replace(last, requires=name_freed(new, context.desired), provides=provided)


def _step_by(old: Any, new: Any, context: Context) -> Callable[..., Operation]:
    """Give how it is renamed: alone, or with those that it is passed on to or comes from."""
    old, new = (with_apart(c, s) for c, s in ((old, context.current), (new, context.desired)))
    above = inherited_from(new, context)
    if not above and not apart(old, context.desired, context.current):
        return lambda before, name, *, last: _rename(new, before, name)  # noqa: ARG005  alike

    def is_free(path: tuple[str, ...], name: str) -> bool:
        family = {*below(context.current, path), *lineage(context.current, path)}
        held = (_holders(context).get((p[0], name), set()) for p in family)
        # What heirs call theirs is renamed with it; parts see to that themselves.
        heirs = (p for p in family if getattr(relation(context.desired, p), "inherits", ()))
        mine = {new.identity.path, *((*p, new.identity.name) for p in heirs)}
        return not any(p[:2] in family and p not in mine for each in held for p in each)

    renaming = Renaming(old, new, context, is_free)
    heir = getattr(new, "own_too", False)
    write = renaming.of_part if getattr(new, "inherited", False) and not heir else renaming.body

    def in_block(before: str, name: str, *, last: bool) -> Operation:
        return as_block(_rename(new, before, name), write(before, name, last=last), renaming)

    return in_block


def as_block(rename: Operation, body: str, renaming: Renaming) -> Operation:
    """Give the operation that is a block of statements instead."""
    # Parts are read where they have to be attached again, and what refers to them is.
    above, refer = inherited_from(renaming.new, renaming.context), renaming.beside()
    wholes = (Identity("table", path) for path in renaming.detached)
    return replace(
        rename,
        sql=f"DO {dollar(body, 'apart')}",
        touches=tuple(dict.fromkeys((*above, *wholes, *refer))),
        reads=refer,
        scans=bool(renaming.detached),
    )


def rename_not_null(column: Any, before: str) -> Operation:
    """RENAME CONSTRAINT, to what it is to be called."""
    return _rename(column, before, constraint_name(column))


def _rename(column: Any, before: str, name: str) -> Operation:
    action = f"RENAME CONSTRAINT {ident(before)} TO {ident(name)}"
    mine = (
        "conkey[1] = (SELECT attnum FROM pg_catalog.pg_attribute "
        f"WHERE attrelid = conrelid AND attname = {literal(column.identity.name)})"
    )
    return _alter(column, before, action, mine)


def _alter(column: Any, name: str, action: str, condition: str = "true") -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"{table_sql(column)} {action}",
        guard=Guard(has_not_null(column.identity.path[:2], name, condition)),
    )
