"""The one short transaction in which new columns take the places of old ones.

All of it is one block, so it is done or it is not. The surprising fact: nothing is read here. That
both columns agree, and that there is no null, is what a valid check says already, and constraints
take over indexes that are there (manual, ALTER TABLE, SET NOT NULL and USING INDEX).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.online import LAST
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._column.around import sequence_of
from schemadiff.kinds._expand.heirs import heirs_of
from schemadiff.kinds._expand.parts import defaults_of_parts, is_whole
from schemadiff.kinds._expand.rows import takes_rows
from schemadiff.kinds._expand.triggers import triggers
from schemadiff.kinds._expand.which import Move, is_numbered
from schemadiff.kinds._not_null import NAMES_NOT_NULL
from schemadiff.kinds._part_not_null import constraint_name
from schemadiff.kinds._table.heirs import below

_DECLARE = """
DECLARE
    statement text;
    given text[];
    number bigint;
    called boolean;
    said text;
"""
# Whoever waits for the first table while we wait for another is ended when the server looks for a
# deadlock, unless we have given up by then.
_HURRY = """PERFORM pg_catalog.set_config(
    l.name, least(l.setting::int, d.setting::int / 2)::text, true
)
FROM pg_catalog.pg_settings AS l, pg_catalog.pg_settings AS d
WHERE l.name = 'lock_timeout' AND l.setting <> '0' AND d.name = 'deadlock_timeout';"""


def swap_sql(move: Move) -> str:
    """Write the block."""
    done = [s for s in move.successors if not isinstance(s, str)]
    first, *rest = _locked(move)
    parts = [
        f"LOCK TABLE {first} IN ACCESS EXCLUSIVE MODE;",
        *([_HURRY, f"LOCK TABLE {comma(rest)} IN ACCESS EXCLUSIVE MODE;"] if rest else []),
        *(f"{each};" for successor in reversed(done) for each in successor.goes),
    ]
    for table in move.tables:
        parts += _table(table, move)
    parts += [f"{each};" for successor in done for each in successor.comes]
    body = "\n".join(parts).replace("\n", "\n    ")
    loops = any(_loops(old, move) for old, _ in move.columns)
    loops |= any(_compiled(table, move) for table in move.tables)
    declare = _DECLARE if loops else "\n"
    block = f"{declare}BEGIN\n    {body}\nEND\n"
    return f"DO {dollar(block, 'swap')}"


def _locked(move: Move) -> list[str]:
    """Name all tables that are locked, in one order: those of foreign keys too.

    As others do, it locks a table before its partitions and heirs, and one that is referred to
    before those that refer to it.
    """
    wholes = {qualified(*t.path) for t in move.tables}
    found, refers = set(wholes), dict[str, set[str]]()
    for obj in move.carried:
        own = qualified(*obj.identity.path[:2])
        found.add(own)
        if obj.identity.kind == "foreign_key":
            key: Any = obj
            found.add(qualified(*key.target))
            target = move.context.current.get(Identity("table", key.target))
            if getattr(target, "partition_of", None) is None:
                refers.setdefault(own, set()).add(qualified(*key.target))
    order = dict[str, None]()
    for name in sorted(found, key=lambda name: (name not in wholes, name)):
        order |= dict.fromkeys(_ahead(name, refers, {name}))
    return list(order)


def _ahead(name: str, refers: Mapping[str, set[str]], seen: set[str]) -> Iterator[str]:
    """Give a table after those that it refers to; of a circle the first one last."""
    for target in sorted(refers.get(name, set()) - seen):
        seen.add(target)
        yield from _ahead(target, refers, seen)
    yield name


def _table(table: Identity, move: Move) -> Iterator[str]:
    name = qualified(*table.path)
    routine = move.name(table, "function")
    for each in (table, *heirs_of(table, move.context.current)):
        yield f"DROP TRIGGER {ident(trigger_name(routine))} ON {qualified(*each.path)};"
    yield f"DROP FUNCTION {qualified(table.path[0], routine)}();"
    for old, new in move.of(table):
        yield from _column(old, new, move)
    yield _nothing_left(table, move)
    yield f"ALTER TABLE {name} DROP CONSTRAINT {move.name(table, 'step')};"
    for _, new in move.of(table):
        before, after = ident(move.names[new.identity]), ident(new.identity.name)
        yield f"ALTER TABLE {name} DROP COLUMN {after};"
        yield f"ALTER TABLE {name} RENAME COLUMN {before} TO {after};"
        if new.not_null and move.context.version >= NAMES_NOT_NULL and not _apart(new, move):
            said = f"{before} TO {ident(constraint_name(new))}"
            yield f"ALTER TABLE {name} RENAME CONSTRAINT {said};"
    if _compiled(table, move):
        yield _COMPILED_ANEW % {"tables": _tree(table, move)}


def trigger_name(routine: str) -> str:
    """Name the trigger so that it fires after all that may change the row."""
    return LAST + routine


def _column(old: Any, new: Any, move: Move) -> Iterator[str]:
    """Give the new column all that the old one has."""
    context, path = move.context, new.identity.path
    table, column = qualified(*path[:2]), ident(move.names[new.identity])
    alter = f"ALTER TABLE {table} ALTER COLUMN"
    for each in sorted(context.current.of("sequence")):  # its owner says more than what rests on it
        if each in context.desired and context.current.objects[each].owner == path:  # type: ignore[attr-defined]
            yield f"ALTER SEQUENCE {each.sql} OWNED BY {table}.{column};"
    default = Identity("default", path)
    wanted: Any = context.desired.get(default)
    if default in context.current and wanted is not None:
        yield f"{alter} {ident(path[2])} DROP DEFAULT;"
        yield f"{alter} {column} SET DEFAULT {wanted.expression};"
    for own in defaults_of_parts(new.identity, context.desired):  # which that has overwritten
        yield f"{_of(own)} {ident(path[2])} DROP DEFAULT;"
        yield f"{_of(own)} {column} SET DEFAULT {own.expression};"
    if new.not_null:
        yield from _not_null(new, column, move)
    if new.identity_options is not None:
        yield from _identity(old, new, column)
    comment: Any = context.desired.get(Identity("comment", (*path, "column")))
    if comment is not None:
        yield f"COMMENT ON COLUMN {table}.{column} IS {literal(comment.text)};"
    if _granted(old, move):
        yield _GRANTS % {"table": literal(table), "old": literal(path[2]), "new": literal(column)}


def _of(default: Any) -> str:
    return f"ALTER TABLE {qualified(*default.identity.path[:2])} ALTER COLUMN"


def _not_null(new: Any, column: str, move: Move) -> Iterator[str]:
    table = qualified(*new.identity.path[:2])
    if move.context.version < NAMES_NOT_NULL:
        yield f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;"
        return
    more = " NO INHERIT" if new.not_null_no_inherit else ""
    more += "" if new.not_null_valid else " NOT VALID"
    name, apart = column, _apart(new, move)
    if apart:
        # An heir has one of its own, whose name can only be given while nothing is inherited.
        name = ident(constraint_name(new))
        for each in (table, *apart):
            yield f"ALTER TABLE {each} ALTER COLUMN {ident(new.identity.name)} DROP NOT NULL;"
        for each, called in reversed(apart.items()):
            yield f"ALTER TABLE {each} ADD CONSTRAINT {ident(called)} NOT NULL {column};"
    # Else its own name is still the old one's.
    yield f"ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {column}{more};"


def _apart(new: Any, move: Move) -> dict[str, str]:
    """Give the heirs with a NOT NULL of their own, the upper ones first, and what it is called.

    Parts have what they are to call that of the whole, which is joined with theirs; the NOT NULL
    of an identity, which cannot go for that, they rename later.
    """
    current = move.context.current
    if is_whole(new.parent, current):
        if is_numbered(new.identity, move.context):
            return {}
        wanted = {p: each.name for p, each in new.not_null_apart}
        parts = below(current, new.parent.path)
        return {qualified(*p): wanted[p] for p in parts if p in wanted}
    column: Any = current.objects[new.identity]
    called = {path: each.name for path, each in column.not_null_apart if each.own}
    heirs = heirs_of(new.parent, current)
    return {qualified(*h.path): called[h.path] for h in heirs if h.path in called}


def _identity(old: Any, new: Any, column: str) -> Iterator[str]:
    """The sequence goes with the old column, and counts on in that of the new one.

    ALTER SEQUENCE waits for, and keeps away, whoever takes a number without the table.
    """
    table, sequence = qualified(*new.identity.path[:2]), qualified(*sequence_of(new))
    alter = f"ALTER TABLE {table} ALTER COLUMN"
    before = qualified(*sequence_of(old))
    yield f"ALTER SEQUENCE {before} CACHE {old.identity_options.cache};"
    yield f"SELECT last_value, is_called INTO number, called FROM {before};"
    yield _RIGHTS % {"before": literal(before), "sequence": literal(sequence)}
    yield f"{alter} {ident(new.identity.name)} DROP IDENTITY;"
    yield f"{alter} {column} ADD {new.identity_options.clause(new.type, sequence_of(new))};"
    yield f"PERFORM pg_catalog.setval({literal(sequence)}, number, called);"
    yield _GIVE % {"sequence": literal(sequence)}


def _loops(old: Any, move: Move) -> bool:
    return old.identity_options is not None or _granted(old, move)


def _compiled(table: Identity, move: Move) -> bool:
    """Tell whether functions may have been compiled that see rows of a table."""
    current = move.context.current
    taking = (takes_rows(i, table, current) for i in current.dependents.get(table, ()))
    return any(triggers(table, current)) or any(taking)


def _tree(table: Identity, move: Move) -> str:
    """Write "is the table, or one of its parts or heirs" of an OID."""
    name = literal(qualified(*table.path))
    if is_whole(table, move.context.current):
        return f"IN (SELECT relid FROM pg_catalog.pg_partition_tree({name}))"
    if heirs_of(table, move.context.current):
        return f"IN ({_HEIRS % name})"
    return f"= {name}::pg_catalog.regclass"


def _granted(old: Any, move: Move) -> bool:
    current = move.context.current
    return any(i.kind == "grant" for i in current.children.get(old.identity, ()))


def _nothing_left(table: Identity, move: Move) -> str:
    """Stop where something rests on an old column that nobody knew of: it would go with it."""
    return _LEFT % {
        "table": literal(qualified(*table.path)),
        "tables": _tree(table, move),
        "columns": comma(literal(old.identity.name) for old, _ in move.of(table)),
        # Rights that were there when the plan was made have gone over.
        "given": comma(
            literal(old.identity.name) for old, _ in move.of(table) if _granted(old, move)
        )
        or "''",
        "step": literal(move.name(table, "step")),
    }


_HEIRS = """WITH RECURSIVE heirs (oid) AS (SELECT %s::pg_catalog.regclass::oid
        UNION SELECT i.inhrelid FROM heirs JOIN pg_catalog.pg_inherits i ON i.inhparent = heirs.oid)
    SELECT oid FROM heirs"""

# A session that has run a function on the old type would fail at it to its end, as it does when a
# type is altered in place: it compiles anew what has been altered, and only that.
_COMPILED_ANEW = """FOR statement IN
    SELECT DISTINCT pg_catalog.format('ALTER FUNCTION %%s COST %%s',
        p.oid::pg_catalog.regprocedure, p.procost)
    FROM pg_catalog.pg_proc p
    WHERE pg_catalog.pg_has_role(p.proowner, 'USAGE') AND (
        p.oid IN (SELECT t.tgfoid FROM pg_catalog.pg_trigger t
            WHERE t.tgrelid %(tables)s AND NOT t.tgisinternal)
        OR p.prokind = 'f' AND ARRAY[p.prorettype] || p.proargtypes::oid[] && ARRAY(
            SELECT c.reltype FROM pg_catalog.pg_class c WHERE c.oid %(tables)s))
LOOP
    EXECUTE statement;
END LOOP;"""

_GRANTS = """FOR statement IN
    SELECT pg_catalog.format('GRANT %%s (%%s) ON TABLE %%s TO %%s%%s', x.privilege_type, %(new)s,
        %(table)s, CASE x.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
    WHERE a.attrelid = %(table)s::pg_catalog.regclass AND a.attname = %(old)s
LOOP
    EXECUTE statement;
END LOOP;"""

_RIGHTS = """given := ARRAY(
    SELECT pg_catalog.format('GRANT %%s ON SEQUENCE %%s TO %%s%%s', x.privilege_type,
        %(sequence)s, CASE x.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(
        coalesce(c.relacl, pg_catalog.acldefault('s', c.relowner))) x
    WHERE c.oid = %(before)s::pg_catalog.regclass);
SELECT pg_catalog.obj_description(%(before)s::pg_catalog.regclass, 'pg_class') INTO said;"""

_GIVE = """FOR statement IN
    SELECT pg_catalog.format('REVOKE ALL ON SEQUENCE %%s FROM %%s CASCADE', %(sequence)s,
        CASE x.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END)
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x
    WHERE c.oid = %(sequence)s::pg_catalog.regclass
LOOP
    EXECUTE statement;
END LOOP;
FOREACH statement IN ARRAY given LOOP
    EXECUTE statement;
END LOOP;
IF said IS NOT NULL THEN
    EXECUTE pg_catalog.format('COMMENT ON SEQUENCE %%s IS %%L', %(sequence)s, said);
END IF;"""

_LEFT = """IF EXISTS (
    SELECT FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    LEFT JOIN pg_catalog.pg_constraint c
        ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND c.oid = d.objid
    WHERE a.attrelid %(tables)s AND a.attname IN (%(columns)s)
        AND (c.contype = 'n' OR c.conname = %(step)s) IS NOT TRUE
) OR EXISTS (
    SELECT FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_seclabel l ON l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND l.objoid = a.attrelid AND l.objsubid = a.attnum
    WHERE a.attrelid %(tables)s AND a.attname IN (%(columns)s)
) OR EXISTS (
    SELECT FROM pg_catalog.pg_attribute a
    WHERE a.attrelid %(tables)s AND a.attname IN (%(columns)s)
        AND a.attacl IS NOT NULL
        AND (a.attrelid <> %(table)s::pg_catalog.regclass OR a.attname NOT IN (%(given)s))
) THEN
    RAISE EXCEPTION 'schemadiff: something rests on a column of %% that the plan does not know',
        %(table)s USING HINT = 'make the plan again: schemadiff plan';
END IF;"""
