"""Which type somebody means by a name that no server has: words of other databases, and slips."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

# What people bring along from other databases and from languages.
_ELSEWHERE: Final = {
    word: type_
    for word, _, type_ in (
        line.partition(" ")
        for line in """\
binary bytea
blob bytea
clob text
datetime timestamptz
datetime2 timestamptz
double double precision
enum a name declared under enums:
guid uuid
long bigint
longblob bytea
longtext text
mediumint integer
mediumtext text
number numeric
nvarchar varchar
string text
tinyint smallint
tinytext text
uniqueidentifier uuid
varbinary bytea
varchar2 varchar""".splitlines()
    )
}
_COMMON: Final = (
    "bigint boolean bytea char cidr date decimal inet integer interval json jsonb macaddr money"
    " numeric real serial bigserial smallint text time timestamp timestamptz tsvector uuid varchar"
    " xml"
).split()


def type_meant(name: str, ours: Mapping[str, str]) -> str:
    """Give the type that a name may stand for, nothing where none is near.

    `ours` are the types that the files declare, and how each is written.
    """
    word = name.lower()
    if word in _ELSEWHERE:
        return _ELSEWHERE[word]
    close = get_close_matches(word, [*ours, *_COMMON], 1)
    return ours.get(close[0], close[0]) if close else ""
