r"""PostgreSQL's lexical rules (manual, section 4.1), for looking at SQL without understanding it.

What decides whether a text can be put between brackets safely is where strings, comments and
identifiers end, so those rules are exact, `standard_conforming_strings = on` taken for granted.
The surprising one: strings on two lines are one string, and the second line of an `E'..'` still
knows backslashes; whoever overlooks it can be made to take code for text.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from typing import Final, NamedTuple, NoReturn


class Kind(StrEnum):
    """What a token is."""

    IDENT = "ident"
    QUOTED = "quoted"
    STRING = "string"
    DOLLAR = "dollar"
    NUMBER = "number"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    PARAM = "param"
    COMMENT = "comment"


class Token(NamedTuple):
    """One token: `text` is as written, `value` is what it means.

    The value of an unquoted identifier is its lower-case name, of a quoted one the name itself, of
    a string its content, and of everything else its text.
    """

    kind: Kind
    start: int
    text: str
    value: str

    @property
    def end(self) -> int:
        """The offset just behind the token."""
        return self.start + len(self.text)


class LexError(ValueError):
    """The text is not a sequence of tokens; says where and why."""

    def __init__(self, offset: int, message: str) -> None:
        """Keep the offset in the text, and the reason."""
        self.offset = offset
        self.message = message
        super().__init__(message)


# What begins and what goes on with a name: these letters, digits and $, and all beyond ASCII.
# Said by what it is not: `re` takes milliseconds for a class that names all of Unicode.
LETTER: Final = r"[^\x00-@\[-\^`{-\x7f]"
NAME_GOES_ON: Final = r"[^\x00-\#%-/:-@\[-\^`{-\x7f]"
_TAG_GOES_ON: Final = r"[^\x00-/:-@\[-\^`{-\x7f]"
_SPACE: Final = r" \t\n\r\f\v"
# Two strings are one when the white space between them holds a line break (quotecontinue).
_CONTINUE: Final = rf"(?:[ \t\f\v]|--[^\n\r]*+)*+[\n\r](?:[{_SPACE}]++|--[^\n\r]*+[\n\r])*+"
_DIGITS: Final = r"[0-9](?:_?[0-9])*+"
_TOKEN: Final = re.compile(
    rf"""
    [{_SPACE}]*+
    (?:
    (?P<comment>--[^\n\r]*+)
  | (?P<block>/\*)
  | (?P<escape>[eE]'(?:[^'\\]++|\\.|'(?:{_CONTINUE})?+')*+')
  | (?P<string>(?:[bBxXnN]|[uU]&)?+'[^']*+'(?:(?:{_CONTINUE})?+'[^']*+')*+)
  | (?P<quoted>(?:[uU]&)?+"[^"]*+"(?:"[^"]*+")*+)
  | (?P<open>(?:[eEbBxXnN]|[uU]&)?+'|(?:[uU]&)?+")
  | (?P<ident>{LETTER}{NAME_GOES_ON}*+)
  | (?P<number>(?:0[xX](?:_?[0-9A-Fa-f])++|0[oO](?:_?[0-7])++|0[bB](?:_?[01])++
      |(?:{_DIGITS}(?:\.(?!\.)(?:{_DIGITS})?+)?+|\.{_DIGITS})(?:[eE][+-]?+{_DIGITS})?+))
  | (?P<param>\$[0-9]++)
  | (?P<dollar>\$(?:{LETTER}{_TAG_GOES_ON}*+)?+\$)
  | (?P<punctuation>::|:=|\.\.|[()\[\],;.:])
  | (?P<operator>[-~!@\#^&|`?+*/%<>=]++)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_WHITE: Final = " \t\n\r\f\v"
_IDENT: Final = _TOKEN.groupindex["ident"]
_PUNCTUATION: Final = _TOKEN.groupindex["punctuation"]
_BLOCK_EDGE: Final = re.compile(r"/\*|\*/")
_STARTS_NAME: Final = re.compile(LETTER)
# An operator of several characters may end in + or - only if it holds one of these (4.1.3).
_ODD_OPERATOR: Final = re.compile(r"[~!@#^&|`?%]")
# The server knows no operator of 64 characters; a limit also keeps the cutting of runs cheap.
_LONGEST_RUN: Final = 128
_UPPER: Final = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
_KINDS: Final = {
    "ident": Kind.IDENT,
    "number": Kind.NUMBER,
    "punctuation": Kind.PUNCTUATION,
    "operator": Kind.OPERATOR,
    "string": Kind.STRING,
    "escape": Kind.STRING,
    "quoted": Kind.QUOTED,
    "comment": Kind.COMMENT,
    "param": Kind.PARAM,
}


def fold(name: str) -> str:
    """Give an unquoted name in lower case; PostgreSQL folds the ASCII letters only."""
    return name.lower() if name.isascii() else name.translate(_UPPER)


def tokens(sql: str) -> list[Token]:
    """Split a text into its tokens, comments included and white space left out.

    Takes linear time. Raises `LexError` for a string, quoted name or comment without an end, and
    for characters that PostgreSQL knows nowhere outside of strings.
    """
    found: list[Token] = []
    add = found.append
    match = _TOKEN.match
    make = tuple.__new__  # what Token(...) does, without the call in between
    ident, punctuation = Kind.IDENT, Kind.PUNCTUATION
    position, end = 0, len(sql.rstrip(_WHITE))
    while position < end:
        hit = match(sql, position)
        if hit is None:
            _stray(sql, position)
        index = hit.lastindex or 0
        start, position = hit.span(index)
        text = sql[start:position]
        if index == _IDENT:
            name = text.lower() if text.isascii() else text.translate(_UPPER)
            add(make(Token, (ident, start, text, name)))
        elif index == _PUNCTUATION:
            add(make(Token, (punctuation, start, text, text)))
        else:
            group = str(hit.lastgroup)
            text = _complete(sql, start, text, group)
            position = start + len(text)
            add(_token(start, text, group))
    return _decode_unicode(sql, found) if "&" in sql else found


def code(sql: str) -> list[Token]:
    """Split a text into its tokens without the comments; raises `LexError`."""
    found = tokens(sql)
    if "--" in sql or "/*" in sql:
        return [token for token in found if token.kind is not Kind.COMMENT]
    return found


def _complete(sql: str, start: int, text: str, name: str) -> str:
    """Give the whole text of a token of which the pattern has found the beginning."""
    match name:
        case "block":
            return sql[start : _block_end(sql, start)]
        case "dollar":
            close = sql.find(text, start + len(text))
            if close < 0:
                raise LexError(start, f"the string that starts with {text} has no end")
            return sql[start : close + len(text)]
        case "operator":
            if len(text) > _LONGEST_RUN:
                raise LexError(start, f"there are more than {_LONGEST_RUN} signs in a row")
            return _operator(text)
        case "open":
            what = "quoted name" if text.endswith('"') else "string"
            said = f"the {what} that starts with {text} has no end"
            raise LexError(start, f"{said}; a quote inside is written twice")
        case "number" | "param" if _STARTS_NAME.match(sql, start + len(text)):
            raise LexError(start, f"something is stuck to the end of {text}")
        case _:
            return text


def _token(start: int, text: str, name: str) -> Token:
    match name:
        case "escape":
            return Token(Kind.STRING, start, text, _unescape(start, text[1:]))
        case "string":
            return Token(Kind.STRING, start, text, _string_value(text))
        case "quoted":
            return Token(Kind.QUOTED, start, text, _quoted_value(start, text))
        case "dollar":
            tag = text.index("$", 1) + 1
            return Token(Kind.DOLLAR, start, text, text[tag:-tag])
        case "block":
            return Token(Kind.COMMENT, start, text, text)
        case _:
            return Token(_KINDS[name], start, text, text)


def _stray(sql: str, position: int) -> NoReturn:
    position = len(sql) - len(sql[position:].lstrip(_WHITE))
    character = sql[position]
    if character == "\0":
        raise LexError(position, "there is a NUL character")
    raise LexError(position, f"{character!r} means nothing in SQL outside of a string")


def _block_end(sql: str, start: int) -> int:
    """Find the end of a comment; comments nest (4.1.5)."""
    depth = 1
    for edge in _BLOCK_EDGE.finditer(sql, start + 2):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    raise LexError(start, "the comment that starts with /* has no end")


def _operator(text: str) -> str:
    """Cut a run of operator characters to one operator, by the rules of 4.1.3."""
    for comment in ("/*", "--"):
        cut = text.find(comment, 1)
        if cut > 0:
            text = text[:cut]
    if len(text) > 1 and text[-1] in "+-" and not _ODD_OPERATOR.search(text):
        text = text.rstrip("+-") or text[0]
    return text


_PIECES: Final = re.compile(rf"'((?:[^']|'')*+)'(?:{_CONTINUE})?+", re.DOTALL)
_ESCAPES: Final = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL
)
_LETTERS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE_MARK: Final = re.compile(rf"[^0-9A-Fa-f+'\"{_SPACE}]")
_JOINT: Final = re.compile(rf"(\\.|'')|'{_CONTINUE}'", re.DOTALL)


def _string_value(text: str) -> str:
    quote = text.index("'")
    body = text[quote:]
    value = body[1:-1]
    if "'" in value:
        value = "".join(piece.replace("''", "'") for piece in _PIECES.findall(body))
    return value


def _quoted_value(start: int, text: str) -> str:
    value = text[text.index('"') + 1 : -1].replace('""', '"')
    if not value:
        raise LexError(start, "a quoted name is empty")
    if "\0" in value:
        raise LexError(start, "there is a NUL character")
    return value


def _unescape(start: int, body: str) -> str:
    value = body[1:-1]
    if "'" in value:
        value = _JOINT.sub(lambda hit: hit.group(1) or "", value)
    if "\\" not in value and "''" not in value:
        return value

    def meaning(hit: re.Match[str]) -> str:
        octal, short, four, eight, letter = hit.groups()
        if letter is not None:
            return _LETTERS.get(letter, letter)
        if hit.group() == "''":
            return "'"
        number = int(octal, 8) & 255 if octal else int(short or four or eight, 16)
        return _character(start, number)

    return _pairs(_ESCAPES.sub(meaning, value))


def _character(start: int, number: int) -> str:
    if number == 0 or number > sys.maxunicode:
        raise LexError(start, "an escape in this string stands for no character")
    return chr(number)


def _unicode_value(start: int, value: str, escape: str) -> str:
    if escape not in value:
        return value
    mark = re.escape(escape)
    pattern = rf"{mark}(?:({mark})|([0-9A-Fa-f]{{4}})|\+([0-9A-Fa-f]{{6}})|)"

    def meaning(hit: re.Match[str]) -> str:
        double, four, six = hit.groups()
        if double:
            return escape
        if not (four or six):
            raise LexError(start, "a Unicode escape is not complete")
        return _character(start, int(four or six, 16))

    return _pairs(re.sub(pattern, meaning, value))


def _pairs(value: str) -> str:
    """Join pairs of surrogates, which stand for one character, and replace lone ones."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _decode_unicode(sql: str, found: list[Token]) -> list[Token]:
    """Give `U&` tokens their values, and join them with an UESCAPE that follows."""
    decoded: list[Token] = []
    position, count = 0, len(found)
    while position < count:
        token = found[position]
        position += 1
        if token.text[:2] in ("U&", "u&"):
            escape, end = "\\", token.end
            if position + 1 < count and found[position].value == "uescape":
                mark = found[position + 1]
                if mark.kind is not Kind.STRING or not _ESCAPE_MARK.fullmatch(mark.value):
                    raise LexError(mark.start, "UESCAPE is not followed by one fitting character")
                escape, end = mark.value, mark.end
                position += 2
            value = _unicode_value(token.start, token.value, escape)
            token = Token(token.kind, token.start, sql[token.start : end], value)
        decoded.append(token)
    return decoded
