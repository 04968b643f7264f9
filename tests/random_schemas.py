"""Schemas that nobody thought of: random statements, of which a server keeps what it accepts.

A number gives the same schema each time on the same version. The names are few, so that two
schemas meet in them: what is a table in one is a view in the other, or a function takes it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.random_words import Scene, Words

_STATE = """
SELECT jsonb_build_object(
 'relations', (SELECT coalesce(jsonb_agg(jsonb_build_object('sql', c.oid::regclass::text,
    'kind', c.relkind::text, 'part', c.relispartition, 'columns', (SELECT coalesce(jsonb_agg(
      jsonb_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, NULL),
        'category', t.typcategory::text, 'generated', a.attgenerated::text <> '',
        'identity', a.attidentity::text)
      ORDER BY a.attnum), '[]') FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) ORDER BY c.oid), '[]')
   FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (
     ARRAY['public', 's1'])) AND c.relkind::text ~ '[rpvmfSiI]'),
 'types', (SELECT coalesce(jsonb_agg(jsonb_build_object('sql', t.oid::regtype::text,
    'kind', t.typtype::text, 'labels', (SELECT coalesce(jsonb_agg(e.enumlabel ORDER BY
      e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid)) ORDER BY t.oid), '[]')
   FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE t.typnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (
     ARRAY['public', 's1'])) AND t.typcategory <> 'A' AND (c.relkind IS NULL OR c.relkind = 'c')),
 'routines', (SELECT coalesce(jsonb_agg(jsonb_build_object('sql', p.oid::regprocedure::text,
    'name', p.oid::regproc::text, 'kind', p.prokind::text, 'result', p.prorettype::regtype::text,
    'arguments', (SELECT coalesce(jsonb_agg(x::regtype::text), '[]')
      FROM unnest(p.proargtypes) x)) ORDER BY p.oid), '[]')
   FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (
     ARRAY['public', 's1']))),
 'constraints', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', quote_ident(c.conname),
    'table', c.conrelid::regclass::text, 'type', c.contype::text) ORDER BY c.oid), '[]')
   FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid WHERE r.relnamespace IN (
     SELECT oid FROM pg_namespace WHERE nspname = ANY (ARRAY['public', 's1']))))
"""

# Of a function's rows; pg_dump writes the same, which cannot be restored.
_UNREADABLE = """
SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'v'
AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (ARRAY['public', 's1']))
AND strpos(pg_get_viewdef(c.oid), '"?dropped?column?"') > 0 ORDER BY c.oid"""

_WRITTEN = """
SELECT p.oid, p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname = 'sql' AND p.prosqlbody IS NULL AND p.prokind = 'f'
AND p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (ARRAY['public', 's1']))
ORDER BY p.oid"""

_TEMPLATES = [
    (int(line[:2]), line[3:])
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    if not line.startswith("--")
]


@dataclass
class Generator:
    """Make a schema in the database of a connection, statement by statement."""

    connection: psycopg.Connection[Any]
    random: random.Random
    made: list[str] = field(default_factory=list)

    def build(self, statements: int) -> list[str]:
        """Give the statements that the server took, `statements` of them having been tried."""
        weights = [weight for weight, _ in _TEMPLATES]
        templates = [template for _, template in _TEMPLATES]
        self.take("CREATE SCHEMA s1")
        self.take("CREATE FOREIGN DATA WRAPPER fdw")
        self.take("CREATE SERVER srv FOREIGN DATA WRAPPER fdw")
        words = Scene(self.random, self._state())
        for template in self.random.choices(templates, weights, k=statements):
            text = words.filled(template)
            if text is not None and self.take(text):
                words = Scene(self.random, self._state())
        self._drop_unreadable()
        return self.made

    def _drop_unreadable(self) -> None:
        """Drop the views that nobody can make: up to 14 they read columns that are no more."""
        for (view,) in self.connection.execute(_UNREADABLE.encode()).fetchall():
            self.take(f"DROP VIEW IF EXISTS {view} CASCADE")
        # Nor, while bodies are looked at, a function whose type has changed since.
        for oid, function in self.connection.execute(_WRITTEN.encode()).fetchall():
            if not self._is_right(oid):
                self.take(f"DROP FUNCTION IF EXISTS {function} CASCADE")

    def _is_right(self, oid: int) -> bool:
        with self._tried() as tried:
            self.connection.execute("SELECT fmgr_sql_validator(%s)", [oid])
            tried.append("")
        return bool(tried)

    def fill(self, tries: int) -> list[str]:
        """Write random rows into the tables; gives the statements that were taken."""
        words = Scene(self.random, self._state())
        before = len(self.made)
        for relation in words.state["relations"]:
            for _ in range(tries if relation["kind"] in "rp" else 0):
                self.take(words.insert(relation))
        return self.made[before:]

    def take(self, text: str) -> bool:
        """Run a statement if the server takes it."""
        with self._tried() as tried:
            self.connection.execute("SET LOCAL statement_timeout = '30s'")
            self.connection.execute(text.encode())
            tried.append(text)
        self.made += tried
        return bool(tried)

    @contextmanager
    def _tried(self) -> Iterator[list[str]]:
        done: list[str] = []
        try:
            with self.connection.transaction():
                yield done
        except psycopg.Error:
            done.clear()

    def _state(self) -> Words:
        [(state,)] = self.connection.execute(_STATE.encode()).fetchall()
        return state if isinstance(state, dict) else dict(json.loads(state))


def random_schema(
    connection: psycopg.Connection[Any], seed: int, statements: int, *, rows: int = 0
) -> list[str]:
    """Make the schema of a number; gives the statements, in the order in which they were taken."""
    generator = Generator(connection, random.Random(seed))
    generator.build(statements)
    generator.fill(rows)
    return generator.made
