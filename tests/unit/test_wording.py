from __future__ import annotations

import pytest

from schemadiff.render.wording import plural


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("table", "tables"),
        ("index", "indexes"),
        ("foreign key", "foreign keys"),
        ("policy", "policies"),
        ("statistics", "statistics"),
        ("comment on", "comments on"),
        ("grant on", "grants on"),
    ],
)
def test_a_kind_has_a_plural(one: str, many: str) -> None:
    assert plural(one) == many
