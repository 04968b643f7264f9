"""Extensions.

What the YAML does not say about an extension is the server's choice: its version and its schema
are compared only where they are named. plpgsql is part of every database and never ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import field
from typing import ClassVar

from pydantic import Field

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard, data_loss, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import Said
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SCALAR, Flag, NamedSpec, Text
from schemadiff.core.sql import ident, lines, literal
from schemadiff.kinds._brought import EVERYWHERE

_USUAL_SCHEMA = "public"
# Their control files name a schema, and the server refuses any other.
_BRING_THEIR_SCHEMA = frozenset(
    """
    adminpack pg_cron pg_tle pgmq plperl plperlu plpython3u pltcl pltclu postgis_tiger_geocoder
    postgis_topology supabase_vault
    """.split()
)


class ExtensionSpec(NamedSpec):
    """An extension: in a list its name, in a mapping its version or nothing is the short form."""

    shorthands: ClassVar = (SCALAR, {"type": "null"})

    name: Text | None = None
    """The name, where the extensions are a list."""
    version: Text | None = None
    """The version; absent is whatever is installed, and the newest where none is."""
    in_schema: Text | None = Field(default=None, alias="schema")
    """The schema of its objects; absent is the server's choice."""
    cascade: Flag = False
    """Whether to install the extensions that it needs too. They stay, though no file names them."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept a name (in a list), a version (in a mapping), or nothing."""
        if value is None:
            return {}
        return {"version": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Extension(DbObject):
    """A row of pg_extension; None is what the YAML does not say, and `adopt` fills in."""

    version: str | None = None
    schema: str | None = None
    cascade: bool = field(default=False, compare=False)
    relocatable: bool = field(default=True, compare=False)
    used: bool = field(default=False, compare=False)  # by what is no member: it names the schema

    @property
    def refers(self) -> Iterator[Identity]:
        """The schema of its members."""
        if self.schema is not None and not self.schema.startswith("pg_"):
            yield Identity("schema", (self.schema,))


class ExtensionKind(ObjectKind):
    """CREATE EXTENSION."""

    name = "extension"
    order = 20
    model = Extension
    classid = "pg_extension"
    section = "extensions"
    brings = True
    unnamed = True
    spec = ExtensionSpec
    within = ("",)
    left_open = frozenset({"schema", "version"})
    alters = frozenset({"version", "schema"})
    holds_data = True
    comment_on = "EXTENSION"

    def catalog_sql(self, version: int) -> str:
        """Read all extensions, whatever schema their members live in (plperl: pg_catalog)."""
        del version
        return """
            SELECT e.oid, e.extname, e.extversion, home.nspname, e.extrelocatable, EXISTS (
                SELECT 1 FROM pg_depend m JOIN pg_depend u
                    ON u.refclassid = m.classid AND u.refobjid = m.objid AND u.deptype IN ('n', 'a')
                WHERE m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid
                AND m.deptype = 'e' AND NOT EXISTS (
                    SELECT 1 FROM pg_depend o LEFT JOIN pg_depend w
                        ON w.classid = o.refclassid AND w.objid = o.refobjid AND w.deptype = 'e'
                    WHERE o.classid = u.classid AND o.objid = u.objid
                    AND (o.deptype = 'e' OR (o.deptype IN ('i', 'a') AND w.objid IS NOT NULL))))
            FROM pg_extension e JOIN pg_namespace home ON home.oid = e.extnamespace
            WHERE EXISTS (SELECT 1 FROM pg_namespace n
                          WHERE n.oid <> pg_my_temp_schema() AND {namespaces})"""

    def read(self, row: Row, names: Names) -> Extension | None:
        """Make the extension."""
        del names
        _, name, *facts = row
        version, schema, relocatable, used = facts
        if name == EVERYWHERE:
            return None
        return Extension(_identity(name), version, schema, relocatable=relocatable, used=used)

    def expand(self, spec: ExtensionSpec, at: At) -> Iterable[Extension]:
        """Make the extension; an item of a list carries its name itself."""
        name, version = _named(at.name, spec)
        if name is None:
            at.fail("SD045", "an extension without a name", "write - pgcrypto, or pgcrypto: {…}")
        elif name == EVERYWHERE:
            given = {"version": version, "schema": spec.in_schema, "comment": spec.comment}
            for said in [key for key, value in given.items() if value is not None][:1]:
                message = f"{name} is part of every database: its {said} is the server's to say"
                at.fail("SD045", message, f"write {name} without more, or leave it out", said)
        else:
            yield Extension(_identity(name), version, spec.in_schema, spec.cascade)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Leave what others need that stay: CASCADE has brought it, and nobody has named it."""
        needed: dict[Identity, DbObject] = {}
        queue = [i for i in current.of(self.name) if i in desired]
        while queue:
            for each in current.depends_on(queue.pop()):
                if each.kind == self.name and each not in desired and each not in needed:
                    needed[each] = current.objects[each]
                    queue.append(each)
        if not needed:
            return current, desired
        return current, replace(desired, objects={**desired.objects, **needed})

    def home(self, name: str | None, spec: ExtensionSpec) -> Iterable[tuple[str, str | None]]:
        """Give the schema that is said."""
        called, _ = _named(name, spec)
        usual = called not in {None, EVERYWHERE} | _BRING_THEIR_SCHEMA
        if called is not None and (usual or spec.in_schema is not None):
            yield (called, spec.in_schema)

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Keep the version and the schema that the YAML does not name."""
        assert isinstance(raw, Extension)
        assert isinstance(current, Extension)
        return replace(
            raw,
            version=current.version if raw.version is None else raw.version,
            schema=current.schema if raw.schema is None else raw.schema,
        )

    def carried(self, old: Extension, new: Extension) -> Extension | None:
        """Its members go to another schema, and everything that uses them reads otherwise."""
        moves = None not in (old.schema, new.schema) and old.schema != new.schema
        return replace(old, schema=new.schema) if moves else None

    def homes(self, obj: Extension) -> Iterable[Identity]:
        """Give the schema that is named, or was, or is the usual one."""
        schema = obj.schema or _USUAL_SCHEMA
        if not schema.startswith("pg_") and obj.identity.name not in _BRING_THEIR_SCHEMA:
            yield Identity("schema", (schema,))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the schema if it is not the usual one, or other texts name it; never the version.

        Elsewhere the extension may be in another schema, and without a word it stays there.
        """
        del style
        assert isinstance(obj, Extension)
        usual = obj.schema == _USUAL_SCHEMA and not obj.used
        if usual or obj.schema is None or obj.identity.name in _BRING_THEIR_SCHEMA:
            return dict(nested)
        return {"schema": obj.schema, **nested}

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Make or update it, where the server's own files say that it is not for everybody.

        A provider may let others nevertheless, who get it for that moment. The script of an update
        may lock what tables it has, so that is left alone.
        """
        version = said("version")
        if changed is None:
            chosen = f"v.version = {literal(version) if version else 'e.default_version'}"
            yield "", _attempt(identity, chosen, f"CREATE EXTENSION {identity.sql}")
        elif "version" in changed and version:
            steps = _STEPS % {"name": literal(identity.name), "version": literal(version)}
            update = f"ALTER EXTENSION {identity.sql} UPDATE TO {literal(version)}"
            yield f" {version}", _attempt(identity, steps, update)

    def create(self, new: Extension, context: Context) -> Iterable[Operation]:
        """CREATE EXTENSION, always WITH SCHEMA: an empty search_path has nowhere to create."""
        del context
        schema = new.schema
        if schema is None and new.identity.name not in _BRING_THEIR_SCHEMA:
            schema = _USUAL_SCHEMA
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=lines(
                f"CREATE EXTENSION IF NOT EXISTS {new.identity.sql}",
                f"WITH SCHEMA {ident(schema)}" if schema else None,
                f"VERSION {literal(new.version)}" if new.version else None,
                "CASCADE" if new.cascade else None,
                separator=" ",
            ),
            requires=frozenset({Identity("schema", (schema,))} if schema else ()),
            lock=LockMode.NONE,
        )

    def drop(self, old: Extension, context: Context) -> Iterable[Operation]:
        """DROP EXTENSION, without CASCADE: what still uses it makes the statement fail."""
        del context
        message = f"Extension {old.identity.sql} is dropped with everything it holds."
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP EXTENSION IF EXISTS {old.identity.sql}",
            hazards=(data_loss("drop-extension", old.identity, message),),
        )

    def hazards(
        self,
        old: Extension | None,
        new: Extension | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say that the extension's own script runs."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None and "version" in changed:
            versions = f"from {old.version} to {new.version}"
            text = f"Extension {new.identity.sql} runs its own script {versions}."
            yield hazard("extension-upgrade", new.identity, text)

    def alter(
        self, old: Extension, new: Extension, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET SCHEMA, then UPDATE TO; a script of an update may lock anything."""
        del context
        name = new.identity.sql
        if "schema" in changed and new.schema is not None:
            _refuse_fixed(old, new)
            yield _moved(Verb.ALTER, old, new, new.schema)
        if "version" in changed and new.version is not None:
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER EXTENSION {name} UPDATE TO {literal(new.version)}",
                guard=Guard(_row(new, "e.extversion", new.version)),
            )

    def rename(self, old: Extension, new: Extension, context: Context) -> Iterable[Operation]:
        """SET SCHEMA, which takes all members along."""
        del context
        if new.schema is not None:
            _refuse_fixed(old, new)
            yield _moved(Verb.RENAME, old, new, new.schema)

    def exists(self, obj: Extension) -> str:
        """Ask pg_extension."""
        name = literal(obj.identity.name)
        return f"EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = {name})"


def _attempt(identity: Identity, versions: str, statement: str) -> str:
    """Write a statement that runs only where one of the versions is for superusers."""
    return f"""DO $schemadiff$ BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions e
        JOIN pg_catalog.pg_available_extension_versions v USING (name)
        WHERE name = {literal(identity.name)} AND {versions} AND v.superuser
        AND NOT (v.trusted AND pg_catalog.has_database_privilege(current_database(), 'CREATE')))
    THEN {statement}; END IF; END $schemadiff$"""


# The versions through which an update goes, of an extension without tables.
_STEPS = """v.version = ANY (ARRAY(
        SELECT step FROM pg_catalog.pg_extension x,
            pg_catalog.pg_extension_update_paths(x.extname) p,
            pg_catalog.unnest(pg_catalog.string_to_array(p.path, '--')) step
        WHERE x.extname = %(name)s AND p.source = x.extversion AND p.target = %(version)s
        AND step <> p.source AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'
            AND d.classid = 'pg_class'::pg_catalog.regclass
            AND d.refclassid = 'pg_extension'::pg_catalog.regclass AND d.refobjid = x.oid)))"""


def _named(name: str | None, spec: ExtensionSpec) -> tuple[str | None, str | None]:
    """Give name and version: an item of a list that is a word alone is its name."""
    called = name or spec.name
    return (spec.version, None) if called is None else (called, spec.version)


def _refuse_fixed(old: Extension, new: Extension) -> None:
    """An extension whose control file says so stays where it was made (manual, 36.17.3)."""
    if old.relocatable:
        return
    message = f"extension {old.identity.name} cannot go from schema {old.schema} to {new.schema}: "
    message += "it is not relocatable"
    hint = f"say schema: {old.schema}, or drop the extension and make it anew with what it holds"
    about = (old.identity,)
    raise PlanError(Diagnostic(code="SD082", message=message, hint=hint, about=about))


def _moved(verb: Verb, old: Extension, new: Extension, schema: str) -> Operation:
    return Operation(
        verb=verb,
        target=new.identity,
        sql=f"ALTER EXTENSION {new.identity.sql} SET SCHEMA {ident(schema)}",
        guard=Guard(_row(new, "n.nspname", schema)),
        requires=frozenset({Identity("schema", (schema,))}),
        releases=frozenset({Identity("schema", (old.schema,))} if old.schema else ()),
    )


def _identity(name: str) -> Identity:
    return Identity("extension", (name,))


def _row(extension: Extension, column: str, wanted: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_extension e "
        "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
        f"WHERE e.extname = {literal(extension.identity.name)} AND {column} <> {literal(wanted)})"
    )
