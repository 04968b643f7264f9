"""Which keys, indexes and references a partition has from its table, under names of its own."""

from __future__ import annotations

from typing import Final

# pg_inherits also tells which index of a partition belongs to which of the parent.
CLONES_SQL: Final = """
    SELECT x.indrelid AS relation, array_agg(ARRAY[
               coalesce(con.contype::text, 'i'), ic.relname::text, pc.relname::text]) AS clones
    FROM pg_inherits h
    JOIN pg_index x ON x.indexrelid = h.inhrelid
    JOIN pg_class ic ON ic.oid = h.inhrelid
    JOIN pg_class pc ON pc.oid = h.inhparent
    LEFT JOIN pg_constraint con ON con.conindid = h.inhrelid AND con.contype IN ('p', 'u')
    GROUP BY x.indrelid"""
FOREIGN_KEYS_SQL: Final = """
    SELECT con.conrelid AS relation,
           array_agg(ARRAY['f', con.conname::text, above.conname::text]) AS clones
    FROM pg_constraint con
    JOIN pg_constraint above ON above.oid = con.conparentid AND above.conrelid <> con.conrelid
    WHERE con.contype = 'f' AND con.conparentid <> 0
    GROUP BY con.conrelid"""
_KINDS: Final = {"p": "primary_key", "u": "unique", "i": "index", "f": "foreign_key"}
Clones = tuple[tuple[str, str, str], ...]


def read_clones(indexes: list[list[str]] | None, keys: list[list[str]] | None) -> Clones:
    """Give (kind, name here, name in the parent) of what a partition has from its parent."""
    return tuple(
        (_KINDS[kind], here, there) for kind, here, there in (indexes or []) + (keys or [])
    )
