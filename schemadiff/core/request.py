"""Kinds that are read on request: only of what the YAML speaks of, and only then.

The catalog queries read everything that there is of a kind. What would be too much of that (the
rows of tables) is asked for when both sides are known; only what differs becomes an object.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, ObjectKind, Row
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.plan import Watch
from schemadiff.core.record import record


@record(frozen=True, slots=True)
class Query:
    """A question to the server; `%s` stands for a parameter, and `%%` for a percent sign."""

    sql: str
    parameters: tuple[Any, ...] = ()


@record(frozen=True, slots=True)
class Request:
    """What a kind may look at while it asks.

    `live` gives what an object is called as long as the plan's renames have not run, `place` where
    the spec, or what keys below it name, was written.
    """

    context: Context
    live: Callable[[Identity], Identity]
    place: Callable[..., Place | None]


class Unread(ObjectKind):
    """A kind of which the inspection reads nothing."""

    def catalog_sql(self, version: int) -> NoReturn:
        """Nothing is read."""
        raise NotImplementedError(self.name)

    def read(self, row: Row, names: Names) -> NoReturn:
        """Nothing is read."""
        raise NotImplementedError(self.name)

    def watches(self, objects: Iterable[DbObject]) -> Iterable[Watch]:
        """Say how objects are read again before a plan that changes them is applied."""
        del objects
        return ()

    def watched(self, obj: Any) -> DbObject | None:
        """Give what of an object a watch reads; None where nothing can be read."""
        del obj
        return None

    def seen(self, identity: Identity, values: Mapping[str, str | None]) -> DbObject:
        """Make an object of what a watch has read."""
        raise NotImplementedError(identity)

    def undone(
        self, current: Sequence[DbObject], desired: Sequence[DbObject]
    ) -> tuple[Sequence[DbObject], Sequence[DbObject]]:
        """Give both sides of the way back: as a plan leaves it, and as it was."""
        del current, desired
        return (), ()


class OnRequest(Unread):
    """A kind whose specs are kept apart from the catalog, as questions to the server."""

    @abstractmethod
    def ask(self, said: Any, request: Request) -> Sequence[Query]:
        """Give the questions that tell how the server differs from what the YAML says."""

    @abstractmethod
    def answered(
        self, said: Any, answers: Sequence[Sequence[Row]], request: Request
    ) -> tuple[Sequence[DbObject], Sequence[DbObject]]:
        """Give what differs as it is, and as it is to be; raises PlanError."""

    @abstractmethod
    def suspects(self, said: Any, request: Request) -> Iterable[tuple[Query, Diagnostic]]:
        """Give a question per part that the server may have refused, and what is to be said."""

    @abstractmethod
    def refused(self, said: Any, message: str, request: Request) -> Diagnostic:
        """Say that the server refuses the questions, and not because of a part."""
