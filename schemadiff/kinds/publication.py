"""Publications: CREATE PUBLICATION (manual, 29).

SET TABLE says everything that is published anew, so it is safe to repeat. The surprising fact: a
column that a WHERE or a list names cannot change its type (manual, ALTER TABLE), so its table is
taken out for that long. The publication itself stays: a subscriber asks for it by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BeforeValidator, Field

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import (
    Flag,
    OrNames,
    OwnedSpec,
    SpecModel,
    Sql,
    Text,
    Texts,
    by_name,
)
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.versions import PG18
from schemadiff.kinds._hazards.replicas import publication_hazards
from schemadiff.kinds._publication_rights import PublicationRights
from schemadiff.kinds._published import becoming_unlogged, operations

_OPERATIONS = ("insert", "update", "delete", "truncate")
_GENERATED = {"n": "none", "s": "stored"}
_TABLES_IN_SCHEMA = 150000


class PublishedSpec(SpecModel):
    """What of a table is published; nothing stands for all of it, a list for columns."""

    shorthands: ClassVar = ({"type": "null"}, {"type": "array", "items": {"type": "string"}})

    columns: Texts = ()
    """The columns that are published; all of them without it (PostgreSQL 15)."""
    where: Sql | None = None
    """The condition for rows that are published (PostgreSQL 15)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing, or the columns."""
        if value is None:
            return {}
        return {"columns": value} if isinstance(value, list) else value


class PublicationSpec(OwnedSpec):
    """A publication; a list of tables is the short form."""

    guesses: ClassVar = {"publish_via_partition_root": "via_root"}
    shorthands: ClassVar = ({"type": "array", "items": {"type": "string"}},)

    all_tables: Flag = False
    """FOR ALL TABLES."""
    tables: Annotated[dict[Text, PublishedSpec], BeforeValidator(by_name), OrNames()] = Field(
        default={}
    )
    """The tables: a list, or each with nothing, a list of columns, or `columns` and `where`."""
    schemas: Texts = ()
    """Schemas of which every table is published (PostgreSQL 15)."""
    publish: Annotated[Texts, BeforeValidator(operations)] = _OPERATIONS
    """What is published: insert, update, delete, truncate."""
    via_root: Flag = False
    """Whether changes of partitions are published as changes of their table."""
    generated_columns: Text = "none"
    """`none` or `stored`: which generated columns are published (PostgreSQL 18)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept a list of tables."""
        return {"tables": value} if isinstance(value, list) else value


class Published(NamedTuple):
    """A table of a publication; no columns stand for all of them."""

    schema: str
    table: str
    columns: tuple[str, ...]
    where: str | None

    @property
    def sql(self) -> str:
        """Write the table, without those that inherit from it, as CREATE PUBLICATION takes it."""
        columns = f" ({comma(map(ident, self.columns))})" if self.columns else ""
        where = f" WHERE ({self.where})" if self.where is not None else ""
        return f"ONLY {qualified(self.schema, self.table)}{columns}{where}"


@record(frozen=True, slots=True)
class Publication(DbObject):
    """A publication; everything in it is sorted."""

    all_tables: bool = False
    tables: tuple[Published, ...] = ()
    schemas: tuple[str, ...] = ()
    publish: tuple[str, ...] = _OPERATIONS
    via_root: bool = False
    generated_columns: str = "none"

    @property
    def refers(self) -> Iterator[Identity]:
        """The tables, their columns that are named, the schemas."""
        for each in self.tables:
            yield Identity("table", (each.schema, each.table))
            for column in each.columns:
                yield Identity("column", (each.schema, each.table, column))
        for schema in self.schemas:
            yield Identity("schema", (schema,))


class PublicationKind(PublicationRights, ObjectKind):
    """CREATE PUBLICATION."""

    name = "publication"
    order = 93
    present = "true"
    model = Publication
    since: ClassVar = {"schemas": 15, "generated_columns": 18}
    classid = "pg_publication"
    section = "publications"
    within = ("",)
    spec = PublicationSpec
    alters = frozenset({"tables", "schemas", "publish", "via_root", "generated_columns"})
    replaces = frozenset({"all_tables"})
    texts = frozenset({"tables"})
    shadow_only = True
    comment_on = "PUBLICATION"

    def catalog_sql(self, version: int) -> str:
        """Read all publications with their tables and schemas."""
        columns, where, schemas = "NULL::text[]", "NULL::text", "NULL::text[]"
        if version >= _TABLES_IN_SCHEMA:
            columns = (
                "(SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a "
                "WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))"
            )
            where = "pg_get_expr(r.prqual, r.prrelid)"
            schemas = (
                "(SELECT array_agg(sn.nspname::text ORDER BY sn.nspname) "
                "FROM pg_publication_namespace p JOIN pg_namespace sn ON sn.oid = p.pnnspid "
                "WHERE p.pnpubid = x.oid)"
            )
        return f"""
            SELECT x.oid, x.pubname, x.puballtables, x.pubinsert, x.pubupdate, x.pubdelete,
                   x.pubtruncate, x.pubviaroot, to_jsonb(x) ->> 'pubgencols', {schemas},
                   (SELECT jsonb_agg(jsonb_build_array(tn.nspname, c.relname, {columns}, {where})
                                     ORDER BY tn.nspname, c.relname)
                    FROM pg_publication_rel r
                    JOIN pg_class c ON c.oid = r.prrelid
                    JOIN pg_namespace tn ON tn.oid = c.relnamespace
                    WHERE r.prpubid = x.oid)
            FROM pg_publication x
            WHERE EXISTS (SELECT 1 FROM pg_namespace n
                          WHERE n.oid <> pg_my_temp_schema() AND {{namespaces}})"""

    def read(self, row: Row, names: Names) -> Publication | None:
        """Make the publication."""
        del names
        tables = (Published(s, t, tuple(c or ()), _bare(w)) for s, t, c, w in row[10] or ())
        return Publication(
            Identity("publication", (row[1],)),
            row[2],
            tuple(sorted(tables, key=lambda p: p[:2])),
            tuple(sorted(row[9] or ())),
            tuple(word for word, is_on in zip(_OPERATIONS, row[3:7], strict=True) if is_on),
            row[7],
            _GENERATED[row[8] or "n"],
        )

    def expand(self, spec: PublicationSpec, at: At) -> Iterable[Publication]:
        """Make the publication."""
        wrong = [p for p in spec.publish if p.lower() not in _OPERATIONS]
        if wrong or spec.generated_columns.lower() not in _GENERATED.values():
            message = (
                f"publication {at.name} cannot publish {(wrong or [spec.generated_columns])[0]!r}"
            )
            at.fail("SD098", message, f"publish: {' | '.join(_OPERATIONS)}", "publish")
            return
        tables = [self._published(name, each, at) for name, each in spec.tables.items()]
        publish = {p.lower() for p in spec.publish}
        yield Publication(
            Identity("publication", (at.name or "",)),
            spec.all_tables,
            tuple(sorted(tables, key=lambda p: p[:2])),
            tuple(sorted(spec.schemas)),
            tuple(p for p in _OPERATIONS if p in publish),
            spec.via_root,
            spec.generated_columns.lower(),
        )

    def _published(self, name: str, spec: PublishedSpec, at: At) -> Published:
        schema, table = at.relation(name, "tables", name)
        where = None
        if spec.where is not None:
            where = at.expression(spec.where, "tables", name, "where")
        return Published(schema, table, tuple(sorted(spec.columns)), where)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the list of tables alone where there is nothing else."""
        assert isinstance(obj, Publication)
        values: dict[str, YamlValue] = {}
        if obj.all_tables:
            values["all_tables"] = True
        if obj.tables:
            values["tables"] = {style.relation(t.schema, t.table): _part(t) for t in obj.tables}
        if obj.schemas:
            values["schemas"] = list(obj.schemas)
        if obj.publish != _OPERATIONS:
            values["publish"] = list(obj.publish)
        if obj.via_root:
            values["via_root"] = True
        if obj.generated_columns != "none":
            values["generated_columns"] = obj.generated_columns
        values |= nested
        whole = not any(t.columns or t.where for t in obj.tables)
        if list(values) == ["tables"] and whole:
            return [style.relation(t.schema, t.table) for t in obj.tables]
        return values

    def hazards(
        self,
        old: Publication | None,
        new: Publication | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say what subscribers no longer get."""
        yield from super().hazards(old, new, changed, context)
        yield from publication_hazards(old, new)

    def create(self, new: Publication, context: Context) -> Iterable[Operation]:
        """CREATE PUBLICATION, or have back what was taken out."""
        if (old := _stays(self, new.identity, context)) is not None:
            for op in self._set(new, changed_attributes(old, new) | {"tables"}, context):
                yield replace(op, verb=Verb.CREATE)
            return
        of = " FOR ALL TABLES" if new.all_tables else ""
        if new.tables or new.schemas:
            of = f" FOR {_everything(new)}"
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE PUBLICATION {new.identity.sql}{of} WITH ({_parameters(new, context)})",
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        )

    def alter(
        self, old: Publication, new: Publication, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET TABLE, SET (…); both are safe to repeat."""
        left = becoming_unlogged(old, context)
        yield from (replace(op, awaited_by=left) for op in self._set(new, changed, context))

    def _set(self, new: Publication, changed: frozenset[str], context: Context) -> list[Operation]:
        members = self._alter(new, f"SET {_everything(new)}")
        wanted = [members] if changed & {"tables", "schemas"} else []
        if changed - {"tables", "schemas"}:
            # Partitioned tables have conditions or columns only while it publishes via the root.
            parameters = self._alter(new, f"SET ({_parameters(new, context)})")
            wanted.insert(0 if new.via_root else len(wanted), parameters)
        return wanted

    def _alter(self, new: Publication, action: str) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER PUBLICATION {new.identity.sql} {action}",
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        )

    def must_replace(
        self, old: Publication, new: Publication, changed: frozenset[str], context: Context
    ) -> bool:
        """SET takes at least one table or schema."""
        del context
        emptied = bool(old.tables or old.schemas) and not (new.tables or new.schemas)
        return emptied or bool(changed & self.replaces)

    def drop(self, old: Publication, context: Context) -> Iterable[Operation]:
        """DROP PUBLICATION, or take out the tables of which it names columns."""
        if _stays(self, old.identity, context) is not None:
            yield from map(partial(_take_out, old), (t for t in old.tables if t.columns or t.where))
            return
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP PUBLICATION IF EXISTS {old.identity.sql}",
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            awaited_by=becoming_unlogged(old, context),
        )

    def rename(self, old: Publication, new: Publication, context: Context) -> Iterable[Operation]:
        """ALTER PUBLICATION … RENAME TO."""
        del context
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER PUBLICATION {old.identity.sql} RENAME TO {new.identity.sql}",
            guard=Guard(self.exists(old)),
            lock=LockMode.NONE,
        )

    def exists(self, obj: Publication) -> str:
        """Ask pg_publication."""
        return _found(obj)

    def differs(self, new: Publication) -> str:
        """Compare whether it is for all tables, and whether something has to go."""
        condition = f"x.puballtables <> {str(new.all_tables).lower()}"
        if not (new.tables or new.schemas):
            condition += (
                " OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = "
                "'pg_catalog.pg_publication'::regclass AND d.refobjid = x.oid)"
            )
        return _found(new, f" AND ({condition})")


def _stays(kind: PublicationKind, identity: Identity, context: Context) -> Publication | None:
    """Give the publication that only lets go of tables for a moment, as it is now."""
    old, new = context.current.get(identity), context.desired.get(identity)
    if not (context.rebuilding and isinstance(old, Publication) and isinstance(new, Publication)):
        return None
    kept = new.tables or new.schemas
    replaced = kind.must_replace(old, new, changed_attributes(old, new), context)
    return old if kept and not replaced else None


def _take_out(old: Publication, published: Published) -> Operation:
    name = qualified(published.schema, published.table)
    member = (
        " AND EXISTS (SELECT 1 FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = x.oid "
        f"AND r.prrelid = to_regclass({literal(name)}))"
    )
    return Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=f"ALTER PUBLICATION {old.identity.sql} DROP TABLE ONLY {name}",  # heirs by themselves
        guard=Guard(_found(old, member)),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
    )


def _bare(where: str | None) -> str | None:
    return where.strip() if where else None


def _part(published: Published) -> Any:
    if published.where is None:
        return list(published.columns) or None
    columns = {"columns": list(published.columns)} if published.columns else {}
    return {**columns, "where": published.where}


def _everything(new: Publication) -> str:
    # Before 15 the word TABLE stands once, in front of all of them; later it may too.
    tables = [f"TABLE {comma(t.sql for t in new.tables)}"] if new.tables else []
    return comma([*tables, *_schemas(new)])


def _schemas(new: Publication) -> Iterator[str]:
    for schema in new.schemas:
        yield f"TABLES IN SCHEMA {ident(schema)}"


def _parameters(new: Publication, context: Context) -> str:
    found = [
        f"publish = {literal(comma(new.publish))}",
        f"publish_via_partition_root = {str(new.via_root).lower()}",
    ]
    if context.version >= PG18:  # older ones do not know it
        found.append(f"publish_generated_columns = {new.generated_columns}")
    return comma(found)


def _found(publication: Publication, condition: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_publication x "
        f"WHERE x.pubname = {literal(publication.identity.name)}{condition})"
    )
