"""Aggregates: CREATE AGGREGATE (manual).

What it is made of is kept as the options of the statement. CREATE OR REPLACE changes them as long
as arguments and result stay; the result follows from the state and the final function, so a change
of those is a drop and a create.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._aggregate_spec import (
    FUNCTIONS,
    MODIFY,
    PARALLEL,
    AggregateSpec,
    Option,
    in_order,
    modify,
    options_of,
    split_signature,
)
from schemadiff.kinds._arguments import MODES, Argument, input_types, name_alone, print_arguments

_RESULT = ("stype", "finalfunc", "hypothetical")


@record(frozen=True, slots=True)
class Aggregate(DbObject):
    """An aggregate; `direct` counts the arguments before ORDER BY, None where there is none."""

    arguments: tuple[Argument, ...] = ()
    direct: int | None = None
    options: tuple[Option, ...] = ()

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class AggregateKind(ObjectKind):
    """CREATE OR REPLACE AGGREGATE."""

    name = "aggregate"
    order = 57
    present = "prokind = 'a'"
    model = Aggregate
    classid = "pg_proc"
    overloads = True
    section = "aggregates"
    within = ("", "schema")
    spec = AggregateSpec
    alters = frozenset({"options"})
    replaces = frozenset({"arguments", "direct"})
    spaces = frozenset({"routine"})
    name_part = 1
    comment_on = "AGGREGATE"
    used_by_name = True

    def catalog_sql(self, version: int) -> str:
        """Read all aggregates."""
        del version
        functions = ", ".join(
            "(SELECT ARRAY[fn.nspname::text, f.proname::text] FROM pg_proc f "
            f"JOIN pg_namespace fn ON fn.oid = f.pronamespace WHERE f.oid = a.{column}) AS {option}"
            for option, column in FUNCTIONS.items()
        )
        return f"""
            SELECT p.oid, n.nspname, p.proname, oidvectortypes(p.proargtypes),
                   p.proargmodes::text[], p.proargnames,
                   ARRAY(SELECT format_type(t, NULL)
                         FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))
                              WITH ORDINALITY u(t, i) ORDER BY i),
                   a.aggkind::text, a.aggnumdirectargs, ARRAY[
                   format_type(a.aggtranstype, NULL), nullif(a.aggtransspace, 0)::text,
                   CASE WHEN a.aggfinalextra THEN 'true' END, a.aggfinalmodify::text, a.agginitval,
                   CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END,
                   nullif(a.aggmtransspace, 0)::text,
                   CASE WHEN a.aggmfinalextra THEN 'true' END, a.aggmfinalmodify::text,
                   a.aggminitval, p.proparallel::text],
                   (SELECT ARRAY[opn.nspname::text, o.oprname::text] FROM pg_operator o
                    JOIN pg_namespace opn ON opn.oid = o.oprnamespace WHERE o.oid = a.aggsortop),
                   {functions}
            FROM pg_aggregate a
            JOIN pg_proc p ON p.oid = a.aggfnoid
            JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE {{namespaces}}"""

    def read(self, row: Row, names: Names) -> Aggregate | None:
        """Make the aggregate."""
        del names
        types, ordered = row[6], row[7] != "n"
        modes, given = row[4] or ["i"] * len(types), row[5] or [""] * len(types)
        stype, sspace, extra, may, init, mstype, mspace, mextra, mmay, minit, safe = row[9]
        found = {
            "stype": stype,
            "sspace": sspace,
            "finalfunc_extra": extra,
            "finalfunc_modify": modify(MODIFY[may], ordered=ordered),
            "initcond": init,
            "mstype": mstype,
            "msspace": mspace,
            "mfinalfunc_extra": mextra,
            "mfinalfunc_modify": modify(MODIFY[mmay], ordered=ordered) if mstype else None,
            "minitcond": minit,
            "sortop": f"{ident(row[10][0])}.{row[10][1]}" if row[10] else None,
            "parallel": None if safe == "u" else PARALLEL[safe],
            "hypothetical": "true" if row[7] == "h" else None,
        }
        for option, function in zip(FUNCTIONS, row[11:], strict=True):
            found[option] = qualified(*function) if function else None
        return Aggregate(
            Identity("aggregate", (row[1], row[2], row[3])),
            tuple(
                Argument(MODES[m], n or "", t) for m, n, t in zip(modes, given, types, strict=True)
            ),
            row[8] if ordered else None,
            in_order(found),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A signature is taken among all routines."""
        schema, name, types = obj.identity.path
        return (("routine", schema, f"{name}({types})"),)

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: AggregateSpec, at: At) -> Iterable[Aggregate]:
        """Make the aggregate of its signature."""
        try:
            name, direct, ordered = split_signature(at.name or "", at)
        except ValueError as error:
            message = f"{at.name!r} is not the signature of an aggregate: {error}"
            at.fail("SD090", message, "write name(type, …), or name(type order by type)")
            return
        given, bare = at.function(name) if "." in name or '"' in name else (at.schema, name)
        # A variadic argument before ORDER BY stands behind it again, and counts once.
        repeated = direct[-1:] == ordered and direct[-1].mode == "variadic"
        arguments = direct if ordered is None or repeated else direct + ordered
        path = (given if "." in name else at.schema, bare, input_types(arguments))
        yield Aggregate(
            Identity("aggregate", path),
            arguments,
            None if ordered is None else len(direct),
            options_of(spec, at, ordered=ordered is not None),
        )

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write the signature."""
        assert isinstance(obj, Aggregate)
        shown = tuple(a._replace(type=style.type(a.type)) for a in obj.arguments)
        text = _printed(shown, obj.direct).replace("ORDER BY", "order by")
        return f"{ident(obj.identity.path[1])}({text.replace('VARIADIC', 'variadic')})"

    def calls(self, obj: Any) -> Iterable[tuple[str, str]]:
        """The functions that make it up."""
        for key, value in obj.options:
            if key in FUNCTIONS:
                schema, name = parse_name(value)
                yield schema, name

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the options."""
        assert isinstance(obj, Aggregate)
        values: dict[str, YamlValue] = {}
        for key, value in obj.options:
            if key in ("stype", "mstype"):
                values[key] = style.type(value)
            elif key in ("finalfunc_extra", "mfinalfunc_extra", "hypothetical"):
                values[key] = True
            else:
                values[key] = value
        return values | dict(nested)

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: Aggregate, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE AGGREGATE."""
        del context
        yield _write(Verb.CREATE, new)

    def alter(
        self, old: Aggregate, new: Aggregate, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE AGGREGATE, which sets every option."""
        del old, changed, context
        yield _write(Verb.ALTER, new)

    def must_replace(
        self, old: Aggregate, new: Aggregate, changed: frozenset[str], context: Context
    ) -> bool:
        """The result cannot change."""
        del context
        before, after = dict(old.options), dict(new.options)
        return bool(changed & self.replaces) or any(before.get(k) != after.get(k) for k in _RESULT)

    def drop(self, old: Aggregate, context: Context) -> Iterable[Operation]:
        """DROP AGGREGATE; guarded, because a missing type in the signature is an error."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP AGGREGATE IF EXISTS {_name(old)}",
            guard=Guard(self.exists(old)),
            lock=LockMode.NONE,
        )

    def rename(self, old: Aggregate, new: Aggregate, context: Context) -> Iterable[Operation]:
        """ALTER AGGREGATE … SET SCHEMA, RENAME TO."""
        del context
        schema, name, types = old.identity.path
        arguments = f"({_printed(old.arguments, old.direct) or '*'})"
        target = new.identity
        steps = []
        if schema != target.schema:
            steps.append(((schema, name, types), f"SET SCHEMA {ident(target.schema)}"))
        if name != target.path[1]:
            steps.append(((target.schema, name, types), f"RENAME TO {ident(target.path[1])}"))
        for path, action in steps:
            yield Operation(
                verb=Verb.RENAME,
                target=target,
                sql=f"ALTER AGGREGATE {qualified(*path[:2])}{arguments} {action}",
                guard=Guard(_found(path)),
                lock=LockMode.NONE,
            )

    def exists(self, obj: Aggregate) -> str:
        """Ask pg_proc by name and types."""
        return _found(obj.identity.path)

    def differs(self, new: Aggregate) -> str:
        """Ask for the state, the final function, the arguments and whether it is hypothetical."""
        options = dict(new.options)
        # Which names the server puts in quotes depends on its version.
        arguments = literal(_printed(new.arguments, new.direct).replace('"', ""))
        final = literal(options.get("finalfunc", "").replace('"', ""))
        condition = (
            f" AND (replace(pg_catalog.pg_get_function_identity_arguments(p.oid), '\"', '')"
            f" <> {arguments}"
            f" OR pg_catalog.format_type(a.aggtranstype, NULL) <> {literal(options['stype'])}"
            " OR coalesce((SELECT n.nspname || '.' || f.proname FROM pg_catalog.pg_proc f JOIN"
            " pg_catalog.pg_namespace n ON n.oid = f.pronamespace WHERE f.oid = a.aggfinalfn), '')"
            f" <> {final}"
            f" OR (a.aggkind = 'h') <> {str('hypothetical' in options).lower()})"
        )
        return _found(new.identity.path, condition)

    def former_name(self, text: str) -> str:
        """Take the brackets off: `renamed_from: f(integer)` is what the key would be."""
        return name_alone(text)

    def named(self, obj: Aggregate) -> str:
        """Name it with the types of its arguments."""
        return _name(obj)

    def comment_target(self, obj: Aggregate) -> str:
        """Give the words and the signature."""
        return f"AGGREGATE {_name(obj)}"


def _printed(arguments: tuple[Argument, ...], direct: int | None) -> str:
    """Print as `pg_get_function_identity_arguments` does."""
    if direct is None:
        return print_arguments(arguments)
    behind = arguments[direct:] or arguments[-1:]
    return " ".join(
        filter(None, (print_arguments(arguments[:direct]), f"ORDER BY {print_arguments(behind)}"))
    )


def _name(obj: Aggregate) -> str:
    return f"{qualified(*obj.identity.path[:2])}({_printed(obj.arguments, obj.direct) or '*'})"


def _clause(option: Option) -> str:
    key, value = option
    if key in ("finalfunc_extra", "mfinalfunc_extra", "hypothetical"):
        return key.upper()
    if key in ("initcond", "minitcond"):
        value = literal(value)
    elif key == "sortop":
        value = f"OPERATOR({value})"
    return f"{key.upper()} = {value}"


def _write(verb: Verb, new: Aggregate) -> Operation:
    return Operation(
        verb=verb,
        target=new.identity,
        sql=f"CREATE OR REPLACE AGGREGATE {_name(new)} ({comma(map(_clause, new.options))})",
        makes=True,
        lock=LockMode.NONE,
    )


def _found(path: tuple[str, ...], condition: str = "") -> str:
    schema, name, types = path
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_aggregate a "
        f"ON a.aggfnoid = p.oid WHERE p.pronamespace = to_regnamespace({literal(ident(schema))}) "
        f"AND p.proname = {literal(name)} "
        f"AND pg_catalog.oidvectortypes(p.proargtypes) = {literal(types)}{condition})"
    )
