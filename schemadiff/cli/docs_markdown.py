"""Markdown for the generated pages: tables, links, and the words for the keys of a model."""

from __future__ import annotations

import ast
import inspect
import json
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemadiff.core.meanings import meanings

# How an annotation of a spec reads in the documentation; what is missing here is an error.
WORDS = {
    "Day": "text",
    "Duration": "text",
    "HazardWord": "text",
    "Severities": "mapping to text",
    "Flag": "true or false",
    "FlagOrName": "true, false or a name",
    "Integer": "number",
    "Layout": "text",
    "Kept": "text, or a list",
    "Managed": "text, or a list",
    "Preflight": "text",
    "SpecRow": "mappings of columns to values",
    "Sql": "SQL",
    "Switch": "true or false",
    "Text": "text",
    "Texts": "text, or a list",
    "str": "text",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines
    )


def anchor(title: str) -> str:
    """Give the anchor that a heading gets."""
    return re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-")


def code(text: str) -> str:
    """Mark a text as code."""
    return f"`{text}`"


def keys_table(model: type[BaseModel], titles: Mapping[type[BaseModel], str]) -> str:
    """Write the keys of a model; `titles` are the headings of the models that have one."""
    rows = [
        (code(key), type_words(model, name, titles), default_words(field), meaning)
        for name, key, field, meaning in documented(model)
    ]
    return table(("key", "value", "default", "meaning"), rows)


def documented(model: type[BaseModel]) -> Iterator[tuple[str, str, FieldInfo, str]]:
    """Give the fields that a class of ours wrote (not the sections that nest in it)."""
    texts = meanings(model)
    written = written_types(model)
    for name, field in model.model_fields.items():
        if name in written:
            yield name, field.alias or name, field, texts.get(name, "")


def written_types(model: type[BaseModel]) -> dict[str, str]:
    """Give the annotations as they were written; a composed model has none of its own."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, BaseModel) and cls.__module__.startswith("schemadiff."):
            own = inspect.get_annotations(cls)
            found |= {n: a for n, a in own.items() if isinstance(a, str)}
    return found


def type_words(model: type[BaseModel], name: str, titles: Mapping[type[BaseModel], str]) -> str:
    """Say what a key takes."""
    tree = ast.parse(written_types(model)[name], mode="eval").body
    known = {m.__name__: m for m in models_in(model.model_fields[name].annotation)}
    return _words(tree, known, titles)


def _words(
    node: ast.expr, known: Mapping[str, type[BaseModel]], titles: Mapping[type[BaseModel], str]
) -> str:
    match node:
        case ast.BinOp(left=left, right=ast.Constant(value=None)):
            return _words(left, known, titles)
        case ast.BinOp(left=left, right=right):
            return f"{_words(left, known, titles)}, or {_words(right, known, titles)}"
        case ast.Name(id=name) if name in known:
            title = titles[known[name]]
            return f"[{title}](#{anchor(title)})"
        case ast.Name(id="Allowances"):
            title = titles[known["AllowanceSpec"]]
            return f"[{title}](#{anchor(title)}), or a list"
        case ast.Name(id=name):
            return WORDS[name]
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, value])):
            inner = "" if "Any" in ast.unparse(value) else f" to {_words(value, known, titles)}"
            return f"mapping{inner}"
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[item, _])):
            return f"list of {_words(item, known, titles)}"
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *rest])):
            words = _words(inner, known, titles)
            if any("OrOne" in ast.unparse(r) for r in rest):
                return f"{words.removeprefix('list of ')}, or a list"
            return words
    raise KeyError(ast.unparse(node))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Give the models that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from models_in(part)


def default_words(field: FieldInfo) -> str:
    """Say what an absent key means; nothing where it means nothing."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value in (None, "", (), {}):
        return ""
    return code(json.dumps(value).strip('"'))
