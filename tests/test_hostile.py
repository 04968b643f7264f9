"""Texts that want to be more than they may be: in every text of every kind's spec, on a server.

A payload is put, one at a time, into each place of an example of each kind: its name, every key,
every text, and every field of its model that the example leaves out. What the files do not refuse
becomes statements, and the server's own parser says whether each of them is still only one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import SchemaDiffError, SpecError
from schemadiff.core.kind import ObjectKind
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.operation import Operation, Transaction
from schemadiff.core.plan import Plan, Segment
from schemadiff.core.probing import partitioned
from schemadiff.kinds import KINDS
from schemadiff.plan.planner import Options, make_plan
from schemadiff.render import render
from schemadiff.spec.document import models, read_document
from schemadiff.spec.expand import Expansion, Spec
from tests import laws
from tests.extent import every
from tests.plugins.postgres import Database

CASES = Path(__file__).parent / "cases"
EVIL = "create table public.pwned()"
ESCAPED = "escapee"
MARKS = ("pwned", ESCAPED, "/*", "*/", "--", "\\!")
PAYLOADS = (
    f"now()); {EVIL}; --",
    f"x; {EVIL}; --",
    f"x) ; {EVIL}; /*",
    f"x'; {EVIL}; --",
    f"x'); {EVIL}; --",
    f'x"; {EVIL}; --',
    f'x"); {EVIL}; --',
    f"e'\\'; {EVIL}; --'",
    f"x\\'; {EVIL}; --",
    f"$$; {EVIL}; --",
    f"$guard$; {EVIL}; --",
    f"x $sql$; END $guard$; {EVIL}; --",
    f"select 1; {EVIL}",
    f"begin atomic select 1; end; {EVIL}",
    f"true), drop column {ESCAPED}, add check (true",
    f"x) inherits ({ESCAPED}",
    "x /*",
    "x --",
    "x \\! touch pwned",
    "select 1 as x into public.pwned",
    f"x THEN {EVIL}; END IF; END $$; --",
)

# In the matrix each text is put into each place, otherwise into every tenth, each time others.
APART = every(10)

MODELS = models(KINDS)
Tree = dict[str, Any]
PathTo = tuple[str | int, ...]


@dataclass(frozen=True)
class Example:
    """A whole file, and where in it a spec of the kind stands."""

    kind: ObjectKind
    within: str
    tree: Tree
    path: PathTo


def _trees() -> Iterator[Tree]:
    for file in sorted(CASES.glob("*/*/desired.yaml")):
        tree = yaml.load(file.read_bytes(), yaml.CBaseLoader)  # noqa: S506 - all scalars stay texts
        if isinstance(tree, dict):
            yield tree


def _specs(tree: Any, within: str, path: PathTo) -> Iterator[tuple[ObjectKind, str, PathTo, Any]]:
    if not isinstance(tree, dict):
        return
    for kind in KINDS.within(within):
        section = tree.get(kind.section)
        here = (*path, kind.section)
        if not section:
            continue
        if kind.single:
            yield kind, within, here, section
            continue
        items = section.items() if isinstance(section, dict) else enumerate(section)
        for key, spec in items:
            yield kind, within, (*here, key), spec
            yield from _specs(spec, kind.name, (*here, key))


def examples() -> dict[str, Example]:
    """Give the example of each kind that says the most."""
    found: dict[str, tuple[int, Example]] = {}
    for tree in _trees():
        for kind, within, path, spec in _specs(tree, "", ()):
            if kind.spec is None:
                continue
            size = 10 * len(spec) if isinstance(spec, dict) else 1
            size -= len(str(tree)) // 100
            if kind.name not in found or size > found[kind.name][0]:
                found[kind.name] = (size, Example(kind, within, _around(tree, path), path))
    return {name: example for name, (_, example) in found.items()}


def _around(tree: Tree, path: PathTo) -> Tree:
    """Leave out the other objects of a file, but for those whose place in a list counts."""
    first = str(path[0])
    section = tree[first]
    if isinstance(section, dict) and len(path) > 1:
        section = {path[1]: section[path[1]]}
    return {first: section} | {key: tree[key] for key in ("schema", "mixins") if key in tree}


EXAMPLES = examples()


def _at(tree: Any, path: PathTo) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _put(tree: Tree, path: PathTo, value: object) -> Tree:
    changed: Tree = _changed(tree, path, lambda above: {**above, path[-1]: value})
    return changed


def _rename(tree: Tree, path: PathTo, key: str) -> Tree:
    changed: Tree = _changed(
        tree, path, lambda above: {key if k == path[-1] else k: v for k, v in above.items()}
    )
    return changed


def _changed(tree: Any, path: PathTo, change: Callable[[Any], Any]) -> Any:
    """Give a copy in which what holds the end of a path is another; the rest is shared."""
    if isinstance(tree, list):
        as_dict = _changed(dict(enumerate(tree)), path, change)
        return list(as_dict.values())
    if len(path) == 1:
        return change(tree)
    return {**tree, path[0]: _changed(tree[path[0]], path[1:], change)}


def _places(value: Any, path: PathTo) -> Iterator[tuple[PathTo, bool]]:
    """Give every scalar, and every key, below a place."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key), True
            yield from _places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*path, index))
    else:
        yield path, False


def _own_places(example: Example) -> Iterator[tuple[PathTo, bool]]:
    """Leave out the sections of kinds whose own example stands in such a section."""
    inside = {k.section for k in KINDS.within(example.kind.name) if _is_tried_in(k, example.kind)}
    for place, is_key in _places(_at(example.tree, example.path), example.path):
        below = place[len(example.path) :]
        if len(below) < 2 or below[0] not in inside:
            yield place, is_key


def _is_tried_in(kind: ObjectKind, parent: ObjectKind) -> bool:
    return kind.name in EXAMPLES and EXAMPLES[kind.name].within == parent.name


def mutations(example: Example, payload: str) -> Iterator[Tree]:
    """Give the example with the payload in each of its places."""
    tree, path = example.tree, example.path
    spec = _at(tree, path)
    if isinstance(path[-1], str) and not example.kind.single:
        yield _rename(tree, path, payload)
        yield _rename(tree, path, f"{path[-1]}{payload}")
    yield _put(tree, path, payload)
    yield {**tree, "schema": payload}
    for place, is_key in _own_places(example):
        if is_key:
            yield _rename(tree, place, payload)
            continue
        yield _put(tree, place, payload)
        yield _put(tree, place, f"{_at(tree, place)}{payload}")
    if isinstance(spec, dict):
        model = MODELS.spec(example.kind)
        for name, field in model.model_fields.items():
            key = field.alias or name
            for value in (payload, [payload], {payload: payload}, {"x": payload}, [{"x": payload}]):
                yield _put(tree, (*path, key), value)


def _expanded(tree: Tree, folder: Path) -> Spec | None:
    file = folder / "hostile.yaml"
    text = json.dumps(tree)  # which is YAML, and made much faster
    document, wrong = read_document(file, "hostile.yaml", MODELS.root, text.encode())
    if document is None or wrong:
        return None
    expansion = Expansion(KINDS, MODELS, folder, {})
    spec = expansion.run([document])
    return None if expansion.wrong else spec


def _statements(spec: Spec, server_version: int) -> Iterator[str]:
    """Give all that may be sent to a server because of the files, and what a script would hold."""
    empty = Catalog({}, version=server_version)
    options = Options(fold=False, lenient=True)
    try:
        plan = make_plan(empty, spec.catalog, KINDS, version=server_version, options=options)
        gone = make_plan(spec.catalog, empty, KINDS, version=server_version, options=options)
    except SchemaDiffError:
        return
    for op in (*plan.operations(), *gone.operations()):
        yield op.sql
        if any(m in op.sql or (op.guard and m in op.guard.condition) for m in MARKS):
            yield from _guarded(op)
    for obj in spec.catalog.objects.values():
        part = KINDS.of(obj).probe_part(obj)
        probe = KINDS.of(obj).probe(obj, "pg_temp.t")
        yield from [probe] if probe is not None else []
        yield from [partitioned("pg_temp.t", [part])] if part is not None else []


def _guarded(op: Operation) -> Iterator[str]:
    if op.guard is not None:
        yield f"SELECT ({op.guard.condition})"
    if op.transaction is not Transaction.OUTSIDE:
        script = render(Plan((), (Segment((op,)),)), "sql")
        yield script.partition("\nBEGIN;\n")[2].rpartition("\nCOMMIT;")[0]


def _verdict(connection: psycopg.Connection[Any], statement: str) -> str:
    """Ask the server's own parser whether a text is more than one statement; nothing is run.

    Parse (manual, 55.2.3) refuses several commands before it looks at any name in them, so the
    answer does not depend on what exists.
    """
    result = connection.pgconn.prepare(b"", statement.encode("utf-8", "replace"))
    said = result.error_message.decode(errors="replace")
    if "multiple commands" in said:
        return "it is more than one statement"
    try:
        outside = {t.value for t in code(statement) if t.kind in (Kind.IDENT, Kind.QUOTED)}
    except LexError as error:
        return "" if "syntax error" in said or "unterminated" in said else str(error)
    return "it leaves its brackets" if ESCAPED in outside else ""


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_nothing_gets_out_of_its_place(name: str, database: Database, tmp_path: Path) -> None:
    """Whatever a file says in whatever place, only the statements of schemadiff can run."""
    tried: set[str] = set()
    with database.connect() as connection:
        version = connection.info.server_version
        for number, payload in enumerate(PAYLOADS):
            every = islice(mutations(EXAMPLES[name], payload), number % APART, None, APART)
            for tree in every:
                spec = _expanded(tree, tmp_path)
                for statement in _statements(spec, version) if spec is not None else ():
                    if statement in tried or not any(m in statement for m in MARKS):
                        continue
                    tried.add(statement)
                    wrong = _verdict(connection, statement)
                    assert not wrong, f"{wrong}\n{statement}\n{json.dumps(tree)}"


HARMFUL = (
    "tables: {t: {columns: {a: 'int default (1)); drop table canary; --'}}}",
    "tables: {t: {columns: {a: {type: 'int); drop table canary; --'}}}}",
    "tables: {t: {columns: {a: int}, checks: {c: 'true); drop table canary; --'}}}",
    "tables: {t: {columns: {a: int}, checks: {c: 'true), drop column a, add check (true'}}}",
    "tables: {t: {columns: {a: int}, indexes: {i: ['a); drop table canary; --']}}}",
    "tables: {t: {columns: {a: int}, indexes: {i: {columns: a, where: '1; drop table canary'}}}}",
    "views: {v: {query: 'select 1; drop table canary'}}",
    "views: {v: {query: 'drop table canary'}}",
    "domains: {d: {type: int, checks: {c: 'true); drop table canary; --'}}}",
    "functions: {'f(a int default 1); drop table canary; --': {returns: int, body: select 1}}",
)


@pytest.mark.parametrize("text", HARMFUL)
def test_refused_before_a_server_sees_it(text: str, database: Database, tmp_path: Path) -> None:
    """What smuggles a statement is a mistake of the file, with its place."""
    database.execute("create table canary as select 1 as sings")
    file = tmp_path / "harmful.yaml"
    file.write_text(text)
    with pytest.raises(SpecError) as raised:
        laws.plan_for(database, file)
    assert all(d.place is not None and d.place.line == 1 for d in raised.value.diagnostics)
    assert database.execute("select sings from canary") == [(1,)]


def test_every_kind_is_tried() -> None:
    """A new kind cannot forget its cases, nor this test a kind."""
    assert {k.name for k in KINDS if k.section and k.spec is not None} <= set(EXAMPLES)
