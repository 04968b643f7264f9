"""Build a closure in a scratch database; where that fails, once more with what bodies name.

The server keeps no dependencies of a body that is a string, and runs it all the same: an index over
an expression has the functions in it inlined, and those have to find what they call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.record import replace
from schemadiff.shadow.closure import Mixed, brought, needed
from schemadiff.shadow.server import Scratch

if TYPE_CHECKING:
    from psycopg import Connection

T = TypeVar("T")


def in_scratch(
    scratch: Scratch,
    mixed: Mixed,
    asked: Iterable[Identity],
    work: Callable[[Connection[Any], Catalog], T],
) -> T:
    """Do the work in a scratch database, with the closure of what is asked.

    Raises ShadowError as the work does, with what it said at first. Extensions that the role may
    not make are left out at first; where something needs them, a server is sought that has them.
    """
    asked = [*asked, *brought(mixed.catalog, mixed.registry)]
    try:
        return _in_closure(scratch, mixed, asked, work)
    except ShadowError as error:
        without = sorted(scratch.refused)
        if not without:
            raise
        failed = error
    if scratch.complete():
        try:
            return _in_closure(scratch, mixed, asked, work)
        except ShadowError:
            if not scratch.refused:  # nothing was left out: this is what is wrong
                raise
    raise ShadowError(_lacks(without), *failed.diagnostics) from failed


def _in_closure(
    scratch: Scratch,
    mixed: Mixed,
    asked: list[Identity],
    work: Callable[[Connection[Any], Catalog], T],
) -> T:
    wanted = mixed.closure(asked)
    with _emptied(scratch, mixed, wanted) as (empty, made):
        try:
            return work(empty, made)
        except ShadowError as error:
            failed = error
    deeper = replace(mixed, deep=True).closure(asked)
    if deeper.objects.keys() == wanted.objects.keys():
        raise failed
    with _emptied(scratch, mixed, deeper) as (empty, made):
        try:
            return work(empty, made)
        except ShadowError:
            raise failed from None


@contextmanager
def _emptied(
    scratch: Scratch, mixed: Mixed, wanted: Catalog
) -> Iterator[tuple[Connection[Any], Catalog]]:
    """Give an empty database, and what can be made in it of what is wanted."""
    with scratch.emptied(*needed(wanted, mixed.registry), len(wanted.objects)) as empty:
        if scratch.refused:
            without = {i for i in brought(wanted, mixed.registry) if i.name in scratch.refused}
            wanted = wanted.with_objects(o for i, o in wanted.objects.items() if i not in without)
        yield empty, wanted


def _lacks(extensions: list[str]) -> Diagnostic:
    return Diagnostic(
        code="SD071",
        message=f"it was built without the extension{'s' if len(extensions) > 1 else ''} "
        f"{', '.join(extensions)}, which the role may not create",
        hint="name a server with --shadow URL where it may",
    )
