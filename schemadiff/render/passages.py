"""The statements of a plan as a reader goes through them: what is alike and in a row is one step.

An index on a table of a hundred partitions is built by two hundred statements, which differ in a
name. The script and the JSON have each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan
from schemadiff.render.wording import count, impact, segment_titles, terminated


class Step(NamedTuple):
    """Statements that do the same to one object, and the number of the first."""

    first: int
    operations: tuple[Operation, ...]

    @property
    def numbers(self) -> str:
        """Write which statements these are."""
        last = self.first + len(self.operations) - 1
        more = {0: "", 1: f", {last}"}.get(last - self.first, f" to {last}")
        return f"{self.first}{more}"

    @property
    def what(self) -> Operation:
        """Any of them, for what they have in common."""
        return self.operations[0]

    @property
    def sql(self) -> str:
        """Write the statements; long ones with a line between them."""
        texts = [terminated(op.sql.strip()) for op in self.operations]
        return ("\n\n" if any("\n" in text for text in texts) else "\n").join(texts)


class Passage(NamedTuple):
    """A heading, and the steps below it."""

    heading: str
    steps: tuple[Step, ...]


def passages(plan: Plan) -> Iterator[Passage]:
    """Give a transaction at a time; what runs outside of any, up to the next one, together."""
    number = 1
    for outside, group in groupby(segment_titles(plan), lambda each: not each[0].transactional):
        found = [(segment.operations, heading) for segment, heading in group]
        if outside and len(found) > 1:
            together = tuple(chain.from_iterable(operations for operations, _ in found))
            size = count(len(together), "statement")
            found = [(together, f"Outside of a transaction ({size}, each by itself)")]
        for operations, heading in found:
            yield Passage(heading, tuple(_steps(operations, number)))
            number += len(operations)


def _steps(operations: Iterable[Operation], number: int) -> Iterator[Step]:
    for _, group in groupby(operations, lambda op: (op.verb, op.target, impact(op), op.why)):
        alike = tuple(group)
        yield Step(number, alike)
        number += len(alike)
