"""Types that extensions will bring which are not there yet: a scratch database has them already.

What a type is called says nothing of the extension that it comes from (`lquery` is of `ltree`), so
where several go to different schemas only the server knows in which of them it will be.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.shadow.build import build
from schemadiff.shadow.closure import needed
from schemadiff.shadow.server import Scratch, ShadowOptions

if TYPE_CHECKING:
    from psycopg import Connection

_BROUGHT = """
SELECT n.nspname::text, t.typname::text
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'"""


def types_to_come(
    raw: Catalog,
    current: Catalog,
    connection: Connection[Any],
    registry: Registry,
    options: ShadowOptions,
) -> frozenset[tuple[str, str]]:
    """Name the types, with their schemas, of the extensions that the files say and nobody has yet.

    Where the extensions cannot be made, nothing is known; what is wrong is said when all is built.
    """
    bringing = {k.name for k in registry if k.brings}
    new = {i: o for i, o in raw.objects.items() if i.kind in bringing and i not in current}
    homes = [h for o in new.values() for h in registry.of(o).homes(o)]
    made = {h: raw.get(h) or registry[h.kind].implicit(h) for h in homes}
    wanted = Catalog({**{h: o for h, o in made.items() if o is not None}, **new})
    found: frozenset[tuple[str, str]] = frozenset()
    with (
        contextlib.suppress(ShadowError),
        Scratch(connection, options) as scratch,
        scratch.emptied(*needed(wanted, registry)) as empty,
    ):
        build(empty, wanted, registry, _home, lambda _: None)
        found = frozenset((s, n) for s, n in empty.execute(_BROUGHT).fetchall())
    return found


def _home(identity: Identity) -> str:
    return identity.path[0]
