"""What functions and procedures share: the object, the catalog query, the statements.

A routine is known by its name and the types of its arguments; where a type is missing, even
DROP FUNCTION IF EXISTS fails, so guards compare the printed types and resolve nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.circles import circle_of
from schemadiff.core.expression import split_commas
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, ObjectKind, Row, Style
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import NOTHING, Said
from schemadiff.core.record import record, replace
from schemadiff.core.sql import comma, dollar, ident, lines, literal, qualified
from schemadiff.core.versions import PG18
from schemadiff.kinds._arguments import MODES, OUTPUTS, Argument, added, name_alone, print_arguments
from schemadiff.kinds._hazards.common import (
    kept_results,
    promise_hazards,
    routine_hazards,
    signature_hazards,
)
from schemadiff.kinds._nameless import USED_SQL, numbered, refuse_unreadable
from schemadiff.kinds._routine_spec import routine_key
from schemadiff.kinds._routine_stub import calls_itself, gone_in_two, hollow, stands_in, whole
from schemadiff.kinds._settings import Setting, clause

COMMON = frozenset(
    """
    arguments defaults language body sql_body object_file security_definer settings transform
    """.split()
)
_SAID_AGAIN = frozenset({"language", "body", "object_file"})


@record(frozen=True, slots=True)
class Routine(DbObject):
    """A row of pg_proc; `body` is prosrc as it is, `sql_body` a body that PostgreSQL has parsed."""

    arguments: tuple[Argument, ...] = ()
    defaults: tuple[str, ...] = ()
    language: str = ""
    body: str | None = None
    sql_body: str | None = None
    object_file: str | None = None
    security_definer: bool = False
    settings: tuple[Setting, ...] = ()
    transform: tuple[str, ...] = ()

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The transforms, which no word in a definition names."""
        for type_ in self.transform:
            yield Identity("transform", (type_, self.language))

    @property
    def name(self) -> str:
        """The qualified name without the arguments."""
        return qualified(*self.identity.path[:2])


class RoutineKind(ObjectKind):
    """CREATE OR REPLACE FUNCTION or PROCEDURE."""

    classid = "pg_proc"
    texts = frozenset({"defaults", "sql_body"})
    opaque = frozenset({"body"})
    harmless = frozenset({"body", "security_definer", "volatility", "strict", "parallel"})
    shadow_only = True
    within = ("", "schema")
    spaces = frozenset({"routine"})
    overloads = True
    name_part = 1
    prokinds: ClassVar[str]  # the values of pg_proc.prokind, as SQL writes them in a list

    def written_in(self, obj: Any) -> str | None:
        """The language of its body."""
        return str(obj.language)

    def hazards(
        self, old: Routine | None, new: Routine | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say with whose rights and along which path it runs."""
        yield from super().hazards(old, new, changed, context)
        if new is not None:
            yield from routine_hazards(old, new)
        if old is not None and new is not None:
            yield from signature_hazards(old, new)
            anew = changed & self.replaces or self.must_replace(old, new, changed, context)
            # What rests on one that is made anew is made anew with it.
            yield from promise_hazards(old, new, () if anew else kept_results(new, context))

    def catalog_sql(self, version: int) -> str:
        """Read all routines but the constructors that belong to range types."""
        del version
        return f"""
            SELECT p.oid, n.nspname, p.proname, oidvectortypes(p.proargtypes),
                   p.proargmodes::text[], p.proargnames,
                   ARRAY(SELECT format_type(t, NULL)
                         FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
                              WITH ORDINALITY u(t, i) ORDER BY i),
                   CASE WHEN p.pronargdefaults > 0 THEN pg_get_expr(p.proargdefaults, 0) END,
                   l.lanname, p.prosrc, p.probin,
                   CASE WHEN p.prosqlbody IS NOT NULL THEN pg_get_function_sqlbody(p.oid) END,
                   p.prosecdef, p.proconfig,
                   CASE WHEN p.protrftypes IS NOT NULL THEN
                       ARRAY(SELECT format_type(t, NULL) FROM unnest(p.protrftypes) t) END,
                   format_type(p.prorettype, NULL), p.proretset, p.provolatile::text,
                   p.proisstrict, p.proleakproof, p.proparallel::text, p.procost, p.prorows,
                   CASE WHEN p.prosupport <> 0 THEN
                       (SELECT ARRAY[sn.nspname::text, sp.proname::text]
                        FROM pg_proc sp JOIN pg_namespace sn ON sn.oid = sp.pronamespace
                        WHERE sp.oid = p.prosupport) END,
                   p.prokind = 'w', {USED_SQL}
            FROM pg_proc p
            JOIN pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_language l ON l.oid = p.prolang
            WHERE p.prokind IN ({self.prokinds}) AND {{namespaces}}
              AND NOT (l.lanname = 'internal' AND EXISTS (
                  SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                     AND d.objid = p.oid AND d.deptype = 'i'))"""

    def facts(self, row: Row) -> dict[str, Any]:
        """Give the attributes of a row that all routines have."""
        source, sql_body = row[9], numbered(row[11], row[2], row[25])
        return {
            "arguments": _arguments(row[4], row[5], row[6]),
            "defaults": tuple(split_commas(row[7])) if row[7] else (),
            "language": row[8],
            "body": None if sql_body else source,
            "sql_body": sql_body,
            "object_file": row[10],
            "security_definer": row[12],
            "settings": tuple(_setting(each) for each in row[13] or ()),
            "transform": tuple(row[14] or ()),
        }

    def identity(self, row: Row) -> Identity:
        """Give the identity of a row."""
        return Identity(self.name, (row[1], row[2], row[3]))

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A signature is taken among all routines."""
        schema, name, types = obj.identity.path
        return (("routine", schema, f"{name}({types})"),)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write the signature."""
        assert isinstance(obj, Routine)
        return routine_key(obj.identity.path[1], obj.arguments, obj.defaults, style)

    def clings(self, obj: Routine, gone: Identity, version: int) -> bool:
        """Before 18 to each transform of a type in the signature, whether it is used or not."""
        return gone.kind == "transform" and version < PG18 and gone not in obj.refers

    # --- DDL -------------------------------------------------------------------------------

    def signature(self, obj: Routine) -> str:
        """Give the name with the types, for every statement about the routine."""
        return f"{obj.name}({obj.identity.path[2]})"

    def follows_path(self, obj: Routine) -> bool:
        """A body that is a string, unless the routine has a search_path of its own."""
        return bool(obj.body) and all(name != "search_path" for name, _ in obj.settings)

    def former_name(self, text: str) -> str:
        """Take the brackets off: `renamed_from: f(integer)` is what the key would be."""
        return name_alone(text)

    def named(self, obj: Routine) -> str:
        """Name it with the types of its arguments."""
        return self.signature(obj)

    def definition(self, obj: Any) -> Iterator[str]:
        """Give the clauses between the arguments and the body that the kind alone has."""
        del obj
        yield from ()

    def printed_arguments(self, obj: Routine) -> str:
        """Print the arguments as the server does."""
        return print_arguments(obj.arguments, obj.defaults)

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask for its language, for LEAKPROOF and for each of its settings."""
        del identity
        language = ident(said("language") or "sql")
        head = f"CREATE FUNCTION pg_temp.{NOTHING}() RETURNS {NOTHING}"
        if changed is None or not _SAID_AGAIN.isdisjoint(changed):
            yield f" in {language}", f"{head} LANGUAGE {language} AS ''"
        if said("leakproof") and (changed is None or "leakproof" in changed):
            yield " LEAKPROOF", f"{head} LANGUAGE {language} LEAKPROOF AS ''"
        if changed is None or "settings" in changed:
            for name, value in said("settings") or ():
                sets = clause((name, value))
                yield f" with {name}", f"{head} LANGUAGE {language} {sets} AS ''"

    def stub(self, obj: Routine) -> Identity | None:
        """One without the body and the defaults, for these are all that PostgreSQL looks into."""
        parsed = obj.sql_body is not None or obj.defaults
        return Identity(f"{self.name} stub", obj.identity.path) if parsed else None

    def stand_in(self, obj: Routine) -> Operation | None:
        """One without the body and the defaults."""
        return self._hollow(obj) if self.stub(obj) else None

    def _hollow(self, new: Routine) -> Operation:
        made = self._write(Verb.CREATE, hollow(new))
        return replace(made, guard=Guard(f"NOT {self.exists(new)}"))

    def create(self, new: Routine, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE, after a stand-in that fails when it is called, in a circle."""
        made, first = self._write(Verb.CREATE, new, raw=context.raw), self.stub(new)
        made = replace(made, requires=added(new, context))
        around = circle_of(new.identity, context.desired, context)
        if first and (around or calls_itself(new, raw=context.raw)):
            yield stands_in(self._hollow(new), new, first, around, context)
            made = replace(made, requires=made.requires | {first})
        yield made

    def alter(
        self, old: Routine, new: Routine, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE, which sets every attribute and keeps grants and dependents."""
        del old, changed
        made = self._write(Verb.ALTER, new, raw=context.raw)
        yield replace(made, requires=added(new, context))

    def written(self, new: Routine) -> str:
        """Give the statement that makes a routine or makes it another one."""
        clauses = [*self.definition(new), *_definition(new)]
        return (
            f"CREATE OR REPLACE {self.comment_on} {new.name}({self.printed_arguments(new)})\n"
            + "\n".join(f"    {c}" for c in clauses)
            + f"\n{_body(new)}"
        )

    def _write(self, verb: Verb, new: Routine, *, raw: bool = False) -> Operation:
        if not raw:
            refuse_unreadable(new)
        sql = self.written(new)
        # Parsing a SQL-standard body locks its tables as running it would.
        lock = LockMode.ROW_EXCLUSIVE if new.sql_body else LockMode.NONE
        made = Operation(verb=verb, target=new.identity, sql=sql, makes=True, lock=lock)
        return replace(made, provides=frozenset({whole(new.identity)}))

    def drop(self, old: Routine, context: Context) -> Iterable[Operation]:
        """DROP; guarded where IF EXISTS could still fail. In a circle it lets go of that first."""
        types = old.identity.path[2]
        others = {"function", "procedure", "aggregate"} - {self.name}
        taken = any(Identity(k, old.identity.path) in context.desired for k in others)
        drop = Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP {self.comment_on} IF EXISTS {self.signature(old)}",
            guard=Guard(self.exists(old)) if taken or "." in types else None,
            lock=LockMode.NONE,
        )
        around = circle_of(old.identity, context.current, context)
        if around and (first := self.stub(old)):
            sql, guard = self._write(Verb.DROP, hollow(old)).sql, Guard(self.exists(old))
            yield from gone_in_two(drop, replace(drop, sql=sql, guard=guard), first, context)
        else:
            yield drop

    def rename(self, old: Routine, new: Routine, context: Context) -> Iterable[Operation]:
        """SET SCHEMA, RENAME TO."""
        del context
        schema, name, types = old.identity.path
        arguments = self.signature(old).removeprefix(old.name)
        if schema != new.identity.schema:
            yield self._step(
                new, (schema, name, types), f"{arguments} SET SCHEMA {ident(new.identity.schema)}"
            )
            schema = new.identity.schema
        if name != new.identity.path[1]:
            yield self._step(
                new, (schema, name, types), f"{arguments} RENAME TO {ident(new.identity.path[1])}"
            )

    def _step(self, new: Routine, path: tuple[str, str, str], rest: str) -> Operation:
        return Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER {self.comment_on} {qualified(*path[:2])}{rest}",
            guard=Guard(self.found(path)),
            lock=LockMode.NONE,
        )

    def must_replace(
        self, old: Routine, new: Routine, changed: frozenset[str], context: Context
    ) -> bool:
        """PostgreSQL keeps names of arguments, the result and the number of defaults."""
        del context
        if changed & (self.replaces - {"arguments"}):
            return True
        if "defaults" in changed and len(new.defaults) < len(old.defaults):
            return True
        if "arguments" not in changed:
            return False
        return len(old.arguments) != len(new.arguments) or any(
            a != b and not _gets_a_name(a, b)
            for a, b in zip(old.arguments, new.arguments, strict=True)
        )

    def found(self, path: tuple[str, ...], condition: str = "") -> str:
        """Give the condition that a routine of that path exists."""
        schema, name, types = path
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_proc WHERE pronamespace = "
            f"to_regnamespace({literal(ident(schema))}) AND proname = {literal(name)} "
            f"AND prokind IN ({self.prokinds}) "
            f"AND pg_catalog.oidvectortypes(proargtypes) = {literal(types)}{condition})"
        )

    def exists(self, obj: Routine) -> str:
        """Ask pg_proc by name and types."""
        return self.found(obj.identity.path)

    def differs(self, new: Routine) -> str:
        """Ask for what CREATE OR REPLACE would refuse to change."""
        return self.found(new.identity.path, f" AND ({' OR '.join(self.obstacles(new))})")

    def obstacles(self, new: Routine) -> Iterator[str]:
        """Give the conditions under which the routine cannot be replaced in place."""
        arguments = self.identity_arguments(new)
        yield unquoted_differs("pg_catalog.pg_get_function_identity_arguments(oid)", arguments)
        yield f"pronargdefaults > {len(new.defaults)}"

    def identity_arguments(self, obj: Routine) -> str:
        """Print as `pg_get_function_identity_arguments` does."""
        return print_arguments(obj.arguments)

    def comment_target(self, obj: Routine) -> str:
        """Give the words and the signature."""
        return f"{self.comment_on} {self.signature(obj)}"


def unquoted_differs(expression: str, text: str) -> str:
    """Compare with what the server prints; what it puts in quotes depends on its version."""
    plain = literal(text.replace('"', ""))
    return f"replace({expression}, '\"', '') <> {plain}"


def _gets_a_name(old: Argument, new: Argument) -> bool:
    same = (old.mode, old.type) == (new.mode, new.type)
    return same and not old.name and old.mode not in OUTPUTS


def _arguments(
    modes: list[str] | None, names: list[str] | None, types: list[str]
) -> tuple[Argument, ...]:
    known, given = modes or ["i"] * len(types), names or [""] * len(types)
    return tuple(
        Argument(MODES[mode], name or "", type_)
        for mode, name, type_ in zip(known, given, types, strict=True)
    )


def _setting(text: str) -> Setting:
    name, _, value = text.partition("=")
    return name, value


def _definition(obj: Routine) -> Iterator[str]:
    if obj.security_definer:
        yield "SECURITY DEFINER"
    if obj.transform:
        yield f"TRANSFORM {comma(f'FOR TYPE {t}' for t in obj.transform)}"
    yield from map(clause, obj.settings)


def _body(obj: Routine) -> str:
    if obj.sql_body is not None:
        return obj.sql_body
    if obj.object_file is not None:
        return f"AS {literal(obj.object_file)}, {literal(obj.body or '')}"
    return f"AS {dollar(obj.body or '')}"


def language(obj: Routine) -> str:
    """Write the LANGUAGE clause."""
    return lines("LANGUAGE", ident(obj.language), separator=" ")
