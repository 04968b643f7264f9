"""What is read on request: asked when both sides are known, all tables in one round trip.

Row security is off while rows are read: a role that does not see all of them gets an error, where
a plan made from some of them would insert the others again (as pg_dump does).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import reading
from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import InspectError, PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.core.request import OnRequest, Query, Request
from schemadiff.spec.result import Spec

if TYPE_CHECKING:
    from psycopg import Connection

Answers = list[list[tuple[Any, ...]]]


class Asked:
    """What the specs of a folder ask for, and the answers of a server."""

    def __init__(
        self,
        spec: Spec,
        context: Context,
        renames: Sequence[Rename],
        connection: Connection[Any],
    ) -> None:
        """Look at what is asked for; nothing is asked yet."""
        self._spec = spec
        self._context = context
        self._renames = renames
        self._connection = connection
        self.said = [o for i, o in spec.questions.items() if o.parent in context.desired]

    def kind(self, said: DbObject) -> OnRequest:
        """Give the kind of what was said."""
        kind = self._context.registry.of(said)
        assert isinstance(kind, OnRequest)
        return kind

    def request(self, said: DbObject) -> Request:
        """Give what its kind may look at."""
        source = self._spec.sources.get(said.identity)

        def place(*keys: str | int) -> Place | None:
            return source.at(*keys).place() if source is not None else None

        return Request(self._context, self._live, place)

    def _live(self, identity: Identity) -> Identity:
        """Undo the renames, the last one first."""
        for rename in reversed(self._renames):
            new, old = rename.new.identity, rename.old.identity
            if identity == new:
                identity = old
            elif identity.path[: len(new.path)] == new.path and identity.path != new.path:
                identity = identity.moved(new.path, old.path)
        return identity

    def answers(self) -> list[tuple[DbObject, Answers]]:
        """Ask everything in one round trip; raises PlanError for what the server refuses."""
        queries = [list(self.kind(o).ask(o, self.request(o))) for o in self.said]
        with reading(self._connection) as connection:
            with connection.pipeline():
                connection.execute("SET LOCAL row_security = off")
                cursors = [[_ask(connection, q) for q in some] for some in queries]
            found = [[c.fetchall() for c in some] for some in cursors]
        return list(zip(self.said, found, strict=True))

    def why(self) -> Iterator[Diagnostic]:
        """Find who was refused: each table alone, and of those that fail each value."""
        for said in self.said:
            request, kind = self.request(said), self.kind(said)
            message = self._refused(kind.ask(said, request))
            if not message:
                continue
            wrong = [
                replace(diagnostic, message=f"{diagnostic.message}: {reason}")
                for query, diagnostic in kind.suspects(said, request)
                if (reason := self._refused([query]))
            ]
            yield from wrong or [kind.refused(said, message, request)]

    def _refused(self, queries: Iterable[Query]) -> str:
        import psycopg

        try:
            with reading(self._connection) as connection:
                connection.execute("SET LOCAL row_security = off")
                for query in queries:
                    _ask(connection, query).fetchall()
        except InspectError as error:
            cause = error.__cause__
            if not isinstance(cause, psycopg.Error) or cause.sqlstate is None:
                raise
            return cause.diag.message_primary or str(cause)
        return ""


def answered(
    spec: Spec, context: Context, renames: Sequence[Rename], connection: Connection[Any]
) -> tuple[Catalog, Catalog]:
    """Give both sides with what differs of all that is read on request."""
    current, desired = context.current, context.desired
    asked = Asked(spec, context, renames, connection)
    if not asked.said:
        return current, desired
    try:
        answers = asked.answers()
    except InspectError:
        wrong = list(asked.why())
        if not wrong:
            raise
        raise PlanError(*wrong) from None
    old: list[DbObject] = []
    new: list[DbObject] = []
    wrong = []
    for said, found in answers:
        try:
            before, after = asked.kind(said).answered(said, found, asked.request(said))
        except PlanError as error:
            wrong += error.diagnostics
            continue
        old += before
        new += after
    if wrong:
        raise PlanError(*wrong)
    if not old and not new:
        return current, desired
    return _with(current, old), _with(desired, new)


def _with(catalog: Catalog, objects: Iterable[DbObject]) -> Catalog:
    return replace(catalog, objects={**catalog.objects, **{o.identity: o for o in objects}})


def _ask(connection: Connection[Any], query: Query) -> Any:
    return connection.execute(query.sql.encode(), query.parameters)
