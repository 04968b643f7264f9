r"""Which statements of a script are about the cluster, and into which database `\connect` leads.

A scratch database is on a server where others are at work. The surprising fact: COMMENT, GRANT and
SECURITY LABEL on a database or a role, and a membership, reach beyond it as CREATE DATABASE does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from schemadiff.core.lexer import Kind, Token
from schemadiff.core.record import record

_MADE: Final = frozenset("create alter drop".split())
_SHARED: Final = frozenset("database tablespace system subscription role user group".split())
_GRANTING: Final = frozenset("grant revoke".split())
_SAYS: Final = _GRANTING | frozenset("comment security".split())
_SAID_ON: Final = frozenset("database tablespace role parameter".split())
_ENDS: Final = frozenset("to from is".split())
_ROLES: Final = frozenset("role user group membership owned".split())
_IF: Final = frozenset("if not exists".split())
_CONNECT: Final = re.compile(r"\\c(?:onnect)?\s+(?:-reuse-previous=on\s+)?(?P<name>\S.*?)\s*$")
_DBNAME: Final = re.compile(r"""^"dbname=(?:'(?P<quoted>.*)'|(?P<plain>.*))"$""")


@record(frozen=True, slots=True)
class Reach:
    """What of the cluster a statement is about: the word of its kind, and its name if it has one.

    `makes` says that it creates, changes or drops it, and does not only say something on it.
    """

    kind: str
    name: str
    makes: bool

    @property
    def of_roles(self) -> bool:
        """Tell whether it is about roles, which a cluster of its own may have."""
        return self.kind in _ROLES


def reach_of(tokens: Sequence[Token]) -> Reach | None:
    """Tell what of the cluster a statement is about, None for one that stays in its database."""
    words = [t.value if t.kind in (Kind.IDENT, Kind.QUOTED) else t.text for t in tokens]
    first, second, third = (*words, "", "", "")[:3]
    if first in _MADE and second in _SHARED and third != "mapping":
        named = [w for w in words[2:6] if w not in _IF]
        return Reach(second, named[0] if named else "", makes=True)
    if (first, second) in (("drop", "owned"), ("reassign", "owned")):
        return Reach("owned", "", makes=True)
    if first in _SAYS:
        return _said_on(first, words)
    return None


def connected(line: str) -> str:
    r"""Read the database of a `\connect` as pg_dump writes it; empty where there is none."""
    hit = _CONNECT.match(line)
    if hit is None:
        return ""
    name = hit["name"]
    told = _DBNAME.match(name)
    if told:
        return re.sub(r"\\(.)", r"\1", (told["quoted"] or told["plain"]).replace('""', '"'))
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        return name[1:-1].replace('""', '"')
    return "" if " " in name or name.startswith("-") else name


def _said_on(first: str, words: list[str]) -> Reach | None:
    """Look for ON DATABASE and the like; without any ON, GRANT makes somebody a member."""
    end = next((i for i, word in enumerate(words) if word in _ENDS and i > 1), len(words))
    head = words[:end]
    if "on" not in head:
        return Reach("membership", words[1], makes=True) if first in _GRANTING else None
    kind, name = (*head[head.index("on") + 1 :], "", "")[:2]
    return Reach(kind, name, makes=False) if kind in _SAID_ON and name else None
