"""The database itself: ALTER DATABASE … SET, COMMENT ON DATABASE. Managed only on request.

What is set on a database holds for sessions that begin later. The surprising fact: the database
has no name here, for the same files describe databases of many names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SpecModel, Sql, Text
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._grants_sql import SCOPE
from schemadiff.kinds._here import HERE, here
from schemadiff.kinds._settings import (
    Setting,
    changes,
    pulled,
    read_settings,
    to_settings,
)

_THIS = Identity("database", ("current",))


class DatabaseSpec(SpecModel):
    """The database itself; managed with `manage: [database]` in the config."""

    settings: dict[Text, Sql] | None = None
    """ALTER DATABASE … SET: `{timezone: UTC}`; absent means as it is, `{}` none."""
    said: Text | None = Field(default=None, alias="comment")
    """What COMMENT ON says about it; absent means no comment."""
    held: Text | None = Field(default=None, alias="owner")
    """The role that owns it; absent means as it is."""


@record(frozen=True, slots=True)
class Database(DbObject):
    """The database; None is what the YAML does not speak of."""

    settings: tuple[Setting, ...] | None = None
    comment: str | None = None
    owner: str | None = None

    @property
    def refers(self) -> Iterator[Identity]:
        """The owner."""
        if self.owner is not None:
            yield Identity("role", (self.owner,))


class DatabaseKind(ObjectKind):
    """ALTER DATABASE."""

    name = "database"
    order = 5
    model = Database
    classid = "pg_database"
    section = "database"
    within = ("",)
    single = True
    spec = DatabaseSpec
    alters = frozenset({"settings", "comment", "owner"})
    manage = "database"
    attempts_all = True

    def catalog_sql(self, version: int) -> str:
        """Read the one database."""
        del version
        return f"""
            SELECT x.oid, s.setconfig, shobj_description(x.oid, 'pg_database'),
                   pg_get_userbyid(x.datdba)
            FROM pg_database x
            LEFT JOIN pg_db_role_setting s ON s.setdatabase = x.oid AND s.setrole = 0
            WHERE x.oid = {HERE} AND {SCOPE}"""

    def read(self, row: Row, names: Names) -> Database:
        """Make the database."""
        del names
        return Database(_THIS, read_settings(row[1]), row[2], row[3])

    def expand(self, spec: DatabaseSpec, at: At) -> Iterable[Database]:
        """Make the database."""
        settings = None if spec.settings is None else to_settings(spec.settings, at, "settings")
        yield Database(_THIS, settings, spec.said, spec.held)

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave what the YAML does not speak of."""
        assert isinstance(raw, Database)
        assert isinstance(current, Database)
        settings = current.settings if raw.settings is None else raw.settings
        return replace(raw, settings=settings, owner=raw.owner or current.owner)

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The owner."""
        assert isinstance(obj, Database)
        return () if obj.owner is None else (obj.owner,)

    def permanent(self, obj: Database) -> bool:
        """It stays."""
        del obj
        return True

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is set; the owner is another one in every environment."""
        del nested, style
        assert isinstance(obj, Database)
        values: dict[str, YamlValue] = {"settings": pulled(obj.settings or ())}
        if obj.comment is not None:
            values["comment"] = obj.comment
        return values

    def create(self, new: Database, context: Context) -> Iterable[Operation]:
        """There is always one."""
        del new, context
        return ()

    def drop(self, old: Database, context: Context) -> Iterable[Operation]:
        """It is never dropped."""
        del old, context
        return ()

    def alter(
        self, old: Database, new: Database, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET, RESET, COMMENT, OWNER TO; each may be said again."""
        del context
        if "settings" in changed:
            for action in changes(old.settings or (), new.settings or ()):
                yield _alter("ALTER DATABASE", action)
        if "comment" in changed:
            text = "NULL" if new.comment is None else literal(new.comment)
            yield _alter("COMMENT ON DATABASE", f"IS {text}")
        if "owner" in changed and new.owner is not None:
            yield _alter("ALTER DATABASE", f"OWNER TO {ident(new.owner)}")

    def exists(self, obj: Database) -> str:
        """It exists."""
        del obj
        return "true"


def _alter(before: str, after: str) -> Operation:
    sql = here(before, after)
    return Operation(verb=Verb.ALTER, target=_THIS, sql=sql, lock=LockMode.NONE)
