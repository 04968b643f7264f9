"""Records: dataclasses whose values nobody changes, which mypy sees to and no run pays for.

The surprising fact: `dataclass(frozen=True)` was a third of what it takes to load our modules. It
compiles five methods for each class, of which a run uses few; and its `__init__` goes around its
own `__setattr__`, so that a value takes twice as long to make. So a method is written when it is
first called.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as record
    from dataclasses import replace  # noqa: TID251  (what it is to the type checker)
else:

    def replace(obj: Any, /, **changes: Any) -> Any:
        """Give a record with some fields changed, as `dataclasses.replace` does, ten times faster.

        TypeError for a field that it does not have.
        """
        cls = obj.__class__
        made = _replacers.get(cls)
        if made is None:
            text, known = _replaced(cls)
            exec(text, known)  # noqa: S102  (names of fields, which are identifiers)
            made = _replacers[cls] = known["_replaced"]
        return made(obj, **changes)

    def record(**options: Any) -> Any:
        """Make a dataclass of a class, as `dataclass` does with the same options.

        What is `frozen` is equal by its fields and has a hash; that nobody changes it is left to
        the type checker.
        """
        frozen, equal = options.pop("frozen", False), options.pop("eq", True)

        def made(cls: type) -> type:
            if options.get("order"):
                return dataclasses.dataclass(**options, eq=equal, unsafe_hash=frozen)(cls)
            # A class that says how its values are equal has None for a hash (data model).
            own = {name for name, value in cls.__dict__.items() if value is not None}
            # Of a class that says nothing of itself `dataclass` would have its signature inspected.
            cls.__doc__ = cls.__doc__ or cls.__name__
            found = dataclasses.dataclass(**options, init=False, repr=False, eq=False)(cls)
            methods = {"__init__": _init}
            if equal:
                methods |= {"__eq__": _eq, "__hash__": _hash} if frozen else {"__eq__": _eq}
                if not frozen:
                    found.__hash__ = None
            for name in methods.keys() - own:
                setattr(found, name, _at_first_call(found, name, methods[name]))
            if "__repr__" not in own:
                found.__repr__ = _shown
            return found

        return made


__all__ = ["record", "replace"]

_replacers: dict[type, Callable[..., Any]] = {}


def _at_first_call(
    cls: type, name: str, write: Callable[[type], tuple[str, dict[str, Any]]]
) -> Callable[..., Any]:
    def first(self: Any, *args: Any, **named: Any) -> Any:
        text, known = write(cls)
        exec(text, known)  # noqa: S102  (names of fields, which are identifiers)
        method = known[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *args, **named)

    return first


def _init(cls: type) -> tuple[str, dict[str, Any]]:
    """Write `__init__`, and say what its words stand for."""
    known: dict[str, Any] = {"_MISSING": dataclasses.MISSING}
    taken: list[str] = []
    named: list[str] = []
    lines = []
    for f in dataclasses.fields(cls):
        value = f.name
        if f.default is not dataclasses.MISSING:
            known[f"_d_{f.name}"] = f.default
            parameter = f"{f.name}=_d_{f.name}"
        elif f.default_factory is not dataclasses.MISSING:
            known[f"_f_{f.name}"] = f.default_factory
            parameter, value = f"{f.name}=_MISSING", f"_f_{f.name}() if {f.name} is _MISSING else"
            value = f"{value} {f.name}"
        else:
            parameter = f.name
        (named if f.kw_only else taken).append(parameter)
        lines.append(f" self.{f.name} = {value}")
    between = ["*"] if named else []
    head = ", ".join(["self", *taken, *between, *named])
    return "\n".join([f"def __init__({head}):", *(lines or [" pass"])]), known


def _replaced(cls: type) -> tuple[str, dict[str, Any]]:
    """Write what makes a value from another one, and say what its words stand for."""
    names = [(f.name, f"{f.name}=" if f.kw_only else "") for f in dataclasses.fields(cls)]
    head = ", ".join(["_of", "/", "*", *(f"{name}=_MISSING" for name, _ in names)])
    given = ", ".join(f"{by}_of.{name} if {name} is _MISSING else {name}" for name, by in names)
    known: dict[str, Any] = {"_MISSING": dataclasses.MISSING, "_cls": cls}
    return f"def _replaced({head}):\n return _cls({given})", known


def _eq(cls: type) -> tuple[str, dict[str, Any]]:
    """Write `__eq__`."""
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    mine, others = _tuple("self", names), _tuple("other", names)
    return (
        "def __eq__(self, other):\n"
        " if other.__class__ is not self.__class__:\n"
        "  return NotImplemented\n"
        f" return {mine} == {others}"
    ), {}


def _hash(cls: type) -> tuple[str, dict[str, Any]]:
    """Write `__hash__`."""
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    return f"def __hash__(self):\n return hash({_tuple('self', names)})", {}


def _tuple(of: str, names: list[str]) -> str:
    return f"({''.join(f'{of}.{name},' for name in names)})"


def _shown(self: Any) -> str:
    """Show a value as a dataclass is shown."""
    shown = [f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"
