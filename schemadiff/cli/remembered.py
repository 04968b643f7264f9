"""The last plan of large files that had nothing to do, kept for as long as nothing changes.

A plan is a function of the files and of what the server says: where both are as they were, so is
the plan, and neither has to be understood again. The surprising fact: so a plan without changes
loads no kind of object at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.cli.files import shelf_of
from schemadiff.cli.settings import Settings
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.plan import Plan
from schemadiff.core.record import record
from schemadiff.spec.contents import unchanged
from schemadiff.spec.shelf import key_of

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.catalog.transcript import Asked, Transcript
    from schemadiff.cli.archive import Archive
    from schemadiff.cli.files import SchemaFiles
    from schemadiff.cli.filing import Stock

_FEW = 20  # files that may always be read alone


@record(frozen=True)
class Same:
    """One plan without changes, and everything that it was made from."""

    told: str  # the digest of what the server was asked, and said
    bodies: Mapping[str, str]  # files beside the YAML -> digest
    plan: Plan
    unmanaged: tuple[Unmanaged, ...]  # also out of scope


def key_for(files: str | None, settings: Settings) -> str | None:
    """Give the key of such a plan, None where nothing is kept of the files."""
    if files is None:
        return None
    scope = settings.scope
    target = settings.target.url
    said = (target, scope.schemas, scope.include, scope.exclude, settings.manage, settings.keep)
    return key_of(files, repr(said))


def recalled(key: str | None) -> Same | None:
    """Give the plan that was kept, if the files beside the YAML are as they were."""
    if key is None:
        return None
    same = shelf_of("plan").take(key)
    with contextlib.suppress(OSError):  # a file beside the YAML that is gone
        return same if isinstance(same, Same) and unchanged(same.bodies) else None
    return None


def keep(key: str, same: Same) -> None:
    """Keep a plan without changes."""
    shelf_of("plan").keep(key, same)


def parts_for(files: SchemaFiles, settings: Settings) -> Archive | None:
    """Give the archive of these files' database, if few of them have changed since."""
    if not _parted(settings):
        return None
    found = shelf_of("parts").take(_parts_key(settings))
    from schemadiff.cli.archive import Archive

    with contextlib.suppress(OSError):  # a file beside the YAML that is gone
        if isinstance(found, Archive) and files.bodies_as_before(found.bodies):
            return found if _few(files.changed_since(found.files), found) else None
    return None


def _few(changed: frozenset[str], archive: Archive) -> bool:
    """Tell whether an edit is small, and of nothing that other files take from these."""
    return not changed & archive.mixing and len(changed) <= max(_FEW, len(archive.files) // 10)


def keep_parts(settings: Settings, stock: Stock, told: str) -> None:
    """Keep a database that is as its files say, to look at a part of it the next time."""
    if _parted(settings):
        shelf_of("parts").keep(_parts_key(settings), stock.archive(told))


def _parted(settings: Settings) -> bool:
    # Otherwise the files do not speak of everything that they are silent about.
    return settings.scope.everything and not settings.manage and not settings.keep


def _parts_key(settings: Settings) -> str:
    return key_of(repr(settings.target.url))


def questions(connection: Connection[Any], settings: Settings) -> tuple[Asked, ...]:
    """Give what this database was asked the last time."""
    found = shelf_of("asked").take(_database(connection, settings))
    return found if isinstance(found, tuple) else ()


def keep_questions(connection: Connection[Any], settings: Settings, said: Transcript) -> None:
    """Keep what this database was asked, for the next run to ask it at once."""
    shelf_of("asked").keep(_database(connection, settings), said.questions)


def _database(connection: Connection[Any], settings: Settings) -> str:
    at = connection.info
    place = (at.host, at.port, at.dbname, at.user, at.server_version, settings.manage)
    return key_of(repr(place))
