"""Routines that the files name: each is in the files, or on the server.

The server itself looks for most of them only when the statement runs, and of some it says nothing
until they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import overriding
from schemadiff.core.sql import qualified

if TYPE_CHECKING:
    from schemadiff.shadow.resolve import Question

_SPACE = "routine"
_SYSTEM = "pg_catalog"


def check_routines(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for routines that exist nowhere, with all the places."""
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
    if missing and not brings:
        raise PlanError(*(_unknown(ask, *each, sorted(known)) for each in missing))


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
    return Diagnostic(
        code="SD078",
        message=f"{identity}: there is no function {qualified(*routine)}, here or on the server",
        hint=hint,
        place=ask.place(identity),
    )
