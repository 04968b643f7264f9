"""WITH (…) of a view: what it means is compared, how it is spelled and in which order is kept.

pg_dump writes what was said, so `on` would be another dump than `true`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from schemadiff.core.sql import comma

FLAGS: Final = ("security_barrier", "security_invoker")

Said = tuple[tuple[str, str], ...]

# What the server takes for a truth value, beginnings as well (manual, 8.6).
_YES: Final = ("true", "yes", "on", "1")
_NO: Final = ("false", "no", "off", "0")


def is_on(value: str | None) -> bool:
    """Tell what an option means as it is stored, which is nothing where it is not."""
    return value is not None and _truth(value) is not False


def _truth(value: str) -> bool | None:
    text = value.lower()
    for words, meaning in ((_YES, True), (_NO, False)):
        if any(word.startswith(text) for word in words) and text != "o":
            return meaning
    return None


def _switch(value: object) -> object:
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)
    if not text or _truth(text) is None:
        raise ValueError("expected true or false")
    return text


Switch = Annotated[
    str,
    BeforeValidator(_switch),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off", "yes", "no", 1, 0]}]}),
]


def said_in(options: Mapping[str, str]) -> Said:
    """Give what is said of a view, in its order."""
    return tuple((name, text) for name, text in options.items() if name in FLAGS)


def spelled(view: Any) -> Iterator[tuple[str, str]]:
    """Give all options as they are written in SQL."""
    if view.check_option:
        yield "check_option", view.check_option
    yield from view.said


def written(options: Iterable[tuple[str, str]]) -> str:
    """Write them between the brackets."""
    return comma(f"{name} = {value}" for name, value in options)


def in_yaml(view: Any) -> Iterator[tuple[str, str | bool]]:
    """Give what the files say of a view."""
    for name, text in view.said:
        yield name, text == "true" if text in ("true", "false") else text
    if view.check_option:
        yield "check_option", view.check_option
