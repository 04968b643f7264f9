"""A record is what the dataclass of the same class is."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections import defaultdict
from typing import Any

import pytest

from schemadiff.core.record import record


@record(frozen=True, slots=True)
class Point:
    """Two of anything, and what is not looked at."""

    x: int
    y: tuple[str, ...] = ()
    note: str = dataclasses.field(default="", compare=False, repr=False)
    seen: dict[str, list[int]] = dataclasses.field(default_factory=lambda: defaultdict(list))


@record(frozen=True)
class Above:
    """What another one is made of."""

    name: str
    size: int = 3


@record(frozen=True)
class Below(Above):
    """Fields of its own after those above."""

    deep: bool = False


@record(frozen=True, slots=True, kw_only=True)
class Named:
    """Only by name."""

    first: int
    second: int = 2


@record(frozen=True)
class Alike:
    """Says itself what is equal."""

    word: str

    def __eq__(self, other: object) -> bool:
        """Compare without case."""
        return isinstance(other, Alike) and self.word.lower() == other.word.lower()

    def __hash__(self) -> int:
        """Follow from that."""
        return hash(self.word.lower())


@record(frozen=True, eq=False)
class Itself:
    """Equal to nothing else."""

    word: str


@record()
class Loose:
    """Not frozen: has no hash."""

    word: str


@record(frozen=True, slots=True, order=True)
class Ordered:
    """Has an order."""

    major: int
    minor: int = 0


def test_values_are_those_of_a_dataclass() -> None:
    """Defaults, factories that make a new one each time, keywords, fields that are inherited."""
    point = Point(1)
    assert (point.x, point.y, point.note, point.seen) == (1, (), "", {})
    assert point.seen is not Point(1).seen
    assert Point(1, ("a",), seen=point.seen).seen is point.seen
    assert dataclasses.asdict(Below("a", deep=True)) == {"name": "a", "size": 3, "deep": True}
    assert (Named(first=1).first, Named(first=1, second=5).second) == (1, 5)
    assert dataclasses.replace(Below("a"), size=5) == Below("a", 5)


@pytest.mark.parametrize(
    ("args", "named"), [((), {}), ((1, 2, 3, 4, 5), {}), ((1,), {"x": 1}), ((1,), {"z": 1})]
)
def test_what_no_field_takes_is_a_type_error(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """As of any function, however often it is called."""
    for _ in range(2):
        with pytest.raises(TypeError):
            Point(*args, **named)
    wrong: Any = Named
    with pytest.raises(TypeError):
        wrong(1)


def test_equal_by_the_fields_that_are_compared() -> None:
    """Of the same class, and by nothing else; a class may say it itself."""
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    other: object = Below("a")
    assert Above("a") != other
    assert hash(Above("a")) == hash(Above("a")) != hash(Above("b"))
    assert Alike("A") == Alike("a")
    assert hash(Alike("A")) == hash(Alike("a"))
    assert Itself("a") != Itself("a")
    assert len({Itself("a"), Itself("a")}) == 2
    assert Ordered(1, 2) < Ordered(2)
    assert {Ordered(1): 1}[Ordered(1)] == 1
    assert Loose("a") == Loose("a")
    with pytest.raises(TypeError):
        hash(Loose("a"))


def test_shown_copied_and_pickled() -> None:
    """What goes to a shelf and comes back is the same."""
    assert repr(Below("a")) == "Below(name='a', size=3, deep=False)"
    assert repr(Point(1, note="x", seen={})) == "Point(x=1, y=(), seen={})"
    for each in (Below("a"), Named(first=1), Ordered(1)):
        assert copy.copy(each) == each
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301  (our own)
