"""Build a set of objects in a scratch database, and read them back in the server's own words.

Dependencies of raw objects are guesses, so the order may be wrong: the hopeful way sends all
statements at once, the careful one tries each until no more succeed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import Inspection, inspect, with_dependencies
from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Registry, overriding
from schemadiff.core.operation import Operation
from schemadiff.core.portions import portions
from schemadiff.core.sql import comma, ident
from schemadiff.plan.planner import Options, make_plan
from schemadiff.shadow.causes import Failure, PlaceOf, Trial, explain

if TYPE_CHECKING:
    from psycopg import Connection

PathOf = Callable[[Identity], str]
_COLUMNS = 20  # the rank of columns, without which no partition key or parent can be named
_NOTHING = 10_000  # above every rank: each part is a statement of its own


def build(
    scratch: Connection[Any],
    wanted: Catalog,
    registry: Registry,
    schema_of: PathOf,
    place_of: PlaceOf,
    *,
    trial: Trial | None = None,
) -> None:
    """Create the objects in a scratch database; raises ShadowError for what it does not take.

    Owners, grants and the like are left out: they say nothing, and their roles may not be there.
    So is what is of something left out, such as the comment on a subscription.
    """
    left = {k.name for k in registry if not k.built}
    said = (o for o in wanted.objects.values() if o.identity.kind not in left)
    wanted = wanted.with_objects(o for o in said if not (o.parent and o.parent.kind in left))
    found: list[list[Failure]] = []
    for fold in (0, _COLUMNS):
        with _attempt(scratch) as attempt:
            found.append(_grave(_built(scratch, wanted, registry, schema_of, fold), trial))
            if not found[-1]:
                return
            attempt.force_rollback = True
    apart = _built(scratch, wanted, registry, schema_of, _NOTHING)
    failures = min(found, key=len)
    raise ShadowError(*explain(failures, [*found[-1], *apart], place_of, wanted, registry))


@contextlib.contextmanager
def _attempt(scratch: Connection[Any]) -> Iterator[Any]:
    """Take back what was made, if that is said; in a database that goes as a whole, by hand."""
    if scratch.info.transaction_status:
        with scratch.transaction() as attempt:
            yield attempt
        return
    failed = SimpleNamespace(force_rollback=False)
    yield failed
    if failed.force_rollback:
        _wipe(scratch)


def _grave(failures: list[Failure], trial: Trial | None) -> list[Failure]:
    return trial.grave(failures) if trial else failures


def _built(
    scratch: Connection[Any], wanted: Catalog, registry: Registry, schema_of: PathOf, fold: int
) -> list[Failure]:
    """Make what can be made; gives what could not."""
    operations = _operations(wanted, registry, scratch.info.server_version, fold=fold)
    extensions = [op for op in operations if op.target.kind in _prerequisites(registry)]
    paths = _Paths(scratch, schema_of)
    failures = _carefully(scratch, extensions, paths)
    paths.forget()
    rest = [op for op in operations if op not in extensions]
    if not failures:
        rest = _hopefully(scratch, rest, paths)
    left = _carefully(scratch, rest, paths)
    if _stood_in_for(scratch, left, wanted, registry, paths):
        left = _carefully(scratch, [op for op, _ in left], paths)
    return [*failures, *left]


def _stood_in_for(
    scratch: Connection[Any],
    failures: list[Failure],
    wanted: Catalog,
    registry: Registry,
    paths: _Paths,
) -> bool:
    """Make what stands in for what may be in a circle that no word tells; tells if any was made.

    A cast is used without being named, and a column is named like many other things.
    """
    speaking = overriding(registry, "stand_in")
    targets = dict.fromkeys(op.target for op, _ in failures if op.target.kind in speaking)
    asked = [registry[i.kind].stand_in(wanted.objects[i]) for i in targets]
    first = [op for op in asked if op is not None]
    return len(_carefully(scratch, first, paths)) < len(first)


def read_back(scratch: Connection[Any], registry: Registry) -> Inspection:
    """Inspect the scratch database with its dependencies."""
    from schemadiff.catalog.session import reading_within

    with reading_within(scratch):
        return with_dependencies(scratch, inspect(scratch, registry))


def addresses(scratch: Connection[Any], registry: Registry) -> Mapping[Address, Identity]:
    """Tell by which addresses the objects of a scratch database are known."""
    from schemadiff.catalog.session import reading_within

    with reading_within(scratch):
        return inspect(scratch, registry).addresses


def _prerequisites(registry: Registry) -> frozenset[str]:
    """Name the kinds that must be there before anything else can be said."""
    last = max((k.order for k in registry if k.brings), default=0)
    return frozenset(k.name for k in registry if k.order <= last)


def _operations(wanted: Catalog, registry: Registry, version: int, *, fold: int) -> list[Operation]:
    plan = make_plan(
        Catalog({}, version=version),
        wanted,
        registry,
        version=version,
        options=Options(fold=fold, lenient=True),
    )
    return list(plan.operations())


class _Paths:
    """The search_path of each object: the schema of its file, public, the extensions' schemas."""

    def __init__(self, scratch: Connection[Any], schema_of: PathOf) -> None:
        self._scratch = scratch
        self._schema_of = schema_of
        self._others: list[str] | None = None

    def forget(self) -> None:
        """Look again which extensions there are."""
        self._others = None

    def of(self, identity: Identity) -> str:
        """Give the path as SQL."""
        if self._others is None:
            self._others = [
                row[0]
                for row in self._scratch.execute(
                    "SELECT DISTINCT n.nspname FROM pg_extension e JOIN pg_namespace n"
                    " ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog' ORDER BY 1"
                )
            ]
        first = [self._schema_of(identity), "public", *self._others]
        return comma(ident(s) for s in dict.fromkeys(first))


def _set_path(path: str) -> bytes:
    return f"SET LOCAL search_path = {path}".encode()


def _hopefully(
    scratch: Connection[Any], operations: list[Operation], paths: _Paths
) -> list[Operation]:
    """Make them without a look at each; gives those that were not made, from the first wrong on."""
    from psycopg import Error

    found = [(op, paths.of(op.target)) for op in operations]
    done = 0
    for portion in portions(found):
        try:
            with scratch.transaction(), scratch.pipeline():
                scratch.execute("SET LOCAL check_function_bodies = off")
                last = ""
                for op, path in portion:
                    if path != last:
                        scratch.execute(_set_path(path))
                        last = path
                    scratch.execute(op.sql.encode())
        except Error:
            break
        done += len(portion)
    return operations[done:]


def _stands_in(op: Operation, made: Operation) -> bool:
    whole = made.target in made.provides
    return whole and op.target == made.target and op.target not in op.provides


def _carefully(
    scratch: Connection[Any], operations: Sequence[Operation], paths: _Paths
) -> list[Failure]:
    from psycopg import Error

    waiting = [(op, paths.of(op.target)) for op in operations]
    while waiting:
        failed: list[tuple[Operation, str, Any]] = []
        for portion in portions(waiting):
            with scratch.transaction():
                scratch.execute("SET LOCAL check_function_bodies = off")
                for op, path in portion:
                    try:
                        with scratch.transaction():
                            scratch.execute(_set_path(path))
                            scratch.execute(op.sql.encode())
                    except Error as error:
                        failed.append((op, path, error))
                    else:
                        # What stands in for something would take its place when it is there.
                        failed = [f for f in failed if not _stands_in(f[0], op)]
        if len(failed) == len(waiting):
            return [(op, error) for op, _, error in failed]
        waiting = [(op, path) for op, path, _ in failed]
    return []


_TABLES = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind = 'f'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""

# What is in no schema, and goes with none.
_NOWHERE = """
SELECT pg_catalog.concat_ws(' ', pg_catalog.replace(o.type, '-', ' '), 'IF EXISTS', o.identity)
FROM (SELECT tableoid, oid FROM pg_catalog.pg_foreign_data_wrapper
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_publication
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_event_trigger
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_transform
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_cast
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_language
      UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_am) AS x (tableoid, oid),
    LATERAL pg_catalog.pg_identify_object(x.tableoid, x.oid, 0) AS o
WHERE x.oid >= 16384"""

# What is in a schema of somebody else's: before 15 "public" is not the database owner's.
_INSIDE = """
SELECT n.nspname, pg_catalog.pg_has_role(n.nspowner, 'USAGE'),
    ARRAY(SELECT pg_catalog.concat_ws(' ', pg_catalog.split_part(o.type, ' object', 1),
              'IF EXISTS', o.identity)
          FROM pg_catalog.pg_depend d,
              LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
          WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n')
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""


def _wipe(scratch: Connection[Any]) -> None:
    """Empty it; the schemas that an extension brings go with it alone."""
    brought = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
    for (name,) in scratch.execute(brought).fetchall():
        scratch.execute(f"DROP EXTENSION IF EXISTS {ident(name)} CASCADE".encode())
    tables = scratch.execute(_TABLES.encode()).fetchall()
    for word, foreign in (("TABLE", False), ("FOREIGN TABLE", True)):
        for portion in portions([table for table, elsewhere in tables if elsewhere is foreign]):
            scratch.execute(f"DROP {word} IF EXISTS {comma(portion)} CASCADE".encode())
    for name, ours, inside in scratch.execute(_INSIDE.encode()).fetchall():
        for each in [f"SCHEMA {ident(name)}"] if ours else inside:
            scratch.execute(f"DROP {each} CASCADE".encode())
    for (each,) in scratch.execute(_NOWHERE.encode()).fetchall():
        scratch.execute(f"DROP {each} CASCADE".encode())
    scratch.execute("CREATE SCHEMA IF NOT EXISTS public")
