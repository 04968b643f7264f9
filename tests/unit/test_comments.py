from __future__ import annotations

import textwrap

from schemadiff.spec.comments import keep_comments


def kept(old: str, new: str) -> str:
    before = textwrap.dedent(old).splitlines(keepends=True)
    return "\n".join(keep_comments(before, textwrap.dedent(new).splitlines())) + "\n"


def test_comments_stay_with_their_keys() -> None:
    old = """\
    salons:  # the places
      # what a salon has
      columns:
        # made by us
        id: bigint primary key   # never reused
        name: text not null  # as on the door
        # nobody has one
        fax: text  # gone soon
      # what must hold
      checks:
        "a # b": name <> '#'  # no hash
      # end
    """
    new = """\
    salons:
      columns:
        id: bigint primary key
        name: varchar(10) not null
        phone: text
      checks:
        "a # b": name <> '#'
    """
    assert kept(old, new) == textwrap.dedent("""\
    salons:  # the places
      # what a salon has
      columns:
        # made by us
        id: bigint primary key  # never reused
        name: varchar(10) not null  # as on the door
        phone: text
      # what must hold
      checks:
        "a # b": name <> '#'  # no hash
      # end
    """)


def test_the_form_may_change() -> None:
    old = """\
    t:
      columns:
        a:
          # wide
          type: text  # for now
        b: int # short
    """
    new = """\
    t:
      columns:
        a: text
        b: {type: integer, comment: "a # b"}
    """
    assert kept(old, new) == textwrap.dedent("""\
    t:
      columns:
        # wide
        a: text  # for now
        b: {type: integer, comment: "a # b"}  # short
    """)


def test_texts_are_no_comments() -> None:
    old = """\
    f:
      # why
      body: |  # head
        begin
          # not one
          return 1; # nor this
        end
      returns: "text # no"  # yes
      comment: two
        lines # plain
    """
    new = """\
    f:
      body: |
        # other
      returns: text
    """
    assert kept(old, new) == textwrap.dedent("""\
    f:
      # why
      body: |  # head
        # other
      returns: text  # yes
    """)


def test_items_of_lists_and_comments_below_a_text() -> None:
    assert kept("m:\n  - sad  # :(\n  - ok\n  # last\n", "m: [sad, ok, fine]\n") == (
        "m: [sad, ok, fine]  # :(\n  # last\n"
    )
    # Below a text of many lines a comment would become a part of it.
    assert kept("f:\n  a: x\n  body: y\n    # z\n", "f:\n  a: x\n  body: |\n    y\n") == (
        "f:\n  a: x\n  body: |\n    y\n"
    )


def test_line_ends_of_windows() -> None:
    assert keep_comments(["a: 1  # x\r\n"], ["a: 2"]) == ["a: 2  # x"]
