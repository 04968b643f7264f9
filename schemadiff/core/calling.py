"""The part of the contract of a kind that is about what an object uses, by name or without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.identity import OVERLOADED

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.identity import Identity


class CallingKind:
    """What a kind says of the routines that its objects rest on."""

    # What uses it does not name it: it goes into a shadow wherever its type goes.
    unspoken: ClassVar[bool] = False
    evaluates: ClassVar[bool] = False  # its statements compute values of rows that are there
    writes_rows: ClassVar[bool] = False  # so do all of them, and triggers fire
    hears: ClassVar[bool] = False  # each statement of a plan runs its function
    overloads: ClassVar[bool] = False  # of one name there can be several, told apart by arguments

    def __init_subclass__(cls, **options: Any) -> None:
        """Make it known that the last part of such a name is a list of arguments."""
        super().__init_subclass__(**options)
        if cls.overloads and (name := getattr(cls, "name", "")):
            OVERLOADED.add(name)

    def follows_path(self, obj: Any) -> bool:
        """Tell whether it finds what it names along the search_path of whoever runs it."""
        del obj
        return False

    def waits(self, obj: Any) -> bool:
        """Tell whether it calls its function at the end of a transaction only."""
        del obj
        return False

    def former_name(self, text: str) -> str:
        """Take off a former name what the new one tells: arguments, which no rename changes."""
        return text

    def calls(self, obj: Any) -> Iterable[tuple[str, str]]:
        """Give (schema, name) of routines that are named, and not called in an expression."""
        del obj
        return ()

    is_language: ClassVar[bool] = False

    def written_in(self, obj: Any) -> str | None:
        """Name the procedural language that has to be there."""
        del obj
        return None

    def presupposes(self, obj: Any) -> tuple[str, str] | None:
        """Name what no file makes and is there already, with the condition that it is."""
        del obj
        return None

    def beside(self, obj: Any, catalog: Catalog) -> Iterable[Identity]:
        """Name what decides, by no word of its own, what the server keeps of an object."""
        del obj, catalog
        return ()

    def carried(self, old: Any, new: Any) -> Any | None:
        """Give what an object is once all that it brings has moved with it, under its own name.

        That is done with the renames: its members have other names from then on.
        """
        del old, new
        return None

    def clings(self, obj: Any, gone: Identity, version: int) -> bool:
        """Tell whether the server ties an object to something that the object does not speak of.

        Nothing but making it anew unties it.
        """
        del obj, gone, version
        return False

    def home(self, name: str | None, spec: Any) -> Iterable[tuple[str, str | None]]:
        """Give, under its name, the schema that the files say for what brings types.

        None is for the usual one, or the one where it is.
        """
        del name, spec
        return ()

    def types_beside(self, schema: str, name: str, spec: Any) -> Iterable[tuple[str, str]]:
        """Name, with its schema, the type that comes with one of these: that of multiranges."""
        del schema, name, spec
        return ()

    def homes(self, obj: Any) -> Iterable[Identity]:
        """Name the schemas in which its members live, which need not be declared for that."""
        del obj
        return ()
