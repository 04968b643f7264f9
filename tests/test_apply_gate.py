"""What is refused before anything runs, and what is said when something is left."""

from __future__ import annotations

import pytest

from schemadiff.apply.gate import not_converged, refuse
from schemadiff.core.errors import HazardRefused, NotConverged
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.plan import Plan, Segment

COLUMN = Identity("column", ("public", "salons", "fax"))
ODD = Identity("column", ("App", "my table", "a'b"))


def plan(*hazards: Hazard) -> Plan:
    found = [
        Operation(verb=Verb.DROP, target=h.subject, sql="select 1", hazards=(h,)) for h in hazards
    ]
    return Plan((), (Segment(tuple(found)),))


def test_a_hazard_is_refused_with_the_exact_flag() -> None:
    drop = data_loss("drop-column", COLUMN, "the values of salons.fax would be lost")
    with pytest.raises(HazardRefused) as raised:
        refuse(plan(drop), ())
    first, last = raised.value.diagnostics
    assert raised.value.exit_code == 3
    assert (first.code, first.message) == ("SD102", drop.message)
    assert first.hint == "allow it with --allow drop-column:salons.fax"
    assert "--allow data-loss" in last.message


def test_the_flag_is_quoted_for_a_shell() -> None:
    with pytest.raises(HazardRefused) as raised:
        refuse(plan(data_loss("drop-column", ODD, "lost")), ())
    assert raised.value.diagnostics[0].hint.endswith(
        """--allow 'drop-column:App.my table.a'"'"'b'"""
    )


@pytest.mark.parametrize(
    "allowance", ["drop-column", "drop-column:salons.fax", "data-loss", "all", "data-loss:salons.*"]
)
def test_what_is_allowed_is_not_refused(allowance: str) -> None:
    refuse(plan(data_loss("drop-column", COLUMN, "lost")), (allowance,))


def test_only_what_is_not_allowed_is_named() -> None:
    both = plan(data_loss("drop-column", COLUMN, "one"), data_loss("drop-column", ODD, "two"))
    with pytest.raises(HazardRefused) as raised:
        refuse(both, ("drop-column:salons.*",))
    assert [d.message for d in raised.value.diagnostics[:-1]] == ["two"]


def test_a_hazard_without_loss_does_not_speak_of_data_loss() -> None:
    with pytest.raises(HazardRefused) as raised:
        refuse(plan(Hazard("SD201", "rewrite", COLUMN, "rewrites", loses_data=False)), ())
    assert len(raised.value.diagnostics) == 1


def test_nothing_left_is_no_error() -> None:
    not_converged(Plan((), ()))


def test_what_is_left_is_listed() -> None:
    left = plan(data_loss("drop-column", COLUMN, "lost"))
    with pytest.raises(NotConverged) as raised:
        not_converged(left)
    assert "- drop column public.salons.fax" in raised.value.diagnostics[0].message
