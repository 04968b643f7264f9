"""NOT NULL of a column that parts or heirs call otherwise, or have said themselves (18).

RENAME CONSTRAINT renames what is inherited too, which has to be called alike; so the heirs are let
go of the constraint for a moment, which keep theirs. The surprising fact: what an heir has then is
its own for ever, and stays when the constraint goes, so it is taken from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._part_not_null import constraint_name, otherwise
from schemadiff.kinds._table.heirs import below, lineage, parents, relation
from schemadiff.kinds._table.tree import tree_declared

Path = tuple[str, ...]


def apart(column: Any, desired: Catalog, current: Catalog) -> str:
    """Name a part or heir that calls its NOT NULL otherwise, and stays what it is."""
    for path in otherwise(column):
        # What is there under that name no more has been renamed.
        stays = relation(current, path) is None
        if stays or column.identity.path[:2] in lineage(desired, path):
            return qualified(*path)
    return _shared(column, desired, current)


def _shared(column: Any, desired: Catalog, current: Catalog) -> str:
    """Name an heir that has its NOT NULL from elsewhere too, and stays what it is."""
    path, name = column.identity.path[:2], column.identity.name
    under = [*below(current, path)]
    for each in under:
        stays = path in lineage(desired, each)
        others = parents(relation(current, each)) if stays else ()
        for above in (q for p in others if p not in (path, *under) for q in lineage(current, p)):
            said: Any = current.get(Identity("column", (*above, name)))
            if said is not None and said.not_null and not said.not_null_no_inherit:
                return qualified(*each)
    return ""


def inherited_from(column: Any, context: Context) -> tuple[Identity, ...]:
    """Name the tables above a column's that say its NOT NULL too, before or after."""
    path, name = column.identity.path[:2], column.identity.name
    found: dict[Identity, None] = {}
    for side in (context.current, context.desired):
        for above in lineage(side, path):
            said: Any = side.get(Identity("column", (*above, name)))
            if above != path and said is not None and said.not_null:
                found[said.parent] = None
    return tuple(found)


def with_apart(bearer: Any, catalog: Catalog) -> Any:
    """Give the NOT NULL of a part with what those below call it, which the whole's column knows."""
    path, name = bearer.identity.path[:2], bearer.identity.name
    under = {*below(catalog, path)}
    found: dict[Any, Any] = {}
    for each in lineage(catalog, path):
        column: Any = catalog.get(Identity("column", (*each, name)))
        found |= dict(column.not_null_apart) if column is not None else {}
    return replace(bearer, not_null_apart=tuple((p, c) for p, c in found.items() if p in under))


@dataclass(frozen=True, slots=True)
class Renaming:
    """The NOT NULL of a column, before and after; `free` tells whether a table has a name free.

    What has written the block has also named, in `detached`, the tables whose parts leave for it.
    """

    old: Any
    new: Any
    context: Context
    free: Callable[[Path, str], bool]
    detached: list[Path] = field(default_factory=list)

    def beside(self) -> tuple[Identity, ...]:
        """Name the tables that refer to what parts leave: their keys go meanwhile."""
        above = {p for path in self.detached for p in lineage(self.context.current, path)}
        keys: list[Any] = [*map(self.context.current.get, self.context.current.of("foreign_key"))]
        return tuple(dict.fromkeys(k.parent for k in keys if k.target in above))

    def body(self, before: str, name: str, *, last: bool) -> str:
        """Write the block; parts and heirs follow at the last of two renames."""
        path = self.new.identity.path[:2]
        inner = _indented(self._rename(path, before, name, last=last))
        if not inherited_from(self.new, self.context):
            return f"\nBEGIN\n{inner}\nEND\n"
        return _ABOVE.format(
            table=literal(qualified(*path)), column=literal(self.new.identity.name), inner=inner
        )

    def of_part(self, before: str, name: str, *, last: bool) -> str:
        """Write the block that lets a part go for it, which then calls it otherwise."""
        path = self.new.identity.path[:2]
        return self._while_apart(self._rename(path, before, name, last=last))

    def of_part_anew(self, name: str) -> str:
        """Write that block for a name that is lost, whatever it is called since."""
        path, column = self.new.identity.path[:2], self.new.identity.name
        table = literal(qualified(*path))
        anew = _ANEW.format(table=table, column=literal(column), name=literal(name))
        return self._while_apart([anew])

    def of_part_again(self) -> str:
        """Write the block that lets a part go and come back, which then says nothing itself."""
        return self._while_apart([])

    def _while_apart(self, statements: Iterable[str]) -> str:
        path = self.new.identity.path[:2]
        [whole] = parents(relation(self.context.desired, path))
        self.detached.append(whole)
        block = _detached(whole, statements, literal(qualified(*path)))
        return f"\nBEGIN\n{_indented([block])}\nEND\n"

    def _rename(self, path: Path, before: str, name: str, *, last: bool = True) -> Iterator[str]:
        kids, whole = self._kids(path), path == self.new.identity.path[:2]
        if not kids or self._alike(path):
            yield _renamed(path, before, name)
            return
        called = constraint_name(self.old) if whole else before
        follow = [s for kid in kids for s in self._follow(kid, called, name)] if last else []
        if getattr(relation(self.context.desired, path), "partition_by", None) is None:
            alter = f"ALTER TABLE {qualified(*path)} ALTER CONSTRAINT"
            yield f"{alter} {ident(before)} NO INHERIT;"
            yield _renamed(path, before, name)
            yield from follow
            yield f"{alter} {ident(name)} INHERIT;"
        elif self._is_held(path):
            self.detached.append(path)
            yield _detached(path, [_renamed(path, before, name), *follow])
        else:
            yield _OWN.format(
                table=literal(qualified(*path)), column=literal(self.new.identity.name)
            )
            yield from self._anew(path, name, follow)

    def _anew(self, path: Path, name: str, follow: Iterable[str]) -> Iterator[str]:
        """Make it anew, for which no rows are read: all parts have one of their own now."""
        table, column = qualified(*path), ident(self.new.identity.name)
        yield f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;"
        yield from follow
        yield f"ALTER TABLE {table} ADD CONSTRAINT {ident(name)} NOT NULL {column};"
        said: Any = None
        if path == self.new.identity.path[:2]:
            paths = ((*self.new.identity.path, *kind) for kind in _COMMENTS)
            found = (self.context.desired.get(Identity("comment", p)) for p in paths)
            said = next((c for c in found if c is not None), None)
        if said is not None:
            yield f"COMMENT ON CONSTRAINT {ident(name)} ON {table} IS {literal(said.text)};"

    def _follow(self, path: Path, before: str, name: str) -> Iterator[str]:
        """Rename it in a part or heir too, unless that says it itself or is another's as well."""
        column = Identity("column", (*path, self.new.identity.name))
        own = any(column in side for side in (self.context.current, self.context.desired))
        if own or len(parents(relation(self.context.current, path))) > 1:
            return
        said = dict(self.new.not_null_apart).get(path)
        called, name = self._called(path, before), said.name if said else name
        if called != name and self.free(path, name):
            yield from self._rename(path, called, name)

    def _called(self, path: Path, above: str) -> str:
        said = dict(self.old.not_null_apart).get(path)
        return said.name if said else above

    def _kids(self, path: Path) -> list[Path]:
        """Name what is right below a table, and stays there."""
        current, desired = self.context.current, self.context.desired
        return [
            p
            for p in below(current, path)
            if path in parents(relation(current, p))
            and (after := relation(desired, p)) is not None
            and path in parents(after)
        ]

    def _alike(self, path: Path) -> bool:
        """Tell whether all below a table call it alike and have it from there alone."""
        current, called = self.context.current, dict(self.old.not_null_apart)
        return not any(
            p in called
            or len(parents(relation(current, p))) > 1
            or Identity("column", (*p, self.new.identity.name)) in current
            for p in below(current, path)
        )

    def _is_held(self, path: Path) -> bool:
        """Tell whether the NOT NULL of a whole cannot be dropped, or not be added as it is."""
        name = self.new.identity.name
        if not self.old.not_null_valid:
            return True
        for side in (self.context.current, self.context.desired):
            column: Any = side.get(self.new.identity)
            if getattr(column, "identity_options", None) is not None:
                return True
            for each in lineage(side, path):
                mark = side.get(Identity("replica_identity", each))
                inside = side.children.get(Identity("table", each), ())
                keys: list[Any] = [side.objects[i] for i in inside if i.kind == "primary_key"]
                if mark is not None or any(name in key.columns for key in keys):
                    return True
        return False


def _detached(whole: Path, statements: Iterable[str], part: str = "") -> str:
    """Write the block that lets all parts of a table go meanwhile, or one of them."""
    table = literal(qualified(*whole))
    return _DETACHED.format(
        table=table,
        tree=tree_declared(table, part),
        only=_ONLY.format(part) if part else "",
        inner=_indented(statements),
    )


def _renamed(path: Path, before: str, name: str) -> str:
    return f"ALTER TABLE {qualified(*path)} RENAME CONSTRAINT {ident(before)} TO {ident(name)};"


def _indented(statements: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for each in statements for line in each.split("\n"))


_COMMENTS: Final = (("not_null", "column"), ("part_not_null",))
# The tables above let go of it too, the uppermost first.
_ABOVE: Final = """
DECLARE
    above text[] := ARRAY(
        WITH RECURSIVE above AS (
            SELECT inhparent, 1 AS far FROM pg_catalog.pg_inherits
            WHERE inhrelid = {table}::pg_catalog.regclass
            UNION ALL
            SELECT h.inhparent, far + 1
            FROM above JOIN pg_catalog.pg_inherits h ON h.inhrelid = above.inhparent)
        SELECT pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I ',
                                 k.conrelid::pg_catalog.regclass, k.conname)
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN (SELECT inhparent, max(far) AS far FROM above GROUP BY inhparent) p
            ON p.inhparent = k.conrelid
        WHERE k.contype = 'n' AND NOT k.connoinherit AND a.attname = {column}
        ORDER BY p.far DESC);
BEGIN
    FOR i IN 1 .. pg_catalog.cardinality(above) LOOP
        EXECUTE above[i] || 'NO INHERIT';
    END LOOP;
{inner}
    FOR i IN REVERSE pg_catalog.cardinality(above) .. 1 LOOP
        EXECUTE above[i] || 'INHERIT';
    END LOOP;
END
"""
# The parts have one of their own, which they keep when that of the whole goes.
_OWN: Final = """DECLARE
    part text;
BEGIN
    FOR part IN
        SELECT inhrelid::pg_catalog.regclass FROM pg_catalog.pg_inherits
        WHERE inhparent = {table}::pg_catalog.regclass
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', part, {column});
    END LOOP;
END;"""
_ANEW: Final = """EXECUTE (
    SELECT pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                             k.conrelid::pg_catalog.regclass, k.conname, {name})
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.conrelid = {table}::pg_catalog.regclass AND k.contype = 'n'
        AND a.attname = {column});"""
_ONLY: Final = "\n        AND inhrelid = {}::pg_catalog.regclass"
# The default partition comes back last, so that its rows are read only once. A part that goes may
# have no rows that others refer to, and takes its triggers back as the whole has them.
_DETACHED: Final = """DECLARE
    go text[];
    come text[];{tree}
    leave text[];
    refer text[];
    step text;
BEGIN
    SELECT pg_catalog.array_agg(name.said || ' DROP' || name.key ORDER BY k.oid),
           pg_catalog.array_agg(name.said || ' ADD' || name.key || ' '
               || pg_catalog.pg_get_constraintdef(k.oid) ORDER BY k.oid)
           || pg_catalog.array_agg(pg_catalog.format('COMMENT ON%s ON %s IS %L', name.key,
               k.conrelid::pg_catalog.regclass,
               pg_catalog.obj_description(k.oid, 'pg_constraint')) ORDER BY k.oid)
    INTO leave, refer
    FROM pg_catalog.pg_constraint k,
    LATERAL (SELECT pg_catalog.format('ALTER TABLE %s', k.conrelid::pg_catalog.regclass) AS said,
                    pg_catalog.format(' CONSTRAINT %I', k.conname) AS key) name
    WHERE k.contype = 'f' AND k.conparentid = 0
        AND k.confrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors({table}));
    SELECT pg_catalog.array_agg('ALTER TABLE ' || {table} || ' DETACH PARTITION ' || part),
           pg_catalog.array_agg('ALTER TABLE ' || {table} || ' ATTACH PARTITION ' || part || ' '
               || bound ORDER BY bound = 'DEFAULT', part)
    INTO go, come
    FROM pg_catalog.pg_inherits
    JOIN pg_catalog.pg_class c ON c.oid = inhrelid,
    LATERAL (SELECT c.oid::pg_catalog.regclass::text AS part,
                    pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound) said
    WHERE inhparent = {table}::pg_catalog.regclass{only};
    FOREACH step IN ARRAY coalesce(leave, '{{}}') || apart || go || again LOOP
        EXECUTE step;
    END LOOP;
{inner}
    FOREACH step IN ARRAY apart || come || again || fire || coalesce(refer, '{{}}') LOOP
        EXECUTE step;
    END LOOP;
END;"""


def left_own(column: Any, context: Context, *, direct: bool = False) -> list[Path]:
    """Name the parts and heirs that have said a NOT NULL themselves, the upper ones first.

    All that are right below a table have when it does not pass it on any more.
    """
    path = column.identity.path[:2]
    found = {p for p, called in column.not_null_apart if called.own}
    for each in below(context.desired, path) if direct else ():
        there = (relation(side, each) for side in (context.current, context.desired))
        if all(table is not None and path in parents(table) for table in there):
            found.add(each)
    return [p for p in below(context.desired, path) if p in found]


def taken(column: Any, paths: Iterable[Path], context: Context) -> Iterator[Operation]:
    """Take from parts and heirs what they kept of a constraint, unless they say it by their own."""
    name = column.identity.name
    for path in paths:
        said = (Identity(kind, (*path, name)) for kind in ("column", "part_not_null"))
        if not any(identity in context.desired for identity in said):
            yield from taken_from(column, [path])


def taken_from(column: Any, paths: Iterable[Path]) -> Iterator[Operation]:
    """Take from parts and heirs what they say themselves since it is passed on no more."""
    name = column.identity.name
    for path in paths:
        condition = f"""EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.conrelid = to_regclass({literal(qualified(*path))}) AND k.contype = 'n'
            AND k.conislocal AND k.coninhcount = 0 AND a.attname = {literal(name)}
            AND a.attidentity = ''
            AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = k.conrelid
                AND i.indisprimary AND a.attnum = ANY (i.indkey)))"""
        sql = f"ALTER TABLE {qualified(*path)} ALTER COLUMN {ident(name)} DROP NOT NULL"
        yield Operation(verb=Verb.ALTER, target=column.identity, sql=sql, guard=Guard(condition))
