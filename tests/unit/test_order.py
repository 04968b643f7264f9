"""The order of operations: where a circle is cut."""

from __future__ import annotations

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation, Verb
from schemadiff.kinds import KINDS
from schemadiff.kinds.table import Table
from schemadiff.plan.order import Graph


def test_a_guess_is_cut_and_not_what_is_known() -> None:
    """The whole seems to name its part, as a word in it reads like that; the part is truly one."""
    part, whole = (Identity("table", ("s", name)) for name in ("a", "b"))
    objects = {part: Table(part, partition_of=("s", "b"), bound="DEFAULT"), whole: Table(whole)}
    desired = Catalog(
        objects,
        {part: frozenset({whole}), whole: frozenset({part})},
        guessed=frozenset(objects),
    )
    operations = [
        Operation(
            verb=Verb.CREATE,
            target=each,
            sql=f"CREATE TABLE {each.sql}",
            requires=desired.depends_on(each),
            provides=frozenset({each}),
        )
        for each in (part, whole)
    ]
    context = Context(Catalog({}, {}), desired, 180000, KINDS)
    assert [step.op.target for step in Graph(operations, context).sorted()] == [whole, part]
