"""A column becomes an identity, or stops being one, and the numbers go on where they were.

The surprising fact: no statement makes a sequence an identity's or takes it from there. So the old
one is renamed, which lets nobody take a number until the transaction ends, the new one is set to
where it stands, and it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import choose
from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.spare import spare
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.kinds._column.alter import attribute, step
from schemadiff.kinds._column.around import sequence_of
from schemadiff.kinds._sequence.bounds import apart, is_fresh, may_start_anew, refuse

# What is found by its name alone in a schema, where the sequences of identities are as well.
_RELATIONS: Final = (
    "table", "foreign_table", "view", "materialized_view", "sequence", "composite"
)  # fmt: skip


def drop_identity(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """DROP IDENTITY, before a default can be made; a new sequence goes on where the old one was."""
    sequence = Identity("sequence", sequence_of(old))
    # Whatever is made under these names is made afterwards.
    freed = frozenset({Identity("default", new.identity.path), sequence})
    drop = replace(step(new, "DROP IDENTITY IF EXISTS"), destroys=freed)
    after = counter(new.identity, context.desired)
    if after is None or after in context.current:
        yield drop
        if after is not None:
            yield _go_on(new, after, after)
        return
    away = _away(sequence, context)
    own = Identity("identity_sequence", new.identity.path)
    yield Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"ALTER SEQUENCE {sequence.sql} RENAME TO {ident(away.name)}",
        guard=Guard(_is_sequence(sequence, "EXISTS")),
        provides=frozenset({away}),
        destroys=freed | {own},
    )
    still = attribute(new, "attidentity <> ''")
    guard = Guard(f"{still} AND {_is_sequence(away, 'EXISTS')}")
    to = (after, context.desired.objects[after])
    yield _take(new, (away, old.identity_options), to, guard, after)
    yield replace(drop, destroys=freed - {sequence})


def set_identity(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """ADD GENERATED … AS IDENTITY, or change its options; numbers go on where they were."""
    assert new.identity_options is not None
    if old.identity_options is not None:
        renamed = old.identity_sequence != new.identity_sequence
        if renamed:  # first, for a second run finds it under the new name only
            yield _rename_sequence(old, new)
        if old.identity_options != new.identity_options:
            named = sequence_of(new if renamed else old)
            yield from _set_options(old, new, Identity("sequence", named))
        return
    clause = new.identity_options.clause(new.type, new.identity_sequence)
    add = step(new, f"ADD {clause}", attribute(new, "attidentity = ''"))
    sequence = Identity("sequence", sequence_of(new))
    # A default stands in the way, and so does a sequence (of a serial column) with the name.
    gone = {Identity("default", new.identity.path), sequence}
    own = Identity("identity_sequence", new.identity.path)
    yield replace(add, provides=frozenset({new.identity, own, *gone}))
    before = counter(new.identity, context.current)
    if before is None:
        yield _go_on(new, sequence, new.identity)
    elif before != sequence or before not in context.desired:
        away = before if before in context.desired else _away(before, context)
        guard = Guard(f"{_is_sequence(away)} AND {_is_unused(sequence)}")
        from_ = (away, context.current.objects[before])
        yield _take(new, from_, (sequence, new.identity_options), guard, new.identity)


def numbered_apart(new: Any, written: Any, context: Context) -> Iterator[Operation]:
    """ADD GENERATED … AS IDENTITY to a column that is made, but written without it."""
    if new.identity_options is not None and written.identity_options is None:
        add = next(set_identity(written, new, context))
        own = Identity("identity_sequence", new.identity.path)
        yield replace(add, provides=frozenset({own}))


def _set_options(old: Any, new: Any, sequence: Identity) -> Iterator[Operation]:
    was, is_ = old.identity_options, new.identity_options
    settings = is_.settings(was)
    if apart(was, is_):
        # No number that was given lies inside, and with one that lies outside it is an error.
        there = (
            f"EXISTS (SELECT 1 FROM pg_catalog.pg_sequence WHERE seqrelid = "
            f"to_regclass({literal(sequence.sql)}) "
            f"AND (seqmin, seqmax) <> ({is_.minimum}, {is_.maximum}))"
        )
        message = f"The counter of {new.identity.sql} starts again, at {is_.start}."
        yield replace(
            step(new, f"{settings} RESTART WITH {is_.start}", there),
            hazards=(data_loss("drop-sequence", new.identity, message),),
        )
    elif may_start_anew(was, is_):
        fresh = Guard(is_fresh(sequence, was, is_))
        yield replace(step(new, f"{settings} RESTART WITH {is_.start}"), guard=fresh)
    yield step(new, settings)


def adopt_sequence(raw: Any, current: Any) -> dict[str, Any]:
    """Take the name of an identity's sequence from the server where the YAML gives none.

    Its schema is always that of the table.
    """
    there = current.identity_sequence
    if raw.identity_options is None or there is None:
        return {}
    named = raw.identity_sequence or there
    return {"identity_sequence": there} if named[1] == there[1] else {}


def freed_name(adopted: Any, raw: Any, desired: Catalog, current: Catalog) -> Any:
    """Leave the usual name of an identity's sequence where something new has the one it has.

    That of a table that was renamed is called after the old name, which another may have now.
    """
    there = adopted.identity_sequence
    if there is None or there == raw.identity_sequence:
        return adopted
    named = [Identity(kind, there) for kind in _RELATIONS]
    if not any(i in desired and i not in current for i in named):
        return adopted
    return replace(adopted, identity_sequence=raw.identity_sequence)


def make_room(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Give another name to the sequence of an identity where something new is called like it.

    That is what PostgreSQL does where the other one was there first.
    """
    new = {i.path for i in desired.of(*_RELATIONS) if i not in current}
    sides = (current, desired)
    told: dict[Identity, DbObject] = {}
    for identity in current.of("column") if new else ():
        old, column = (cast("Any", side.get(identity)) for side in sides)
        options = (getattr(each, "identity_options", None) for each in (old, column))
        if all(options) and sequence_of(old) in new and sequence_of(column) in new:
            told[identity] = replace(column, identity_sequence=_free_name(identity.path, *sides))
    if not told:
        return current, desired
    return current, replace(desired, objects={**desired.objects, **told})


def _free_name(column: tuple[str, ...], *sides: Catalog) -> tuple[str, str]:
    schema, table, name = column

    def is_taken(called: str) -> bool:
        path = (schema, called)
        return any(Identity(kind, path) in side for kind in _RELATIONS for side in sides)

    return schema, choose(table, name, "seq", is_taken)


def _rename_sequence(old: Any, new: Any) -> Operation:
    """ALTER SEQUENCE … RENAME TO; it lives where its table lives."""
    before, after = (Identity("sequence", sequence_of(each)) for each in (old, new))
    return replace(
        step(new, ""),
        ahead_of=frozenset({before}),  # whatever it is that gets the name
        sql=f"ALTER SEQUENCE {before.sql} RENAME TO {ident(after.name)}",
        guard=Guard(_is_sequence(before, "EXISTS")),
        provides=frozenset({new.identity, after}),
        destroys=frozenset({before}),
    )


def followers(sequence: Identity, owner: Any, context: Context) -> frozenset[Identity]:
    """Name the columns that become identities and count on from a sequence that goes."""
    found = {Identity("column", owner)} if owner is not None else set()
    for each in context.current.dependents.get(sequence, ()):
        if each.kind == "default":
            found.add(Identity("column", each.path))
    return frozenset(
        i
        for i in found
        if getattr(context.desired.get(i), "identity_options", None) is not None
        and i in context.current
        and i not in context.replaced
        and getattr(context.current.get(i), "identity_options", None) is None
        and counter(i, context.current) == sequence
    )


def drop_after(old: Any, columns: frozenset[Identity], context: Context) -> Iterator[Operation]:
    """Put a sequence aside before others count on from it, and drop it then."""
    away = _away(old.identity, context)
    plain = " AND ".join(
        attribute(context.desired.objects[i], "attidentity = ''") for i in sorted(columns)
    )
    yield Operation(
        verb=Verb.ALTER,
        target=old.identity,
        sql=f"ALTER SEQUENCE {old.identity.sql} RENAME TO {ident(away.name)}",
        guard=Guard(f"{_is_sequence(old.identity)} AND {plain}"),
        provides=frozenset({away}),
        destroys=frozenset({old.identity}),
        bound=False,
    )
    yield Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=f"DROP SEQUENCE IF EXISTS {away.sql}",
        guard=Guard(_is_sequence(away)),
        requires=columns,
        bound=False,
    )


def counter(column: Identity, catalog: Catalog) -> Identity | None:
    """Name the sequence that a column takes its numbers from: its default's, else its own."""
    default = catalog.depends_on(Identity("default", column.path))
    read = sorted(i for i in default if i.kind == "sequence" and i in catalog)
    if read:
        return read[0]
    owned = (
        i
        for i, o in catalog.objects.items()
        if i.kind == "sequence" and getattr(o, "owner", None) == column.path
    )
    return min(owned, default=None)


def counts_anew(column: Identity, context: Context) -> bool:
    """Tell whether a column will have its numbers from a sequence of its own that is new."""
    if getattr(context.desired.get(column), "identity_options", None) is not None:
        return True
    if Identity("default", column.path) not in context.desired:
        return False
    own = counter(column, context.desired)
    if own is None or own in context.current:
        return False
    return bool(getattr(context.desired.objects[own], "owner", None) == column.path)


def not_of_identity(sequence: Identity, context: Context) -> Guard | None:
    """Keep the sequence of an identity from being dropped that has the name afterwards."""
    columns = (i.path for i in context.current.dependents.get(sequence, ()) if i.kind == "default")
    later = (cast("Any", context.desired.get(Identity("column", path))) for path in columns)
    if not any(c and c.identity_options and sequence_of(c) == sequence.path for c in later):
        return None
    return Guard(_is_sequence(sequence))


def _away(sequence: Identity, context: Context) -> Identity:
    return spare(context.registry["sequence"].model(sequence), context)


def _is_sequence(sequence: Identity, internal: str = "NOT EXISTS") -> str:
    """Give the condition that there is such a sequence, not an identity's (or indeed one)."""
    schema, name = map(literal, sequence.path)
    catalog = "'pg_catalog.pg_class'::pg_catalog.regclass"
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname = {schema} AND c.relname = {name} AND c.relkind = 'S' AND {internal} "
        f"(SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = {catalog} AND d.objid = c.oid "
        f"AND d.refclassid = {catalog} AND d.deptype = 'i'))"
    )


def _is_unused(sequence: Identity) -> str:
    return f"pg_catalog.pg_sequence_last_value(to_regclass({literal(sequence.sql)})) IS NULL"


def _take(
    column: Any, old: tuple[Identity, Any], new: tuple[Identity, Any], guard: Guard, after: Identity
) -> Operation:
    """Set a sequence to where another stands; where its bounds forbid that, after the rows."""
    (from_, was), (to, is_) = old, new
    body = f"PERFORM pg_catalog.setval({literal(to.sql)}, last_value, is_called) FROM {from_.sql}"
    fits = is_.minimum <= was.minimum and was.maximum <= is_.maximum
    if not fits:
        body += f" WHERE last_value BETWEEN {is_.minimum} AND {is_.maximum}"
        body += f"; IF NOT FOUND THEN {after_rows(column, literal(to.sql), is_)}; END IF"
        body = f"{refuse(from_, to, is_)}; {body}"
    return _set(column, body, guard, frozenset({from_, after}), scans=not fits)


def _go_on(column: Any, sequence: Identity, after: Identity) -> Operation:
    """Set a sequence that was never used to the highest value that the rows have."""
    body = after_rows(column, literal(sequence.sql), column.identity_options)
    return _set(column, body, Guard(_is_unused(sequence)), frozenset({after}), scans=True)


def after_rows(column: Any, sequence: str, options: Any) -> str:
    """Set a sequence, which an expression gives, to the highest value that a column has."""
    downwards = options is not None and options.increment < 0
    highest = f"pg_catalog.{'min' if downwards else 'max'}({ident(column.identity.name)})"
    inside = "IS NOT NULL"
    if options is not None:
        inside = f"BETWEEN {options.minimum} AND {options.maximum}"
    return (
        f"PERFORM pg_catalog.setval({sequence}, {highest}) "
        f"FROM {qualified(*column.identity.path[:2])} HAVING {highest} {inside}"
    )


def _set(
    column: Any, body: str, guard: Guard, after: frozenset[Identity], *, scans: bool
) -> Operation:
    """Run a block: a guard would not let a SELECT stand alone in PL/pgSQL."""
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"DO {dollar(f'BEGIN {body}; END')}",
        guard=guard,
        requires=after,
        lock=LockMode.ROW_EXCLUSIVE,
        scans=scans,
        scan_for=ScanFor.ROWS,
    )
