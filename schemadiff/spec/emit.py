"""Plain values to YAML text, in the style in which a person would write it.

What is written is read back as the same text by our own reader and by any reader of YAML 1.2; a
scalar has quotes only where that needs them. The surprising fact: a text that ends in more than one
line break is quoted, because the blank lines between entries would become a part of it in a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemadiff.core.kind import YamlValue

WIDTH: Final = 100
_STEP: Final = "  "
_FLOW_DEPTH: Final = (
    2  # the sections of an entry stand in blocks, what they hold may stand in a line
)

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_NUMBER: Final = re.compile(
    r"[-+]?(\d+|0o[0-7]+|0x[0-9a-fA-F]+|(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|\.(inf|Inf|INF))\Z"
    r"|\.(nan|NaN|NAN)\Z"
)
# Characters that YAML takes as they are; everything else needs an escape in double quotes.
_PRINTABLE: Final = re.compile(
    "[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\\Z"
)
_BLOCK: Final = re.compile(
    "[\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\\Z"
)
_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_FLOW: Final = re.compile(r"[,\[\]{}]|:\Z|:[,\[\]{}]|\?")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def entry(key: str, value: YamlValue, indent: int = 0, depth: int = 0) -> list[str]:
    """Write one key with its value as lines; `depth` counts from the value of an entry."""
    head = f"{' ' * indent}{scalar(key)}:"
    return list(_lines(head, value, indent, depth))


def mapping(values: Mapping[str, YamlValue], indent: int = 0, depth: int = 0) -> list[str]:
    """Write all keys of a mapping as lines."""
    return [line for key, value in values.items() for line in entry(key, value, indent, depth)]


def scalar(value: str | float | bool | None, *, flow: bool = False) -> str:  # noqa: FBT001  it is the value
    """Write a scalar on one line, bare where it can be."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if _is_plain(value) and not (flow and _FLOW.search(value)):
        return value
    if not _PRINTABLE.match(value):
        return '"' + "".join(map(_escaped, value)) + '"'
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _is_plain(text: str) -> bool:
    if text in _NULLS or text in _BOOLEANS or text == "<<" or text[0] == " " or text[-1] == " ":
        return False
    if text[0] in _INDICATORS or text.startswith("..."):
        return False
    if ": " in text or " #" in text or text[-1] == ":" or not _PRINTABLE.match(text):
        return False
    return not _NUMBER.match(text)


def _escaped(character: str) -> str:
    if (found := _ESCAPES.get(character)) is not None:
        return found
    if _PRINTABLE.match(character):
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004  two digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  four digits


def _lines(head: str, value: YamlValue, indent: int, depth: int) -> Iterator[str]:
    if isinstance(value, str) and (block := _block(value, indent)) is not None:
        yield f"{head} {block[0]}"
        yield from block[1:]
        return
    short = _short(value, depth)
    if short is not None and (
        not isinstance(value, dict | list) or not value or len(head) + len(short) < WIDTH
    ):
        yield f"{head} {short}"
        return
    yield head
    if isinstance(value, dict):
        yield from mapping(value, indent + len(_STEP), depth + 1)
        return
    assert isinstance(value, list)
    for item in value:
        yield from _item(item, indent + len(_STEP), depth + 1)


def _item(value: YamlValue, indent: int, depth: int) -> Iterator[str]:
    """Write an item of a sequence; a mapping begins on the line of its dash."""
    dash = f"{' ' * indent}-"
    short = _short(value, max(depth, _FLOW_DEPTH))
    if isinstance(value, dict) and value and (short is None or len(dash) + len(short) >= WIDTH):
        first, *rest = mapping(value, indent + len(_STEP), depth + 1)
        yield f"{dash} {first.lstrip(' ')}"
        yield from rest
        return
    yield from _lines(dash, value, indent, depth)


def _short(value: YamlValue, depth: int) -> str | None:
    """Write a value on one line, or None where it should have more."""
    if isinstance(value, list):
        parts = [_in_flow(v) for v in value]
        return None if None in parts else f"[{', '.join(map(str, parts))}]"
    if isinstance(value, dict):
        if value and depth < _FLOW_DEPTH:
            return None
        return _in_flow(value)
    return scalar(value)


def _in_flow(value: Any) -> str | None:
    if isinstance(value, str) and "\n" in value:
        return None
    if isinstance(value, dict):
        parts = [(scalar(k, flow=True), _in_flow(v)) for k, v in value.items()]
        if any(v is None for _, v in parts):
            return None
        return "{" + ", ".join(f"{k}: {v}" for k, v in parts) + "}"
    if isinstance(value, list):
        items = [_in_flow(v) for v in value]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    return scalar(value, flow=True)


def _block(text: str, indent: int) -> list[str] | None:
    """Write a text of several lines as a block, or None where a block would not keep it."""
    if (
        "\n" not in text
        or not _BLOCK.match(text)
        or text.endswith("\n\n")
        or not text.strip(" \n\t")
    ):
        return None
    body = text.removesuffix("\n")
    if body == "" or body.rsplit("\n", 1)[-1].strip(" \t") == "":
        return None  # spaces on the last line could be taken for its indentation
    # The number says how far the block is indented where its first line cannot show it.
    style = (
        "|"
        + (str(len(_STEP)) if text.lstrip("\n")[0] in " \t" else "")
        + ("" if text != body else "-")
    )
    margin = " " * (indent + len(_STEP))
    return [style, *(f"{margin}{line}" if line else "" for line in body.split("\n"))]
