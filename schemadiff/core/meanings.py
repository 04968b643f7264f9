"""What every key of a spec means: the docstrings below its fields.

They are read from the source when somebody asks for them (the JSON Schema, the documentation), for
Python throws them away: no other run pays for them.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from pathlib import Path


def meanings(model: type) -> dict[str, str]:
    """Give the text below each field of a model, its own and inherited; empty without source."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        module = sys.modules.get(cls.__module__)
        # A composed model has the name of its base, and no source.
        if getattr(module, cls.__name__, None) is cls and cls.__module__.startswith("schemadiff."):
            found |= _of_module(inspect.getsourcefile(cls) or "").get(cls.__name__, {})
    return found


@cache
def _of_module(file: str) -> dict[str, dict[str, str]]:
    try:
        body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    except OSError:
        return {}
    return {node.name: _of_class(node) for node in body if isinstance(node, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found
