"""pg_depend as edges between identities: the only source of truth about dependencies.

What pg_depend knows and we do not address (the rule behind a view, the row type of a table, the
index behind a primary key, an array type) stands for the object it is an internal part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import UNMANAGED
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address

if TYPE_CHECKING:
    from psycopg import Connection

# OIDs below 16384 are the server's own objects (manual, 52.18: pinned objects are not recorded).
# An address is one number, classid, OID and column beside each other: a hundred thousand of them
# are looked up. Nothing rests on a toast table, a trigger behind a key, or a NOT NULL of 18.
_SQL = """
SELECT (d.classid::bigint << 48) | (d.objid::bigint << 16) | d.objsubid,
       (d.refclassid::bigint << 48) | (d.refobjid::bigint << 16) | d.refobjsubid,
       CASE WHEN d.deptype IN ('i', 'e')
              OR d.deptype = 'a' AND (d.classid IN ('pg_attrdef'::regclass, 'pg_rewrite'::regclass)
                OR d.classid = 'pg_publication_rel'::regclass
                   AND d.refclassid = 'pg_publication'::regclass
                OR d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
                   AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass))
            THEN 'part' WHEN d.deptype = 'n' THEN 'normal' END
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 12000 AND d.deptype IN ('n', 'a', 'i', 'e', 'P', 'S')
  AND NOT (d.classid = 'pg_trigger'::regclass AND d.refclassid = 'pg_constraint'::regclass
           AND d.deptype = 'i')
  AND NOT (d.classid = 'pg_class'::regclass AND d.deptype = 'i'
           AND EXISTS (SELECT FROM pg_class t WHERE t.oid = d.objid AND t.relkind = 't'))
  AND NOT (d.classid = 'pg_constraint'::regclass AND d.deptype = 'a'
           AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND k.contype = 'n'))"""
# Which column of which parent a column of a part is, both as addresses.
_ABOVE = """
SELECT ('pg_class'::regclass::bigint << 48) | (a.attrelid::bigint << 16) | a.attnum,
       ('pg_class'::regclass::bigint << 48) | (b.attrelid::bigint << 16) | b.attnum
FROM pg_inherits i
JOIN pg_attribute a ON a.attrelid = i.inhrelid AND a.attnum > 0 AND a.attinhcount > 0
JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname
WHERE NOT a.attisdropped AND i.inhrelid = ANY (%s)"""
# Which default of a table above the default of a part is, both as addresses. What an heir's own
# column is generated from is its own.
_DEFAULTS_ABOVE = """
SELECT ('pg_attrdef'::regclass::bigint << 48) | (d.oid::bigint << 16),
       ('pg_attrdef'::regclass::bigint << 48) | (e.oid::bigint << 16)
FROM pg_inherits i
JOIN pg_attribute a ON a.attrelid = i.inhrelid AND a.attinhcount > 0 AND a.atthasdef
    AND NOT (a.attislocal AND a.attgenerated <> '')
JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname AND b.atthasdef
JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_attrdef e ON e.adrelid = b.attrelid AND e.adnum = b.attnum
ORDER BY i.inhseqno"""
# What a generated column rests on stands beside its expression, which no kind addresses; and which
# type an array is of, with the array. With the catalogs the index of pg_depend serves.
_OF_SOME = """
  AND d.classid = ANY (ARRAY(
      SELECT c.oid FROM pg_class c WHERE c.relnamespace = 11 AND c.relname = ANY (%(catalogs)s)))
  AND d.objid = ANY (ARRAY(
      WITH RECURSIVE said AS (
          SELECT unnest(%(only)s::oid[]) AS oid UNION ALL
          SELECT g.oid FROM pg_attrdef g WHERE g.adrelid = ANY (%(only)s)
      ), types AS (
          SELECT r.refobjid FROM pg_depend r
          WHERE r.classid = ANY (ARRAY(
                  SELECT c.oid FROM pg_class c
                  WHERE c.relnamespace = 11 AND c.relname = ANY (%(catalogs)s)))
            AND r.objid = ANY (ARRAY(SELECT oid FROM said))
            AND r.refclassid = 'pg_type'::regclass AND r.refobjid >= 12000
          UNION
          SELECT r.refobjid FROM types t JOIN pg_depend r ON r.objid = t.refobjid
          WHERE r.classid = 'pg_type'::regclass AND r.refclassid = 'pg_type'::regclass
            AND r.deptype = 'i')
      SELECT oid FROM said UNION ALL SELECT refobjid FROM types))"""
# The index over OIDs leaves out what users made.
_CATALOGS = """
SELECT relname, oid FROM pg_class
WHERE oid < 16384 AND relnamespace = 11 AND relkind = 'r'"""
_COLUMN = 0xFFFF  # the part of an address that is the number of a column
_DEEP = 8  # deeper than any chain of parts


# What is asked about all objects, whatever they are.
QUESTIONS = (_CATALOGS, _SQL, _DEFAULTS_ABOVE)


def read_dependencies(
    connection: Connection[Any],
    addresses: Mapping[Address, Identity],
    only: Collection[Address] | None = None,
    told: Sequence[Iterable[tuple[Any, ...]]] = (),
) -> dict[Identity, frozenset[Identity]]:
    """Give, for each identity, the identities it depends on.

    With `only` those of tables that stand alone are asked for, and of what is in them;
    `told` are the answers to `QUESTIONS` where they are there.
    """
    if told:
        names, found, defaults = told
    elif only is None:
        names, found, defaults = (connection.execute(q.encode()).fetchall() for q in QUESTIONS)
    else:
        some = {
            "only": sorted({oid for _, oid, _ in only}),
            "catalogs": sorted({c for c, _, _ in only} | {"pg_attrdef", "pg_type"}),
        }
        with connection.pipeline():
            asked = connection.execute(_CATALOGS), connection.execute(_SQL + _OF_SOME, some)
        (names, found), defaults = (cursor.fetchall() for cursor in asked), ()
    catalogs: dict[str, int] = dict(names)
    rows: list[tuple[int, int, str | None]] = list(found)
    resolved: dict[int, Identity | None] = _numbered(addresses, catalogs, rows, only)
    # A default that a part has from a table above is no object, and goes with that one.
    above = [(d, p) for d, p in defaults if d not in resolved]
    rows += [(default, of_parent, "part") for default, of_parent in above]
    followers = {default for default, _ in above}
    rows = [r for r in rows if r[0] not in followers or not r[1] & _COLUMN]
    resolve = _resolver(resolved, rows)
    edges: dict[Identity, list[Identity]] = defaultdict(list)
    parts: dict[int, set[Identity]] = defaultdict(set)  # who reads a column that a part inherits
    for source, target, kind in rows:
        a = resolved[source] if source in resolved else resolve(source)
        if a is None:
            continue
        b = resolved[target] if target in resolved else resolve(target)
        if b is None or a is b or a == b:
            continue
        # Whatever depends automatically goes along; only a normal dependency stands in the way.
        if a.kind != UNMANAGED or kind == "normal":
            edges[a].append(b)
            if target & _COLUMN and b is resolved.get(target & ~_COLUMN):
                parts[target].add(a)
    for identity, readers in _columns_above(connection, parts, resolved):
        for each in readers:
            edges[each].append(identity)
    return {k: frozenset(v) for k, v in edges.items()}


def _columns_above(
    connection: Connection[Any],
    parts: Mapping[int, set[Identity]],
    resolved: Mapping[int, Identity | None],
) -> Iterator[tuple[Identity, set[Identity]]]:
    """Give the columns of whole tables whose parts are read, with who reads those."""
    readers = dict(parts)
    while readers:
        tables = sorted({address >> 16 & 0xFFFFFFFF for address in readers})
        above: dict[int, set[Identity]] = defaultdict(set)
        for column, parent in connection.execute(_ABOVE, (tables,)).fetchall():
            above[parent] |= readers.get(column, set())
        readers = {parent: found for parent, found in above.items() if found}
        for parent, found in readers.items():
            identity = resolved.get(parent)
            if identity is not None and identity is not resolved.get(parent & ~_COLUMN):
                yield identity, found


def _numbered(
    addresses: Mapping[Address, Identity],
    catalogs: Mapping[str, int],
    rows: list[tuple[int, int, str | None]],
    only: Collection[Address] | None,
) -> dict[int, Identity | None]:
    """Give what is addressed by the number of its address; of few rows, what they speak of."""
    if only is None:
        # A kind may have made up a catalog, for what pg_depend does not speak of.
        return {
            (catalogs[c] << 48) | (o << 16) | s: identity
            for (c, o, s), identity in addresses.items()
            if c in catalogs
        }
    names = {oid: name for name, oid in catalogs.items()}
    found: dict[int, Identity | None] = {}
    for number in {n for row in rows for n in row[:2]}:
        for each in (number, number & ~_COLUMN):
            catalog, oid, column = names[each >> 48], each >> 16 & 0xFFFFFFFF, each & _COLUMN
            if (identity := addresses.get((catalog, oid, column))) is not None:
                found[each] = identity
    return found


def _resolver(
    resolved: dict[int, Identity | None], rows: list[tuple[int, int, str | None]]
) -> Callable[[int], Identity | None]:
    """Give what finds the object that an address stands for, and notes it in `resolved`."""
    owners: dict[int, list[int]] = defaultdict(list)
    for source, target, kind in rows:
        # An attrdef of a generated column is an automatic part of its column, a member of a class
        # or family of that, and what of a table is published of its publication. A member of an
        # extension stands for the extension.
        if kind == "part":
            owners[source].append(target)

    def resolve(address: int, depth: int = 0) -> Identity | None:
        if address in resolved:
            return resolved[address]
        whole = address & ~_COLUMN
        # A column that is not addressed (of a view, say) stands for its relation.
        found = resolved.get(whole)
        if found is None and depth < _DEEP:
            for owner in owners.get(address) or owners.get(whole) or ():
                found = resolve(owner, depth + 1)
                if found is not None:
                    break
        resolved[address] = found
        return found

    return resolve
