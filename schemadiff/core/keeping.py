"""What a kind says of objects that stay though no file speaks of them: owners, grants, roles."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject


class KeepingKind:
    """The answers of a kind to those who ask what the files leave as it is."""

    keeps: ClassVar[bool] = False  # where no file speaks of it, `stays` says what is left of it
    kept_words: ClassVar[str] = ""  # how the report speaks of what is kept: "owners of"

    def speaker(self, obj: DbObject) -> Identity:
        """Name the object whose YAML speaks of this one, of a kind that is kept otherwise."""
        return obj.parent or obj.identity

    def stays(self, obj: Any, current: Catalog, desired: Catalog) -> DbObject | None:
        """Give what stays of a live object of a kind that `keeps` and no file speaks of, if any."""
        del current, desired
        return cast(DbObject, obj)

    def goes_without_saying(self, obj: Any) -> bool:
        """Tell whether `pull` leaves out what the YAML need not say (the database's own owner)."""
        del obj
        return False

    def stays_own(self, obj: Any, desired: Catalog) -> bool:
        """Tell whether an object stays its parent's own, though only others say it from then on."""
        del obj, desired
        return False
