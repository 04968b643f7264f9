"""Hints that name one another: names cannot be traded in one plan."""

from __future__ import annotations

import pytest

from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.diff.renames import apply_hints

A, B, C = (Identity("table", ("public", name)) for name in "abc")


def catalog(*identities: Identity) -> Catalog:
    return Catalog({i: DbObject(i) for i in identities})


@pytest.mark.parametrize("hints", [{A: B, B: A}, {A: B, B: C, C: A}])
def test_trading_names_is_refused_with_the_way_out(hints: dict[Identity, Identity]) -> None:
    both = catalog(*hints)
    with pytest.raises(PlanError, match="trade names"):
        apply_hints(both, both, hints, lambda _: None)


def test_a_chain_is_no_circle() -> None:
    found = apply_hints(catalog(A, B), catalog(B, C), {B: A, C: B}, lambda _: None)
    assert [(r.old.identity, r.new.identity) for r in found.renames] == [(B, C), (A, B)]


def test_a_chain_that_was_done_is_harmless() -> None:
    found = apply_hints(catalog(B, C), catalog(B, C), {B: A, C: B}, lambda _: None)
    assert found.renames == ()
