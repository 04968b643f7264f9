"""Tables that are made anew as a domain gets what PostgreSQL does not prove of values inside."""

from __future__ import annotations

from collections.abc import Iterator

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._column.waits import goes
from schemadiff.kinds._inside import columns_inside


def displaced(domain: Identity, context: Context) -> Iterator[Identity]:
    """Name them, or only the columns: values are proven as they come back."""
    columns = (context.current.objects[i] for i in columns_inside(domain, context))
    yield from dict.fromkeys(each for c in columns if (each := goes(c, context)))
