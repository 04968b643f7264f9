"""The model of a whole file, composed from the specs of the registry's kinds.

A kind says under which key it stands and within which others; nothing here knows a kind by name.
"""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    create_model,
)

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.kind import ObjectKind, Registry
from schemadiff.core.record import record
from schemadiff.core.spec_model import SpecModel, Text, summary
from schemadiff.spec.contents import unreadable
from schemadiff.spec.partial import partial_model
from schemadiff.spec.reader import IN_BRACKETS, YamlMap, place_of, read_yaml
from schemadiff.spec.section import UNNAMED, OrList, OrNames, listed, mapped, named, needs_no_more

_SCHEMA = "The schema in which the names of this file live."
_MIXINS = "What many tables share, under a name that tables put into their `mixins`."


@record(frozen=True, slots=True)
class Document:
    """One file: its path as shown, its tree with places, its validated model.

    `lost` are the keys on the way to, and in, what is left out because it is wrong.
    """

    file: str
    folder: Path
    root: YamlMap
    model: SpecModel
    lost: frozenset[str] = frozenset()

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Give the place of a key."""
        return Place(self.file, *place_of(self.root, tree_path(path)))


def tree_path(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Turn the made-up names of unnamed items back into the positions in their list."""
    return tuple(int(p[1:]) if isinstance(p, str) and p.startswith(UNNAMED) else p for p in path)


class Models:
    """The composed models: of a file, and of each kind's spec with what nests in it.

    The surprising fact: to compile all of them takes longer than to read a few files. Of few files
    those sections are enough of which they have the keys.
    """

    def __init__(self, registry: Registry) -> None:
        """Take the kinds; nothing is composed yet."""
        self._registry = registry
        self._whole = _Composer(registry, None)
        self._few: dict[frozenset[str], type[SpecModel]] = {}

    @cached_property
    def root(self) -> type[SpecModel]:
        """The model of a file with every section."""
        return self._whole.document()

    def spec(self, kind: ObjectKind) -> type[SpecModel]:
        """Give the model of a kind's spec with everything that may nest in it."""
        return self._whole.spec_of(kind)

    def of(self, keys: frozenset[str]) -> type[SpecModel]:
        """Give a model that takes what `root` takes, of files without other keys than these."""
        if keys not in self._few:
            self._few[keys] = _Composer(self._registry, keys).document()
        return self._few[keys]


class _Composer:
    """Makes the models, with all sections or with those of some keys."""

    def __init__(self, registry: Registry, keys: frozenset[str] | None) -> None:
        self._registry, self._keys = registry, keys
        self._specs: dict[str, type[SpecModel]] = {}

    def spec_of(self, kind: ObjectKind) -> type[SpecModel]:
        if kind.name not in self._specs:
            assert kind.spec is not None
            nested = self._sections(kind.name)
            self._specs[kind.name] = (
                create_model(kind.spec.__name__, __base__=kind.spec, **cast(Any, nested))
                if nested
                else kind.spec
            )
        return self._specs[kind.name]

    def document(self) -> type[SpecModel]:
        schema = Field(default="public", alias="schema", description=_SCHEMA)
        fields: dict[str, Any] = {"schema_": (Text, schema), **self._sections("")}
        for kind in self._registry if self._has("mixins") else ():
            if kind.spec is not None and "mixins" in kind.spec.model_fields:
                sections = self._sections(kind.name)
                mixin = create_model(
                    "MixinSpec", __base__=SpecModel, __doc__=_MIXINS, **cast(Any, sections)
                )
                reads = Annotated[dict[str, mixin], BeforeValidator(mapped)]  # type: ignore[valid-type]
                fields["mixins"] = (reads, Field(default={}, description=_MIXINS))
        return create_model("Document", __base__=SpecModel, **fields)

    def _has(self, key: str) -> bool:
        return self._keys is None or key in self._keys

    def _sections(self, within: str) -> dict[str, tuple[Any, Any]]:
        kinds = (k for k in self._registry.within(within) if self._has(k.section))
        return {k.section: self._section_of(k) for k in kinds}

    def _section_of(self, kind: ObjectKind) -> tuple[Any, Any]:
        spec = self.spec_of(kind)
        # An empty dict as the default would be copied for every instance.
        about = Field(default=None, description=summary(spec))
        if kind.single:
            return (spec | None, about)
        reads: tuple[object, ...] = (BeforeValidator(mapped),)
        if kind.unnamed:
            reads = (BeforeValidator(listed), OrList())
        elif needs_no_more(kind):
            reads = (BeforeValidator(named), OrNames())
        return (Annotated[dict[str, spec], *reads] | None, about)  # type: ignore[valid-type]


@cache
def models(registry: Registry) -> Models:
    """Give the models of a registry, which are composed once."""
    return Models(registry)


def keys_of(trees: Iterable[object]) -> frozenset[str]:
    """Name every key that occurs anywhere in trees; what stands in many places is seen once."""
    found: set[str] = set()
    waiting, seen = list(trees), set[int]()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict | list) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            found.update(each)
        waiting += each.values() if isinstance(each, dict) else each
    return frozenset(found)


def read_document(
    path: Path, shown: str, root_model: type[SpecModel], data: bytes | None = None
) -> tuple[Document | None, list[Diagnostic]]:
    """Read and validate one file, or its `data`; gives everything that is wrong with it.

    Of a file with mistakes the document holds what is right.
    """
    tree, found = read_tree(path, shown, data)
    if tree is None:
        return None, found
    document, wrong = document_of(path, shown, tree, root_model)
    return document, [*found, *wrong]


def read_tree(
    path: Path, shown: str, data: bytes | None = None
) -> tuple[YamlMap | None, list[Diagnostic]]:
    """Read one file, or its `data`, as YAML alone."""
    try:
        data = path.read_bytes() if data is None else data
    except OSError as error:
        return None, [unreadable(shown, error.strerror or str(error))]
    return read_yaml(data, shown)


def document_of(
    path: Path, shown: str, tree: YamlMap, root_model: type[SpecModel]
) -> tuple[Document | None, list[Diagnostic]]:
    """Validate the tree of a file; gives everything that is wrong with it."""
    try:
        model = root_model.model_validate(tree)
    except ValidationError as error:
        found = list(_explain(error, tree, shown, root_model))
        rest, lost = partial_model(tree, root_model)
        return (Document(shown, path.parent, tree, rest, lost) if rest else None), found
    return Document(shown, path.parent, tree, model), []


def _explain(
    error: ValidationError, tree: YamlMap, file: str, model: type[SpecModel]
) -> Iterator[Diagnostic]:
    told: set[tuple[str | int, ...]] = set()
    for each in error.errors(include_url=False):
        loc = tuple(p for p in each["loc"] if not _ALTERNATIVE.match(str(p)))
        if loc in told:  # of several forms that it might have, the first
            continue
        told.add(loc)
        line, column = place_of(tree, tree_path(loc))
        message, hint = _words(each, loc, model)
        yield Diagnostic(
            code=_code(each["type"]), message=message, hint=hint, place=Place(file, line, column)
        )


# What pydantic puts among the keys: which form of a value it has tried.
_ALTERNATIVE = re.compile(r"\[key\]$|(function-\w+|tuple|list|dict)\[")


def _code(kind: str) -> str:
    return {"extra_forbidden": "SD011", "missing": "SD012"}.get(kind, "SD013")


def _words(each: Any, loc: tuple[str | int, ...], model: type[SpecModel]) -> tuple[str, str]:
    key = str(loc[-1]) if loc else ""
    above = next((str(p) for p in reversed(loc[:-1]) if isinstance(p, str)), UNNAMED)
    where = "" if above.startswith(UNNAMED) else f" in {above}"
    if each["type"] == "extra_forbidden":
        named = key == "name" and above.startswith(UNNAMED) and len(loc) > 2  # noqa: PLR2004  a list's
        way = f"what has a name stands in a mapping: `{loc[-3]}: {{name: …}}`" if named else ""
        return f"unknown key {key!r}{where}", way or _instead(key, model, loc[:-1])
    if each["type"] == "missing":
        return f"{key!r} is missing{where}", f"add {key}:"
    message, hint = said_of(each)
    if each["type"] in _EXPECTED:
        expected, way = _EXPECTED[each["type"]]
        if expected == _KEYS[0] and isinstance(each["input"], list):
            way = "write `key: value` on each line, without dashes"
        elif expected == _KEYS[0] and each["input"] and (known := _keys(model, loc)):
            listed = "a list: [one, two], or " if _may_be_list(model, loc) else ""
            way = f"write {listed}one key per property, of {', '.join(known)}"
        elif expected == _KEYS[0] and each["input"]:
            way = "write `name: …` on each line; where no name is needed, a list: [one, two]"
        elif expected == _KEYS[0] and _is_cut(key):
            way = IN_BRACKETS
        elif expected == _KEYS[0] and each["input"] is None and (lacks := _required(model, loc)):
            way = f"add {' and '.join(lacks)}:"
        elif each["input"] is None and loc and isinstance(loc[-1], int):
            way = 'null is nothing: the text stands in quotes, "null"'
        found = "" if expected == _NUMBER else f", found {_found(each['input'])}"
        message, hint = f"expected {expected}{found}", way
    nameless = not loc or isinstance(loc[-1], int) or key.startswith(UNNAMED)
    shown = "" if nameless else f"{key}: "
    hint = hint or _meaning(model, loc) or _WAYS.get(each["type"], "")
    return f"{shown}{message[:1].lower()}{message[1:]}", hint


def said_of(each: Any) -> tuple[str, str]:
    """Give the message of one error of a model, and the hint that a spec gave with it."""
    message, _, hint = str(each["msg"]).removeprefix("Value error, ").partition("\nhint: ")
    return message, hint


# What pydantic finds of another shape, in the words of somebody who writes YAML.
_KEYS = "keys and their values", "write {} where there are none"
_LIST = "a list", "write [one, two], or each on a line of its own after a dash"
_NUMBER = "a whole number"
_EXPECTED = {
    **dict.fromkeys(("model_type", "dict_type"), _KEYS),
    **dict.fromkeys(("tuple_type", "list_type"), _LIST),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_parsing_size", "int_from_float"), (_NUMBER, "")
    ),
    "string_type": ("a single value", ""),
}


_AT_THE_TOP = {"types": "enums, domains, composites or ranges"}
# Where the key itself has nothing to say.
_WAYS = {
    "string_type": "write one text, in quotes where it holds `: ` or begins with a bracket",
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "as in 100"),
}


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list"
    # The value itself is not shown: in the wrong place it may be a password.
    return "keys and their values" if isinstance(value, dict) else "a single value"


def _meaning(model: type[SpecModel], loc: tuple[str | int, ...]) -> str:
    """Say what a key is for, where nothing better is known of what is wrong with its value."""
    from schemadiff.core.meanings import meanings

    place = loc[: max((n for n, p in enumerate(loc, 1) if isinstance(p, str)), default=0)]
    above = _model_at(model, place[:-1]) if place else None
    return meanings(above).get(str(place[-1]), "") if above is not None else ""


def _may_be_list(root: type[SpecModel], loc: tuple[str | int, ...]) -> bool:
    """Tell whether a list is the short form of what stands at a place."""
    found = _model_at(root, loc)
    forms = found.shorthands if found is not None and issubclass(found, SpecModel) else ()
    return any(form.get("type") == "array" for form in forms)


def _instead(key: str, root: type[SpecModel], loc: tuple[str | int, ...]) -> str:
    """Say what may stand for a key that is not known at a place, or where it may stand."""
    model, known = _model_at(root, loc), _keys(root, loc)
    guess = model.guesses.get(key) if model is not None and issubclass(model, SpecModel) else None
    guess = guess or (None if loc else _AT_THE_TOP.get(key))
    if guess:
        return f"did you mean {guess}?"
    if _is_cut(key):
        return IN_BRACKETS
    if loc and key in _keys(root, ()):
        return f"{key}: stands at the top of a file"
    below = [s for s in known if _model_at(root, (s, "", key, ""))] if not loc else []
    if below:
        return f"{key}: stands below each of the {', '.join(below)}"
    close = difflib.get_close_matches(key, known, 1)
    return f"did you mean {close[0]}?" if close else f"known keys: {', '.join(known)}"


def _is_cut(key: str) -> bool:
    """Tell whether a key is the rest of a value that a comma has cut."""
    return key.count(")") > key.count("(")


def _keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Name the keys that are known at a place."""
    found = _model_at(model, loc)
    return sorted(f.alias or n for n, f in found.model_fields.items()) if found else []


def _required(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Name the keys that have to be there at a place."""
    found = _model_at(model, loc)
    return [n for n, f in found.model_fields.items() if f.is_required()] if found else []


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """Find the model of a place, by walking the models along the path."""
    current: Any = model
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part)) or current.model_fields.get(f"{part}_")
            current = field.annotation if field else None
        else:
            arguments = [a for a in typing.get_args(current) if a not in (type(None), ...)]
            current = arguments[-1] if arguments else None
        while typing.get_origin(current) in (typing.Annotated, typing.Union, *_UNIONS):
            arguments = [a for a in typing.get_args(current) if a is not type(None)]
            current = arguments[0]
    is_model = isinstance(current, type) and issubclass(current, BaseModel)
    return current if is_model else None


_UNIONS = (type(int | str),)
