"""Routines, tables and extensions that the files name: in the files, or on the server.

The server itself looks for most of them only when the statement runs, and of some it says nothing
until they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from schemadiff.catalog.session import reading
from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import overriding
from schemadiff.core.sql import qualified

if TYPE_CHECKING:
    from schemadiff.shadow.question import Question

_SPACE = "routine"
_SYSTEM = "pg_catalog"
_BUILT_IN = frozenset({"c", "internal", "plpgsql", "sql"})


def check_called(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for all that is named and exists nowhere, with all the places."""
    looks = (_extensions, _routines, _languages, _lacking, _targets, _presupposed)
    wrong = [each for look in looks for each in look(ask, raw, differing)]
    if wrong:
        raise PlanError(*wrong)


def _routines(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> Iterator[Diagnostic]:
    asked = overriding(ask.registry, "calls")
    needed = [
        (identity, routine)
        for identity in differing
        if identity.kind in asked
        for routine in ask.registry[identity.kind].calls(raw.objects[identity])
    ]
    kinds = {k.name for k in ask.registry if _SPACE in k.spaces}
    declared = {(i.path[0], i.path[1]) for i in raw.objects if i.kind in kinds}
    if all(routine in declared for _, routine in needed):
        return
    known = declared | set(_on_server(ask))
    missing = [(identity, routine) for identity, routine in needed if routine not in known]
    # What an extension brings that is not there yet, nobody knows.
    brings = any(ask.registry[i.kind].brings for i in differing if i not in ask.inspection.catalog)
    if not brings:
        for each in missing:
            yield _unknown(ask, *each, sorted(known))


def _lacking(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> Iterator[Diagnostic]:
    """Tell what is neither in the files nor out of scope."""
    for identity in differing:
        if isinstance(kind := ask.registry[identity.kind], Checked):
            for f in kind.lacks(raw.objects[identity], raw):
                place = ask.place(identity)
                yield Diagnostic(code=f.code, message=f.message, hint=f.hint, place=place)


def _languages(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> Iterator[Diagnostic]:
    asked = overriding(ask.registry, "written_in")
    speaking = {
        i: word
        for i in differing
        if i.kind in asked and (word := ask.registry[i.kind].written_in(raw.objects[i]))
    }
    needed = set(speaking.values()) - _BUILT_IN
    kinds = {k.name for k in ask.registry if k.is_language}
    needed -= {i.name for i in raw.objects if i.kind in kinds}
    if not needed or any(ask.registry[i.kind].brings for i in differing):
        return
    there = [n for (n,) in ask.connection.execute("SELECT lanname FROM pg_catalog.pg_language")]
    for identity, word in speaking.items():
        if word in needed and word not in there:
            message = f"{identity}: there is no language {word}, here or on the server"
            hint = _nearly(word, there, "install the extension that brings it")
            yield _nowhere(ask, identity, message, hint)


def _on_server(ask: Question) -> Iterator[tuple[str, str]]:
    rows = ask.connection.execute(
        "SELECT DISTINCT n.nspname::text, p.proname::text FROM pg_catalog.pg_proc p"
        " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
    )
    yield from rows.fetchall()


def _unknown(
    ask: Question, identity: Identity, routine: tuple[str, str], known: Sequence[tuple[str, str]]
) -> Diagnostic:
    names = {name: (schema, name) for schema, name in known if schema != _SYSTEM}
    names |= {name: (schema, name) for schema, name in known if schema == routine[0]}
    close = get_close_matches(routine[1], names, 1)
    hint = "declare it under functions:, or install the extension that brings it"
    if close:
        hint = f"did you mean {qualified(*names[close[0]])}? Else {hint}"
    message = f"{identity}: there is no function {qualified(*routine)}, here or on the server"
    return _nowhere(ask, identity, message, hint)


def _targets(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> Iterator[Diagnostic]:
    """Tell of tables that are referred to and exist nowhere."""
    asked = overriding(ask.registry, "locks_also")
    needed = [
        (identity, target)
        for identity in differing
        if identity.kind in asked
        for target in ask.registry[identity.kind].locks_also(raw.objects[identity])
        if target not in raw
    ]
    there = _tables_there(ask) if needed else frozenset()
    for identity, target in needed:
        if target.path not in there:
            yield _unknown_table(ask, identity, target, raw)


def _presupposed(
    ask: Question, raw: Catalog, differing: Sequence[Identity]
) -> Iterator[Diagnostic]:
    """Tell of what the server or an extension would have to bring, and does not."""
    asked = overriding(ask.registry, "presupposes")
    needed = {
        i: each
        for i in differing
        if i.kind in asked and (each := ask.registry[i.kind].presupposes(raw.objects[i]))
    }
    # What an extension brings that is not there yet, or elsewhere, nobody knows.
    brings = any(ask.registry[i.kind].brings for i in differing)
    if not needed or brings:
        return
    conditions = ", ".join(condition for _, condition in needed.values())
    with reading(ask.connection) as connection:  # where types have their schemas before them
        row = connection.execute(f"SELECT ARRAY[{conditions}]".encode()).fetchone()
    assert row is not None
    for (identity, (words, _)), there in zip(needed.items(), row[0], strict=True):
        if not there:
            message = f"{identity}: neither the server nor an extension has a {words}"
            hint = "write its name with the schema, or name the extension that brings it"
            yield _nowhere(ask, identity, message, hint)


def _tables_there(ask: Question) -> frozenset[tuple[str, str]]:
    """Name what the server has: out of scope, of an extension, or about to be renamed, too."""
    found = ask.inspection.names.relations.values()
    return frozenset((r.schema, r.name) for r in found if r.relkind in ("r", "p"))


def _unknown_table(ask: Question, identity: Identity, target: Identity, raw: Catalog) -> Diagnostic:
    tables = {i.name: i for i in raw.objects if i.kind == target.kind}
    tables |= {n: i for n, i in tables.items() if i.path[0] == target.path[0]}
    alike = [n for n in tables if n.lower() == target.name]
    close = alike or get_close_matches(target.name, tables, 1)
    hint = "declare it under tables:"
    if target.path[0] in tables:
        hint = f"did you mean {target.path[0]}({target.name})?"
    elif close:
        hint = f"did you mean {qualified(*tables[close[0]].path)}?"
        hint += " A name with capitals is written in double quotes" if alike else ""
    message = f"{identity}: there is no table {target.sql}, here or on the server"
    return _nowhere(ask, identity, message, hint)


def _extensions(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> Iterator[Diagnostic]:
    """Tell of extensions whose files the server does not have."""
    wanted = [
        i for i in differing if ask.registry[i.kind].brings and i not in ask.inspection.catalog
    ]
    if not wanted:
        return
    query = "SELECT name FROM pg_catalog.pg_available_extensions"
    there = [name for (name,) in ask.connection.execute(query)]
    for identity in wanted:
        if identity.name not in there and identity in raw:
            message = f"{identity} is not available on the server"
            hint = _nearly(identity.name, there, "install its files on the server")
            yield _nowhere(ask, identity, message, hint)


def _nowhere(ask: Question, identity: Identity, message: str, hint: str) -> Diagnostic:
    """Say that something is neither in the files nor on the server."""
    return Diagnostic(code="SD078", message=message, hint=hint, place=ask.place(identity))


def _nearly(word: str, there: Sequence[str], otherwise: str) -> str:
    """Give the hint: what is called nearly so, or else what mends it."""
    close = get_close_matches(word, there, 1)
    return f"did you mean {close[0]}?" if close else otherwise
