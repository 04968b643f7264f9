"""Build a closure in a scratch database; where that fails, once more with what bodies name.

The server keeps no dependencies of a body that is a string, and runs it all the same: an index over
an expression has the functions in it inlined, and those have to find what they call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
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

    Raises ShadowError as the work does, with what it said at first.
    """
    asked = [*asked, *brought(mixed.catalog, mixed.registry)]
    wanted = mixed.closure(asked)
    with scratch.emptied(*needed(wanted, mixed.registry), len(wanted.objects)) as empty:
        try:
            return work(empty, wanted)
        except ShadowError as error:
            failed = error
    deeper = replace(mixed, deep=True).closure(asked)
    if deeper.objects.keys() == wanted.objects.keys():
        raise failed
    with scratch.emptied(*needed(deeper, mixed.registry), len(deeper.objects)) as empty:
        try:
            return work(empty, deeper)
        except ShadowError:
            raise failed from None
