"""What an online change needs for a while, found when a run was stopped in the middle.

Never in YAML. The next plan goes on with it where it still makes the same change, and drops it
otherwise: so it is an object that nobody wants.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Context, ObjectKind, Row
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import LAST, Stage, is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, Transaction, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._column.fill import fill, mark_name
from schemadiff.kinds._filling import filling
from schemadiff.kinds._leftover_beside import drop_beside
from schemadiff.kinds._leftover_sql import LEFTOVERS

_BESIDE = frozenset({"column", "trigger", "function"})


@record(frozen=True, slots=True)
class Leftover(DbObject):
    """What has a name for a while; a check may say that a column is being filled."""

    what: str
    column: str | None = None

    @property
    def parent(self) -> Identity:
        """The table."""
        return Identity("table", self.identity.path[:2])


class LeftoverKind(ObjectKind):
    """What is dropped where nothing goes on with it."""

    name = "leftover"
    order = 98
    model = Leftover
    replaces = harmless = frozenset({"what", "column"})
    transient = True
    built = False

    def catalog_sql(self, version: int) -> str:
        """Look the names up."""
        del version
        return LEFTOVERS

    def read(self, row: Row, names: Names) -> Leftover | None:
        """Make the object, of a name that has the whole pattern."""
        del names
        *_, schema, table, name, what, column = row
        if not is_temporary(name.removeprefix(LAST)):
            return None
        if column is not None and name == mark_name((schema, table, column)):
            return Leftover(Identity(self.name, (schema, table, name)), "unfilled column", column)
        owned = column if what == "sequence" else None
        return Leftover(Identity(self.name, (schema, table, name)), what, owned)

    def address(self, row: Row) -> Address:
        """Give it as the row says it."""
        return (row[1], row[0], row[2])

    def create(self, new: Leftover, context: Context) -> Iterable[Operation]:
        """Nobody asks for one."""
        raise NotImplementedError

    def drop(self, old: Leftover, context: Context) -> Iterable[Operation]:
        """DROP INDEX CONCURRENTLY, DROP CONSTRAINT; a marked column is filled to its end."""
        schema, table, name = old.identity.path
        column = Identity("column", (schema, table, old.column or ""))
        if old.what == "sequence":
            if column in context.desired:  # else it goes with the column, and so does the default
                yield Operation(
                    verb=Verb.DROP,
                    target=old.identity,
                    sql=f"DROP SEQUENCE IF EXISTS {qualified(schema, name)} CASCADE",
                    fold=Fold(old.parent, ""),
                )
            return
        if old.column is not None and column in context.desired:
            found = filling(context.desired.objects[column], context)
            yield from fill(column.path, old.identity, frozenset(), found)
            return
        if old.what in _BESIDE:
            yield from drop_beside(old)
            return
        if old.what == "materialized view":
            yield Operation(
                verb=Verb.DROP,
                target=old.identity,
                sql=f"DROP MATERIALIZED VIEW IF EXISTS {qualified(schema, name)}",
            )
            return
        if not old.what.endswith("index"):
            yield Operation(
                verb=Verb.DROP,
                target=old.identity,
                sql=f"ALTER TABLE IF EXISTS {qualified(schema, table)} "
                f"DROP CONSTRAINT IF EXISTS {ident(name)}",
                fold=Fold(old.parent, ""),
            )
            return
        whole = old.what == "partitioned index" or not context.busy(old)
        how = "" if whole else "CONCURRENTLY "
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP INDEX {how}IF EXISTS {qualified(schema, name)}",
            guard=Guard(f"to_regclass({literal(qualified(schema, name))}) IS NOT NULL"),
            lock=LockMode.ACCESS_EXCLUSIVE if whole else LockMode.SHARE_UPDATE_EXCLUSIVE,
            transaction=Transaction.INSIDE if whole else Transaction.OUTSIDE,
            stage=Stage.FIRST if whole else Stage.LAST,
            fold=Fold(old.parent, ""),
        )
