"""Base types: CREATE TYPE with functions of its own (manual, CREATE TYPE), and shell types.

A type needs its functions and they need the type: PostgreSQL unties that by a shell, the bare
name, which is enough for the functions. The other way round there is only DROP … CASCADE, which
takes exactly these functions along, for all else that uses the type has gone before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, GrantedSpec, Integer, Text
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._column.names import has_column
from schemadiff.kinds._form import FormKind, InSchema, in_schema, routine
from schemadiff.kinds._types import columns_of

_ALIGNMENTS: Final = {"c": "char", "s": "int2", "i": "int4", "d": "double"}
_STORAGES: Final = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
_FUNCTIONS: Final = (
    "input", "output", "receive", "send", "typmod_in", "typmod_out", "analyze", "subscript",
)  # fmt: skip
# What ALTER TYPE … SET takes, since 13.
_SETTABLE: Final = (*_FUNCTIONS[2:], "storage")


class BaseTypeSpec(GrantedSpec):
    """A base type, which is made of functions in C; without `input` it is a shell, a mere name."""

    shorthands: ClassVar = ({"type": "null"},)

    input: Text | None = None
    """The function that makes a value of a text."""
    output: Text | None = None
    """The function that makes a text of a value."""
    receive: Text | None = None
    """The function that reads the binary form."""
    send: Text | None = None
    """The function that writes the binary form."""
    typmod_in: Text | None = None
    """The function that reads the modifiers of the type."""
    typmod_out: Text | None = None
    """The function that writes the modifiers of the type."""
    analyze: Text | None = None
    """The function that gathers statistics."""
    subscript: Text | None = None
    """The function that implements subscripts."""
    internal_length: Integer | None = None
    """Bytes of a value; absent where they vary."""
    passed_by_value: Flag = False
    """Whether a value is passed itself instead of its address."""
    alignment: Text = "int4"
    """`char`, `int2`, `int4` or `double`."""
    storage: Text = "plain"
    """`plain`, `external`, `extended` or `main`."""
    category: Text = "U"
    """One character: the category for implicit casts."""
    preferred: Flag = False
    """Whether it is preferred in its category."""
    default: Text | None = None
    """The default value of columns of the type, as text."""
    element: Text | None = None
    """The type of the elements, where values can be subscripted."""
    delimiter: Text = ","
    """What separates its values in arrays."""
    collatable: Flag = False
    """Whether it has a collation."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing at all, for a shell."""
        return {} if value is None else value


@record(frozen=True, slots=True)
class BaseType(InSchema):
    """A base type; a shell has no input function, and the rest is as by default."""

    input: str | None = None
    output: str | None = None
    receive: str | None = None
    send: str | None = None
    typmod_in: str | None = None
    typmod_out: str | None = None
    analyze: str | None = None
    subscript: str | None = None
    internal_length: int | None = None
    passed_by_value: bool = False
    alignment: str = "int4"
    storage: str = "plain"
    category: str = "U"
    preferred: bool = False
    default: str | None = None
    element: str | None = None
    delimiter: str = ","
    collatable: bool = False

    @property
    def is_shell(self) -> bool:
        """Whether it is only a name."""
        return self.input is None


def _defined(expression: str, shell: str = "NULL") -> str:
    return f"CASE WHEN x.typisdefined THEN {expression} ELSE {shell} END"


def _decoded(column: str, names: dict[str, str], shell: str) -> str:
    whens = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in names.items())
    return _defined(f"CASE {column} {whens} END", literal(shell))


class BaseTypeKind(FormKind):
    """CREATE TYPE (INPUT = …)."""

    name = "base_type"
    file = "types"
    order = 34
    present = "(typtype = 'b' OR NOT typisdefined) AND typcategory <> 'A'"
    model = BaseType
    classid = "pg_type"
    section = "base_types"
    spec = BaseTypeSpec
    attempt = f"CREATE TYPE pg_temp.{NOTHING} (INPUT = {NOTHING}, OUTPUT = {NOTHING})"
    alters = frozenset(_SETTABLE)
    replaces = frozenset(
        {
            "input", "output", "internal_length", "passed_by_value", "alignment", "category",
            "preferred", "default", "element", "delimiter", "collatable",
        }
    )  # fmt: skip
    texts = frozenset({*_FUNCTIONS, "element"})
    functions = frozenset(_FUNCTIONS)
    types = frozenset({"element"})
    choices: ClassVar = {
        "alignment": tuple(_ALIGNMENTS.values()),
        "storage": tuple(_STORAGES.values()),
    }
    shadow_only = True
    spaces = frozenset({"type"})
    words = comment_on = "TYPE"
    key = ("n.nspname", "x.typname")
    source = in_schema("pg_type", "typ")
    only = (
        "(x.typtype = 'b' OR NOT x.typisdefined) "
        "AND x.typinput <> 'pg_catalog.array_in'::pg_catalog.regproc"
    )
    facts: ClassVar = {
        "input": _defined(routine("x.typinput")),
        "output": _defined(routine("x.typoutput")),
        "receive": routine("x.typreceive"),
        "send": routine("x.typsend"),
        "typmod_in": routine("x.typmodin"),
        "typmod_out": routine("x.typmodout"),
        "analyze": routine("x.typanalyze"),
        "subscript": routine("x.typsubscript"),
        "internal_length": _defined("nullif(x.typlen::integer, -1)"),
        "passed_by_value": _defined("x.typbyval", "false"),
        "alignment": _decoded("x.typalign", _ALIGNMENTS, "int4"),
        "storage": _decoded("x.typstorage", _STORAGES, "plain"),
        "category": _defined("x.typcategory::text", "'U'"),
        "preferred": _defined("x.typispreferred", "false"),
        "default": "x.typdefault",
        "element": "CASE WHEN x.typelem <> 0 THEN pg_catalog.format_type(x.typelem, NULL) END",
        "delimiter": "x.typdelim::text",
        "collatable": "x.typcollation <> 0",
    }

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A name is taken among types."""
        schema, name = obj.identity.path
        return (("type", schema, name),)

    def forerunner(self, identity: Identity) -> Identity | None:
        """The shell, which is all that the type's own functions ask for."""
        return Identity(self.name, (*identity.path, "shell"))

    def expand(self, spec: BaseTypeSpec, at: At) -> Iterable[DbObject]:
        """Make the type of its name."""
        if (spec.input is None) != (spec.output is None):
            message = f"base type {at.name} needs both of input and output, and a shell neither"
            at.fail("SD098", message, "input: name_in, output: name_out")
            return
        said = spec.model_fields_set - {"comment", "owner", "grants", "renamed_from"}
        if spec.input is None and said:
            message = f"base type {at.name} has no input function, so it is only a shell"
            at.fail("SD098", message, "input: name_in, output: name_out")
            return
        yield from super().expand(spec, at)

    def definition(self, new: BaseType, context: Context) -> str:
        """CREATE TYPE (INPUT = …); names of functions stand there without arguments."""
        del context
        usual = BaseType(new.identity)
        given: dict[str, str] = {}
        for name in _FUNCTIONS:
            if (value := getattr(new, name)) is not None:
                given[name.upper()] = value
        if new.internal_length is not None:
            given["INTERNALLENGTH"] = str(new.internal_length)
        if new.passed_by_value:
            given["PASSEDBYVALUE"] = "true"
        for key in ("alignment", "storage"):
            if getattr(new, key) != getattr(usual, key):
                given[key.upper()] = getattr(new, key)
        for key in ("category", "default", "delimiter"):
            if (value := getattr(new, key)) != getattr(usual, key):
                given[key.upper()] = literal(value)
        if new.element is not None:
            given["ELEMENT"] = new.element
        for key in ("preferred", "collatable"):
            if getattr(new, key):
                given[key.upper()] = "true"
        options = ",\n    ".join(f"{k} = {v}" for k, v in given.items())
        return f"CREATE TYPE {new.identity.sql} (\n    {options}\n)"

    def create(self, new: BaseType, context: Context) -> Iterable[Operation]:
        """The shell, then what makes a type of it."""
        first = self.forerunner(new.identity)
        assert first is not None
        shell = Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE TYPE {new.identity.sql}",
            guard=Guard(f"NOT {self.exists(new)}"),
            requires=frozenset({new.parent}),
            provides=frozenset({first, *([new.identity] if new.is_shell else [])}),
            lock=LockMode.NONE,
            bound=False,
        )
        yield shell
        if not new.is_shell:
            yield self._define(Verb.CREATE, new, context)

    def _define(self, verb: Verb, new: BaseType, context: Context) -> Operation:
        first = self.forerunner(new.identity)
        return Operation(
            verb=verb,
            target=new.identity,
            sql=self.definition(new, context),
            makes=True,
            guard=Guard(f"NOT {self.found(new.identity.path, 'x.typisdefined')}"),
            requires=frozenset({first} if first else ()),
            lock=LockMode.NONE,
        )

    def drop(self, old: BaseType, context: Context) -> Iterable[Operation]:
        """DROP TYPE, with the functions that cannot be without it."""
        for op in super().drop(old, context):
            yield op if old.is_shell else replace(op, sql=f"{op.sql} CASCADE")

    def must_replace(
        self, old: BaseType, new: BaseType, changed: frozenset[str], context: Context
    ) -> bool:
        """A shell becomes a type in place; no type becomes a shell, and none goes back to plain."""
        del context
        if old.is_shell:
            return False
        return bool(changed & self.replaces) or ("storage" in changed and new.storage == "plain")

    def alter(
        self, old: BaseType, new: BaseType, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER TYPE … SET, or CREATE TYPE over a shell."""
        if old.is_shell:
            yield self._define(Verb.ALTER, new, context)
            return
        names = sorted(changed)
        settings = (f"{n.upper()} = {getattr(new, n) or 'NONE'}" for n in names)
        action = f"SET ({comma(settings)})"
        yield self.change(new, action, *names)
        if "storage" in changed:
            yield from _follow(new, context)


def _follow(new: BaseType, context: Context) -> Iterable[Operation]:
    """Have the columns follow that say nothing of their storage: they keep what they have."""
    for column in columns_of(new.identity, context):
        obj = context.desired.get(column)
        if obj is None or getattr(obj, "storage", None) is not None:
            continue
        table = Identity(column.kind, column.path[:2])
        usual = "attstorage <> (SELECT typstorage FROM pg_catalog.pg_type WHERE oid = atttypid)"
        yield Operation(
            verb=Verb.ALTER,
            target=column,
            sql=f"ALTER TABLE {table.sql} ALTER COLUMN {ident(column.name)} "
            f"SET STORAGE {new.storage}",
            guard=Guard(has_column(table, column.name, usual)),
            requires=frozenset({new.identity}),
            bound=False,
        )
