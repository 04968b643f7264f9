"""Hints that name one another: names cannot be traded in one plan."""

from __future__ import annotations

import pytest

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.diff.moved import Moving, renamed_catalog
from schemadiff.diff.renames import apply_hints

A, B, C = (Identity("table", ("public", name)) for name in "abc")


class Inside(DbObject):
    @property
    def parent(self) -> Identity:
        return Identity("table", self.identity.path[:2])


def catalog(*identities: Identity) -> Catalog:
    return Catalog({i: DbObject(i) for i in identities})


@pytest.mark.parametrize("hints", [{A: B, B: A}, {A: B, B: C, C: A}])
def test_trading_names_is_refused_with_the_way_out(hints: dict[Identity, Identity]) -> None:
    both = catalog(*hints)
    with pytest.raises(PlanError, match="trade names"):
        apply_hints(both, both, hints, lambda _: None)


def test_trading_names_in_what_is_renamed_is_refused_too() -> None:
    before, after = (
        Catalog({t: DbObject(t)} | {i: Inside(i) for i in (_column(t, "x"), _column(t, "y"))})
        for t in (A, B)
    )
    hints = {B: A, _column(B, "x"): _column(B, "y"), _column(B, "y"): _column(B, "x")}
    with pytest.raises(PlanError, match="x and y trade names"):
        apply_hints(before, after, hints, lambda _: None)


def test_a_chain_is_no_circle() -> None:
    found = apply_hints(catalog(A, B), catalog(B, C), {B: A, C: B}, lambda _: None)
    assert [(r.old.identity, r.new.identity) for r in found.renames] == [(B, C), (A, B)]


def test_a_chain_that_was_done_is_harmless() -> None:
    found = apply_hints(catalog(B, C), catalog(B, C), {B: A, C: B}, lambda _: None)
    assert found.renames == ()


def test_renames_at_once_are_those_done_one_after_the_other() -> None:
    x, y, z = "xyz"
    steps = [
        (_column(A, x), _column(A, z)),  # gathered
        (_column(B, x), _column(B, z)),
        (A, C),  # what moves along was renamed before
        (_column(C, z), _column(C, x)),  # what comes was not there
        (B, A),  # the name has been left
        (_column(A, y), _column(A, x)),
    ]
    before = Catalog(
        {t: DbObject(t) for t in (A, B)}
        | {i: Inside(i) for t in (A, B) for i in (_column(t, x), _column(t, y))},
        {_column(A, y): frozenset({_column(B, x)}), A: frozenset({B})},
    )
    one_by_one, side = before, Moving(before)
    for old, new in steps:
        one_by_one = renamed_catalog(one_by_one, old, new)
        side.rename(old, new)
        assert new in side, "what came is there at once"
    assert side.catalog == one_by_one
    assert [*side.catalog.objects] == [*one_by_one.objects], "in the same order"
    assert side.catalog.dependencies[_column(C, y)] == {_column(A, z)}


def _column(table: Identity, name: str) -> Identity:
    return Identity("column", (*table.path, name))
