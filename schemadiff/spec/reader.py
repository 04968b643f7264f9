"""YAML text to plain values that know their places, in one pass over the C parser's events.

Every scalar stays the text that was written (`no`, `12:30`, `0123`, `1.10`), because the fields of
the models give the meaning; only a plain `null`, `~` or nothing is None. The surprising fact: the
places are kept as the parser's own marks and become numbers only when somebody asks, which is
hardly ever and saves a third of the time.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

import yaml
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.steady import steady

Node = Any  # YamlMap | YamlSeq | str | None; recursive, and pydantic reads it as it is

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_SCALAR: Final = 16 * 1024 * 1024  # as much as a body in a file of its own
MAX_DEPTH: Final = 64

SYNTAX: Final = "SD001"
DUPLICATE: Final = "SD002"
ALIAS: Final = "SD003"
TOO_LARGE: Final = "SD004"
TAG: Final = "SD005"
ENCODING: Final = "SD006"
KEY: Final = "SD007"
DOCUMENTS: Final = "SD008"
ROOT: Final = "SD009"

IN_BRACKETS: Final = "between { } or [ ], text with a comma or a bracket is put in quotes"

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_ODD_KEYS: Final = _NULLS | {"<<"}
_LONG_KEY: Final = 1024
_STARTS: Final = (MappingStartEvent, SequenceStartEvent)
_ENDS: Final = (MappingEndEvent, SequenceEndEvent)
_CORE: Final = "tag:yaml.org,2002:"
_SCALAR_TAGS: Final = frozenset(_CORE + name for name in ("str", "int", "bool", "float", "null"))
_NOT_YAML: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_QUOTE_KEY: Final = "write the key as text; put it in quotes if it must look like this"
_NULL_KEY: Final = "did you mean not_null, which says the opposite? A name is put in quotes"
_NO_ALIAS: Final = "write the value out; what tables share belongs under `mixins:`"


class YamlMap(dict[str, Node]):
    """A mapping in the order of the file, with the places of its keys and values."""

    __slots__ = ("key_marks", "value_marks")

    def __init__(self) -> None:
        """Make an empty mapping."""
        super().__init__()
        self.key_marks: dict[str, Any] = {}
        self.value_marks: list[Any] = []

    @property
    def key_places(self) -> dict[str, tuple[int, int]]:
        """Line and column of each key, counted from 1."""
        return {key: _numbers(mark) for key, mark in self.key_marks.items()}

    @property
    def value_places(self) -> dict[str, tuple[int, int]]:
        """Line and column of the value of each key, counted from 1."""
        return dict(zip(self.key_marks, map(_numbers, self.value_marks), strict=True))


class YamlSeq(list[Node]):
    """A sequence, with the places of its items."""

    __slots__ = ("marks",)

    def __init__(self) -> None:
        """Make an empty sequence."""
        super().__init__()
        self.marks: list[Any] = []

    @property
    def places(self) -> list[tuple[int, int]]:
        """Line and column of each item, counted from 1."""
        return [_numbers(mark) for mark in self.marks]


def read_yaml(text: bytes | str, file: str) -> tuple[YamlMap | None, list[Diagnostic]]:
    """Read one file: its root mapping, and everything that is wrong with it.

    The root is None when there is no telling what the file says; an empty file is an empty mapping.
    Never raises for what a user wrote.
    """
    reading = _Reading(file)
    with steady():
        source = reading.decode(text)
        root = None if source is None else reading.read(source)
    return root, reading.found


def place_of(root: YamlMap, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Give the place of the key or item at a path, or of the deepest one on the way that exists."""
    place = (1, 1)
    node: Node = root
    for step in path:
        if isinstance(node, YamlMap) and step in node:
            place = _numbers(node.key_marks[str(step)])
            node = node[str(step)]
        elif isinstance(node, YamlSeq) and isinstance(step, int) and 0 <= step < len(node):
            place = _numbers(node.marks[step])
            node = node[step]
        elif isinstance(node, YamlSeq) and step in node:  # a list of names
            place = _numbers(node.marks[node.index(step)])
            break
        else:
            break
    return place


def _numbers(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1)


class _TooMuch(Exception):
    """The file goes beyond a limit: nothing more of it is read."""


class _Reading:
    """One file being read, and what was found wrong with it so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []

    def complain(self, code: str, mark: Any, message: str, hint: str = "") -> None:
        """Note an error at the place of a mark."""
        self.at(code, *_numbers(mark), message, hint)

    def at(self, code: str, line: int, column: int, message: str, hint: str = "") -> None:
        """Note an error at a line and column."""
        place = Place(self.file, line, column)
        self.found.append(Diagnostic(code=code, message=message, hint=hint, place=place))

    def decode(self, text: bytes | str) -> str | None:
        """Give the text of the file without its byte order mark, or None if there is none."""
        if len(text) > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            hint = "split it; any number of files in any folders are merged"
            self.at(TOO_LARGE, 0, 0, f"the file is larger than {limit} MiB", hint)
            return None
        if isinstance(text, str):
            return text.removeprefix("\ufeff")
        if text.startswith(_UTF16):
            self.at(ENCODING, 0, 0, "the file is in UTF-16", "save it as UTF-8")
            return None
        try:
            return text.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            before = text[: error.start].decode("utf-8")
            self.at(ENCODING, *_end(before), "the file is not in UTF-8", "save it as UTF-8")
            return None

    def read(self, source: str) -> YamlMap | None:
        """Read the text; gives the root, or None."""
        try:
            loader = yaml.CBaseLoader(source)
        except UnicodeEncodeError as error:
            self._not_yaml(source, error.start)
            return None
        try:
            return self._document(loader)
        except yaml.reader.ReaderError:
            self._not_yaml(source, 0)
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
        except _TooMuch:
            pass
        finally:
            loader.dispose()
        return None

    def _not_yaml(self, source: str, start: int) -> None:
        hit = _NOT_YAML.search(source, start)
        where = hit.start() if hit else start
        character = source[where : where + 1]
        name = "a NUL character" if character == "\0" else f"the character {character!a}"
        hint = "remove it, or write it as an escape in double quotes"
        self.at(ENCODING, *_end(source[:where]), f"{name} is not allowed in YAML", hint)

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        message = error.problem or "the YAML is not well-formed"
        if mark is not None and "nesting depth" in message:  # libyaml's own limit, read ahead
            message = f"the nesting is deeper than {MAX_DEPTH} levels"
            self.complain(TOO_LARGE, mark, message, "look for brackets that are not closed")
            return
        context = f" {error.context}" if error.context else ""
        hint = ""
        if "cannot start any token" in message:
            hint = "indent with spaces, never with tabs; quote text that begins with @, ` or %"
        elif "mapping values are not allowed" in message:
            hint = "text that holds `: ` is put in quotes"
        elif "flow" in context:
            hint = f"close the brackets; {IN_BRACKETS}"
        elif mark is not None:
            hint = "look at the indentation, and at brackets and quotes that are not closed"
        if mark is None:
            self.at(SYNTAX, 0, 0, message + context, hint)
        else:
            self.complain(SYNTAX, mark, message + context, hint)

    def _document(self, loader: Any) -> YamlMap | None:
        next_event = loader.get_event
        next_event()  # the start of the stream
        event = next_event()
        if event.__class__ is StreamEndEvent:
            return YamlMap()
        event = next_event()
        root = self._root(event, next_event)
        next_event()  # the end of the document
        event = next_event()
        if event.__class__ is DocumentStartEvent:
            hint = "remove the `---`, or make it a file of its own"
            self.complain(DOCUMENTS, event.start_mark, "the file holds a second document", hint)
        return root

    def _root(self, event: Any, next_event: Any) -> YamlMap | None:
        kind = event.__class__
        if kind is MappingStartEvent:
            if event.tag is not None and event.tag != _CORE + "map":
                self._tag(event)
            root = YamlMap()
            self._fill(root, next_event)
            return root
        if kind is ScalarEvent and event.implicit[0] and event.value in _NULLS:
            return YamlMap()
        hint = "write keys such as `tables:` at the start of a line"
        self.complain(ROOT, event.start_mark, "the file is not a mapping of keys to values", hint)
        if kind is SequenceStartEvent:
            self._fill(YamlSeq(), next_event)
        return None

    def _fill(self, root: YamlMap | YamlSeq, next_event: Any) -> None:
        """Read up to the end of a container; a stack of our own is fast, and depth no danger."""
        stack: list[Any] = []
        node: Any = root
        mapping = root.__class__ is YamlMap
        key: Any = None
        key_mark: Any = None
        while True:
            event = next_event()
            kind = event.__class__
            if mapping:
                if kind is MappingEndEvent:
                    if not stack:
                        return
                    node = stack.pop()
                    mapping = node.__class__ is YamlMap
                    continue
                key_mark = event.start_mark
                key = event.value if kind is ScalarEvent else self._complex_key(event, next_event)
                if key in _ODD_KEYS or len(key) > _LONG_KEY or event.tag is not None:
                    key = self._checked_key(event, key)
                event = next_event()
                kind = event.__class__
            elif kind is SequenceEndEvent:
                if not stack:
                    return
                node = stack.pop()
                mapping = node.__class__ is YamlMap
                continue
            if kind is ScalarEvent:
                value = event.value
                odd = value in _NULLS or "\0" in value
                if odd or event.tag is not None or len(value) > MAX_SCALAR:
                    value = self._odd_scalar(event, value)
            else:
                value = self._start(event, kind, len(stack))
            if not mapping:
                node.append(value)
                node.marks.append(event.start_mark)
            elif key in node:
                self._duplicate(node, key, key_mark)
            elif key is not None:
                node[key] = value
                node.key_marks[key] = key_mark
                node.value_marks.append(event.start_mark)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append(node)
                node = value
                mapping = kind is MappingStartEvent

    def _start(self, event: Any, kind: Any, depth: int) -> YamlMap | YamlSeq | None:
        """Make the container that an event begins; an alias gives None."""
        if kind is AliasEvent:
            self.complain(ALIAS, event.start_mark, "aliases (`*name`) are not supported", _NO_ALIAS)
            return None
        mapping = kind is MappingStartEvent
        if event.tag is not None and event.tag != _CORE + ("map" if mapping else "seq"):
            self._tag(event)
        if depth + 2 > MAX_DEPTH:
            self._too_deep(event)
        return YamlMap() if mapping else YamlSeq()

    def _odd_scalar(self, event: Any, value: str) -> str | None:
        """Look at a scalar that may be null, has a tag, or is very long."""
        if event.tag is not None and event.tag not in _SCALAR_TAGS:
            self._tag(event)
            return value
        if len(value) > MAX_SCALAR:
            hint = "put it into a file of its own if it is the body of a function or a query"
            message = f"this text is longer than {MAX_SCALAR // 1024**2} MiB"
            self.complain(TOO_LARGE, event.start_mark, message, hint)
            return None
        if "\0" in value:
            message = "a zero byte is in no text of PostgreSQL"
            self.complain(ENCODING, event.start_mark, message, "remove it")
            return value.replace("\0", "")
        if event.tag is not None:
            return None if event.tag == _CORE + "null" else value
        return None if event.implicit[0] else value

    def _checked_key(self, event: Any, key: str) -> str | None:
        """Refuse a key that is no text: nothing, null, a merge key, or of a strange tag."""
        mark = event.start_mark
        if event.__class__ is not ScalarEvent:
            return None  # complained about already
        if len(key) > _LONG_KEY:
            message = f"this key is longer than {_LONG_KEY} characters"
            self.complain(TOO_LARGE, mark, message, "look for a missing quote or line break")
        elif event.tag is not None:
            if event.tag == _CORE + "str":
                return key
            self._tag(event)
        elif not event.implicit[0]:
            return key
        elif key == "<<":
            self.complain(ALIAS, mark, "merge keys (`<<`) are not supported", _NO_ALIAS)
        else:
            hint = _NULL_KEY if key == "null" else _QUOTE_KEY
            self.complain(KEY, mark, f"a key must be text, not {key or 'nothing'}", hint)
        return None

    def _complex_key(self, event: Any, next_event: Any) -> str:
        """Refuse a mapping, sequence or alias as a key, and read past it; gives an odd key."""
        if event.__class__ is AliasEvent:
            self.complain(ALIAS, event.start_mark, "aliases (`*name`) are not supported", _NO_ALIAS)
            return ""
        message = "a key must be text, not a mapping or list"
        self.complain(KEY, event.start_mark, message, _QUOTE_KEY)
        depth = 1
        while depth:
            inner = next_event()
            if inner.__class__ in _STARTS:
                depth += 1
                if depth > MAX_DEPTH:
                    self._too_deep(inner)
            elif inner.__class__ in _ENDS:
                depth -= 1
        return ""

    def _duplicate(self, node: YamlMap, key: str, mark: Any) -> None:
        line, column = _numbers(node.key_marks[key])
        message = f"the key {key} is here twice; the first is in line {line}, column {column}"
        self.complain(DUPLICATE, mark, message, "keep one of them, or give one another name")

    def _tag(self, event: Any) -> None:
        tag = event.tag.replace(_CORE, "!!", 1)
        hint = "remove it; to keep a text as it is, put it in quotes"
        self.complain(TAG, event.start_mark, f"the tag {tag} is not supported here", hint)

    def _too_deep(self, event: Any) -> NoReturn:
        message = f"the nesting is deeper than {MAX_DEPTH} levels"
        self.complain(TOO_LARGE, event.start_mark, message, "look for brackets that are not closed")
        raise _TooMuch


def _end(text: str) -> tuple[int, int]:
    """Give the line and column behind a text."""
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    return (len(lines), len(lines[-1]) + 1)
