"""Replica identities: what logical replication sends of the old version of a row.

Kept apart from the table because it may name an index, which has to be there first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import Stage
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SpecModel, Text
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._columns_marked import columns_marked
from schemadiff.kinds._hazards.replicas import replica_hazards
from schemadiff.kinds._table.index import (
    CONSTRAINTS,
    WHOLE_SQL,
    IndexMark,
    IndexMarkKind,
    marked,
    whole_of,
)

_HOW = {"f": "full", "n": "nothing", "i": "index"}
_CODES = {how: code for code, how in _HOW.items()}


class ReplicaIdentitySpec(SpecModel):
    """REPLICA IDENTITY; `full`, `nothing` and `default` are short forms, `index` names one."""

    shorthands: ClassVar = ({"enum": ["full", "nothing", "default"]},)

    how: Text = "index"
    """`default`, `full`, `nothing` or `index`."""
    index: Text | None = None
    """The unique index that identifies a row."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the word alone."""
        return {"how": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class ReplicaIdentity(IndexMark):
    """A replica identity other than the default, which is the primary key."""

    how: str = "full"


class ReplicaIdentityKind(IndexMarkKind):
    """ALTER TABLE … REPLICA IDENTITY."""

    name = "replica_identity"
    order = 78
    present = "relreplident <> 'd' AND relkind IN ('r', 'p')"
    model = ReplicaIdentity
    section = "replica_identity"
    spec = ReplicaIdentitySpec
    alters = frozenset({"how", "index"})

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when rows of a published table cannot be told apart any more."""
        yield from super().hazards(old, new, changed, context)
        yield from replica_hazards((old or new).parent, context)

    def catalog_sql(self, version: int) -> str:
        """Read what is not the default."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, c.relreplident::text, ic.relname, con.contype::text,
                   {WHOLE_SQL}
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index x ON x.indrelid = c.oid AND x.indisreplident
            LEFT JOIN pg_class ic ON ic.oid = x.indexrelid
            LEFT JOIN pg_constraint con
                ON con.conindid = x.indexrelid AND con.contype IN ('p', 'u', 'x')
            WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd' AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> ReplicaIdentity | None:
        """Make the object; without its index the server treats it as NOTHING."""
        oid, schema, table, code, index, contype, whole = row
        if not names.ours("pg_class", oid):
            return None
        how = "nothing" if code == "i" and index is None else _HOW[code]
        kind = CONSTRAINTS.get(contype, "index")
        path = (schema, table)
        above = whole_of(path, whole)
        return ReplicaIdentity(Identity(self.name, path), index, kind, has_from=above, how=how)

    def expand(self, spec: ReplicaIdentitySpec, at: At) -> Iterable[ReplicaIdentity]:
        """Make the object, unless it is the default."""
        assert at.parent is not None
        how = spec.how.lower()
        if how not in (*_CODES, "default") or (how == "index") != (spec.index is not None):
            at.fail(
                "SD049",
                f"the replica identity of {at.parent.identity.name} is not known",
                "replica_identity: full, nothing, default or {index: name}",
            )
        elif how != "default":
            identity = Identity(self.name, at.parent.identity.path)
            yield ReplicaIdentity(identity, spec.index, how=how)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the word, or the index."""
        del nested, style
        assert isinstance(obj, ReplicaIdentity)
        return {"index": obj.index} if obj.index is not None else obj.how

    def create(self, new: ReplicaIdentity, context: Context) -> Iterable[Operation]:
        """REPLICA IDENTITY; an index serves when none of its columns takes NULL any more."""
        if new.index is not None:
            action, missing = (
                f"USING INDEX {ident(new.index)}",
                f"NOT {marked(new, 'indisreplident')}",
            )
        else:
            action, missing = new.how.upper(), _code(new, f"<> {literal(_CODES[new.how])}")
        action = f"REPLICA IDENTITY {action}"
        op = self.statement(Verb.CREATE, new, action, LockMode.ACCESS_EXCLUSIVE, missing)
        columns = columns_marked(new, context.desired)
        late = context.busy(new) and any(_took_null(i, context) for i in columns)
        yield replace(
            op,
            requires=columns | {settled(i.path) for i in columns},
            stage=Stage.SWAP if late else op.stage,
        )

    def drop(self, old: ReplicaIdentity, context: Context) -> Iterable[Operation]:
        """REPLICA IDENTITY DEFAULT."""
        del context
        there = _code(old, "<> 'd'")
        action = "REPLICA IDENTITY DEFAULT"
        yield self.statement(Verb.DROP, old, action, LockMode.ACCESS_EXCLUSIVE, there)


def _took_null(column: Identity, context: Context) -> bool:
    old = context.current.get(column)
    return old is not None and not getattr(old, "not_null", True)


def _code(obj: ReplicaIdentity, condition: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
        f"to_regclass({literal(obj.identity.sql)}) AND relreplident {condition})"
    )
