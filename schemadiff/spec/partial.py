"""What is left of a file without the parts that are wrong, so that the rest is looked at, too."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from schemadiff.core.spec_model import SpecModel

_ROUNDS = 3
_ITEM = 4  # section, name, nested section, nested name


def partial_model(tree: dict[str, Any], model: type[SpecModel]) -> SpecModel | None:
    """Validate a tree without its wrong parts, or give None where nothing can be left out."""
    left = _copied(tree)
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(left)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                path = [p for p in each["loc"] if p != "[key]"]
                _prune(left, path[:-1] if each["type"] == "missing" else path)
    return None


def _copied(value: Any) -> Any:
    """Copy the mappings down to the items of a table; what is below is shared."""
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    return value


def _prune(tree: dict[str, Any], path: list[Any]) -> None:
    container: Any = tree
    for depth, part in enumerate(path):
        if not isinstance(container, dict) or part not in container:
            return
        below = container[part]
        last = depth == len(path) - 1 or depth == _ITEM - 1
        if last or not isinstance(below, dict) or path[depth + 1] not in below:
            del container[part]
            return
        container = below
