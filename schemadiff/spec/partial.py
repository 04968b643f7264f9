"""What is left of a file without the parts that are wrong, so that the rest is looked at, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from schemadiff.core.spec_model import SpecModel

_ROUNDS = 3
_ITEM = 4  # section, name, nested section, nested name


def partial_model(
    tree: dict[str, Any], model: type[SpecModel]
) -> tuple[SpecModel | None, frozenset[str]]:
    """Validate a tree without its wrong parts, or give None where nothing can be left out.

    Gives also the names that were lost: on the way to the wrong parts, and in them.
    """
    left = _copied(tree)
    lost: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(left), frozenset(lost)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                path = [p for p in each["loc"] if p != "[key]"]
                lost.update(_prune(left, path[:-1] if each["type"] == "missing" else path))
    return None, frozenset()


def _copied(value: Any) -> Any:
    """Copy the mappings down to the items of a table; what is below is shared."""
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    return value


def _prune(tree: dict[str, Any], path: list[Any]) -> Iterator[str]:
    """Take out what is at a path, and name what is on the way and in it."""
    container: Any = tree
    for depth, part in enumerate(path):
        if not isinstance(container, dict) or part not in container:
            return
        yield str(part)
        below = container[part]
        last = depth == len(path) - 1 or depth == _ITEM - 1
        if last or not isinstance(below, dict) or path[depth + 1] not in below:
            yield from _names(container.pop(part))
            return
        container = below


def _names(value: Any) -> Iterator[str]:
    """Name every key and every text in a value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _names(each)
    else:
        yield str(value)
