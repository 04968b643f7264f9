"""Casts of arrays are said so that the server reads what it printed."""

import pytest

from schemadiff.core.said_back import said_back

_VARCHARS = "ARRAY['a'::character varying, 'b, (c'::character varying]"


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (f"(x)::text = ANY (({_VARCHARS})::text[])", f"({_VARCHARS}::character varying[])::text[]"),
        ("(ARRAY['a'::app.\"Kind\"])::text[]", '(ARRAY[\'a\'::app."Kind"]::app."Kind"[])::text[]'),
        ("(ARRAY[('1'::text)::inet])::text[]", "(ARRAY[('1'::text)::inet]::inet[])::text[]"),
    ],
)
def test_type_is_said(printed: str, said: str) -> None:
    """Between an array and its cast, wherever that stands."""
    assert said in said_back(printed)
    assert said_back(said_back(printed)) == said_back(printed)


@pytest.mark.parametrize(
    "text",
    [
        "x = ANY (ARRAY['a'::text, 'b'::text])",
        "(ARRAY['a'::text, b])::name[]",  # nobody knows what b is
        "(ARRAY['a'::text, 'b'::name])::name[]",
        "(ARRAY['a'::text COLLATE \"C\"])::name[]",
        "(ARRAY['a'::character varying(3)])::text[]",
        "(ARRAY[a = 'b'::text])::text[]",
        "(ARRAY[a || 'b'::text])::text[]",
        "'(ARRAY[''a''::text])::name[]'::text",
        "$$(ARRAY['a'::text])::name[]$$",
        "(ARRAY['a'::text])",
        "ARRAY['a",
    ],
)
def test_nothing_is_said(text: str) -> None:
    """Where it is another text, or the type of the array is not plain."""
    assert said_back(text) == text
