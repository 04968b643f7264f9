"""The names that PostgreSQL chooses for constraints and indexes that have none.

The rules are those of makeObjectName and its callers: names are cut by bytes, the longer part
first, never inside of a character, and a name that is taken gets a number behind its label. The
surprising fact: an expression in an index has a name of its own, found by the same rules that name
the columns of a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Final

from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.sqlname import parse_name
from schemadiff.core.typename import canonical_type

_NAMEDATALEN: Final = 64
_NAMES: Final = (Kind.IDENT, Kind.QUOTED)


def choose(first: str, second: str, label: str, taken: Callable[[str], bool]) -> str:
    """Choose `first_second_label`, or with a number behind the label where that is taken.

    `second` may be empty, and is left out then. `taken` tells whether a name is in use.
    """
    modified = label
    number = 0
    while taken(name := make_name(first, second, modified)):
        number += 1
        modified = f"{label}{number}"
    return name


def make_name(first: str, second: str, label: str) -> str:
    """Join the parts with underscores and cut them to 63 bytes, the label never."""
    whole = "_".join([part for part in (first, second, label) if part])
    if len(whole) < _NAMEDATALEN and whole.isascii():
        return whole
    one, two, last = first.encode(), second.encode(), label.encode()
    overhead = bool(two) + (len(last) + 1 if last else 0)
    available = _NAMEDATALEN - 1 - overhead
    one_length, two_length = len(one), len(two)
    while one_length + two_length > available:
        if one_length > two_length:
            one_length -= 1
        else:
            two_length -= 1
    parts = (_clip(one, one_length), _clip(two, two_length), label)
    return "_".join(p for p in parts if p)


def index_name_addition(columns: Sequence[str]) -> str:
    """Join the names of columns until they are too long for any name."""
    joined = ""
    for column in columns:
        joined += f"_{column}" if joined else column
        if len(joined.encode()) >= _NAMEDATALEN:
            break
    return joined


def distinct_names(columns: Sequence[str]) -> list[str]:
    """Number the names that occur twice among the keys of an index."""
    found: list[str] = []
    for original in columns:
        name, number = original, 0
        while name in found:
            number += 1
            tail = str(number)
            name = _clip(original.encode(), _NAMEDATALEN - 1 - len(tail)) + tail
        found.append(name)
    return found


def check_column(expression: str, columns: Container[str]) -> str | None:
    """Give the only column that a check mentions, or None where it mentions none or several."""
    mentioned = set(_mentioned(expression, columns))
    return mentioned.pop() if len(mentioned) == 1 else None


def expression_name(text: str) -> str:
    """Give the name that an expression has as the key of an index, `expr` where it has none."""
    try:
        return _figure(code(text))[0] or "expr"
    except (LexError, IndexError):
        return "expr"


def has_operator(text: str) -> bool:
    """Tell whether an expression is an operation (and no call, cast, column or constant)."""
    try:
        found = _unwrap(code(text))
    except LexError:
        return True
    return _is_operation(found)


def _clip(name: bytes, length: int) -> str:
    return name[:length].decode(errors="ignore")


def _mentioned(expression: str, columns: Container[str]) -> Iterator[str]:
    try:
        found = code(expression)
    except LexError:
        return
    for position, token in enumerate(found):
        if token.kind not in _NAMES or token.value not in columns:
            continue
        before = found[position - 1] if position else None
        after = found[position + 1] if position + 1 < len(found) else None
        if token.kind is Kind.IDENT and token.value in _NEVER_COLUMNS:
            continue
        if after is not None and (after.text == "(" or after.kind is Kind.STRING):
            continue  # a function, or the type of a constant
        if before is not None and before.value in ("::", "collate"):
            continue
        if before is not None and before.value == "at" and token.value == "time":
            continue
        if before is not None and before.value == "time" and token.value == "zone":
            continue
        if after is not None and after.value == "from" and _opens_extract(found, position):
            continue
        yield token.value


def _opens_extract(found: list[Token], position: int) -> bool:
    return position > 1 and found[position - 2].value in ("extract", "trim")


# Reserved words: a column of such a name has to be quoted.
_NEVER_COLUMNS: Final = frozenset(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create current_catalog current_date current_role current_time current_timestamp
    current_user default deferrable desc distinct do else end except false fetch for foreign from
    grant group having in initially intersect into lateral leading limit localtime localtimestamp
    not null offset on only or order placing primary references returning select session_user some
    symmetric system_user table then to trailing true union unique user using variadic when where
    window with is isnull notnull between like ilike similar
    """.split()
)
# Words that stand between two operands, or before one.
_OPERATORS: Final = frozenset(
    "and or not is isnull notnull in like ilike similar between overlaps".split()
)
# What the grammar makes of the types that have a name in the standard.
_INTERNAL: Final = {
    "bit": "bit",
    "bit varying": "varbit",
    "boolean": "bool",
    "bpchar": "bpchar",
    "character": "bpchar",
    "character varying": "varchar",
    "real": "float4",
    "double precision": "float8",
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_MODIFIERS: Final = re.compile(r"\(.*\)")


def _figure(found: list[Token]) -> tuple[str | None, int]:
    """Give the name of an expression and its strength: 2 for a real name, 1 for a type's."""
    found = _unwrap(found)
    if not found:
        return None, 0
    depths = _depths(found)
    top = [i for i, d in enumerate(depths) if d == 0 and not _within_case(found, depths, i)]
    words = [found[i].value for i in top if _is_operator(found[i])]
    if words == ["is"] and found[-1].value == "normalized":
        return "is_normalized", 2
    if words:
        return None, 0
    zone = _time_zone(found, top)
    if zone is not None:
        return "timezone", 2
    collate = [i for i in top if found[i].kind is Kind.IDENT and found[i].value == "collate"]
    if collate:
        return _figure(found[: collate[-1]])
    casts = [i for i in top if found[i].text == "::"]
    if casts:
        name, strength = _figure(found[: casts[-1]])
        return (name, strength) if strength > 1 else (_type_name(found[casts[-1] + 1 :]), 1)
    return _primary(found)


def _primary(found: list[Token]) -> tuple[str | None, int]:
    """Name what has no operator at its top: a column, a call, CASE, CAST, ARRAY or a constant."""
    first = found[0]
    word = first.value if first.kind is Kind.IDENT else ""
    if found[-1].text == "]" and word != "array":
        return _figure(found[: _opening(found)])
    if word == "case" and found[-1].value == "end":
        return _case(found)
    if word == "cast" and found[-1].text == ")":
        return _cast(found[2:-1])
    if word == "array":
        return "array", 2
    if first.kind not in _NAMES:
        if first.text == "(":  # a row's field: (a).b
            return (found[-1].value, 2) if found[-1].kind in _NAMES else (None, 0)
        return None, 0
    position = 0
    while position + 2 < len(found) and found[position + 1].text == ".":
        position += 2
    last = found[position]
    if position + 1 == len(found):
        if word in ("null", "true", "false"):
            return None, 0
        return (last.value, 2)
    if found[position + 1].text == "(":
        return _call(found, position)
    if found[-1].kind is Kind.STRING:  # date '2020-01-01'
        return _type_name(found[:-1]), 1
    return None, 0


def _call(found: list[Token], position: int) -> tuple[str | None, int]:
    last = found[position]
    after = _closing(found, position + 1) + 1
    if after < len(found) and found[after].text == ".":
        return found[-1].value, 2
    if last.value == "trim" and position + 2 < len(found):
        word = found[position + 2].value
        return {"leading": "ltrim", "trailing": "rtrim"}.get(word, "btrim"), 2
    return ("row", 2) if last.value == "row" else (last.value, 2)


def _case(found: list[Token]) -> tuple[str | None, int]:
    """CASE is named by its ELSE, if that has a real name."""
    depth = 0
    for position, token in enumerate(found):
        if token.text in ("(", "[") or token.value == "case":
            depth += 1
        elif token.text in (")", "]") or token.value == "end":
            depth -= 1
        elif token.value == "else" and depth == 1:
            name, strength = _figure(found[position + 1 : -1])
            if strength > 1:
                return name, strength
    return "case", 1


def _cast(inner: list[Token]) -> tuple[str | None, int]:
    depths = _depths(inner)
    place = max(i for i, t in enumerate(inner) if t.value == "as" and depths[i] == 0)
    name, strength = _figure(inner[:place])
    return (name, strength) if strength > 1 else (_type_name(inner[place + 1 :]), 1)


def _type_name(found: list[Token]) -> str | None:
    text = " ".join(t.text for t in found)
    try:
        spoken = canonical_type(text.replace(" . ", "."), lambda parts: parts)
        plain = _MODIFIERS.sub("", spoken).removesuffix("[]")
        return _INTERNAL.get(plain) or parse_name(plain)[-1]
    except (LexError, ValueError):
        return None


def _unwrap(found: list[Token]) -> list[Token]:
    while len(found) > 1 and found[0].text == "(" and _closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


def _depths(found: list[Token]) -> list[int]:
    depth, depths = 0, []
    for token in found:
        closes = token.text in (")", "]")
        depth -= closes
        depths.append(depth)
        depth += token.text in ("(", "[")
    return depths


def _closing(found: list[Token], start: int) -> int:
    depth = 0
    for position in range(start, len(found)):
        depth += found[position].text in ("(", "[")
        depth -= found[position].text in (")", "]")
        if depth == 0:
            return position
    return len(found)


def _opening(found: list[Token]) -> int:
    depth = 0
    for position in range(len(found) - 1, -1, -1):
        depth += found[position].text in (")", "]")
        depth -= found[position].text in ("(", "[")
        if depth == 0:
            return position
    return 0


def _is_operation(found: list[Token]) -> bool:
    depths = _depths(found)
    return any(
        _is_operator(token) and not _within_case(found, depths, position)
        for position, token in enumerate(found)
        if depths[position] == 0
    )


def _is_operator(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return True
    return token.kind is Kind.IDENT and token.value in _OPERATORS


def _time_zone(found: list[Token], top: list[int]) -> int | None:
    for i in top:
        words = [t.value for t in found[i : i + 3]]
        if words == ["at", "time", "zone"] or words[:2] == ["at", "local"]:
            return i
    return None


def _within_case(found: list[Token], depths: list[int], position: int) -> bool:
    """Tell whether a place at the top stands between CASE and its END."""
    nesting = 0
    for i in range(position):
        if depths[i] == 0 and found[i].kind is Kind.IDENT:
            nesting += (found[i].value == "case") - (found[i].value == "end")
    return nesting > 0
