"""Records: dataclasses whose values nobody changes, which mypy sees to and no run pays for.

The surprising fact: `dataclass(frozen=True)` was a third of what it takes to load our modules. It
compiles a `__setattr__` and a `__delattr__` for each class, and its `__init__` goes around them, so
that a value takes twice as long to make.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(**options: Any) -> Any:
        """Make a dataclass of a class, as `dataclass` does with the same options.

        What is `frozen` is equal by its fields and has a hash; that nobody changes it is left to
        the type checker.
        """
        frozen, equal = options.pop("frozen", False), options.get("eq", True)

        def made(cls: type) -> type:
            hashed = frozen and equal
            found = dataclasses.dataclass(**options, repr=False, unsafe_hash=hashed)(cls)
            if "__repr__" not in cls.__dict__:
                found.__repr__ = _shown
            return found

        return made


__all__ = ["record"]


def _shown(self: Any) -> str:
    """Show a value as a dataclass is shown."""
    shown = [f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"
