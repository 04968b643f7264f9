"""What YAML may say about functions and procedures, and how it becomes attributes.

The signature is the key (`add(a int, b int default 2)`); the body of a string is taken exactly as
the YAML gives it, because PostgreSQL stores it exactly so.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, ClassVar

from schemadiff.core.kind import At, Style, YamlValue
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.spec_model import Flag, GrantedSpec, Sql, Text, Texts
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._arguments import (
    OUTPUTS,
    Argument,
    Signature,
    check_arguments,
    parse_arguments,
    parse_signature,
    parse_table,
    print_arguments,
    print_table,
    resolve_arguments,
    without_modifier,
)
from schemadiff.kinds._nameless import EMPTY
from schemadiff.kinds._settings import readable, stored

VOLATILITIES = ("volatile", "stable", "immutable")
PARALLEL = ("unsafe", "restricted", "safe")


class RoutineSpec(GrantedSpec):
    """What functions and procedures have in common."""

    guesses: ClassVar = dict.fromkeys(("as", "definition", "sql", "source", "code"), "body") | {
        "args": "arguments",
        "config": "set",
        "parameters": "arguments",
        "return": "sql_body",
        "security": "security_definer",
        "settings": "set",
    }
    arguments: Texts | None = None
    """The arguments, where the key is the name alone."""
    language: Text | None = None
    """The language; `sql` where there is a `sql_body`."""
    body: Text | None = None
    """The text of the body, kept as it is."""
    body_file: Text | None = None
    """A file beside this one that holds the body."""
    sql_body: Text | None = None
    """`begin atomic … end` or `return …`: parsed by the server, with dependencies."""
    object_file: Text | None = None
    """The library of a function in C."""
    symbol: Text | None = None
    """The name in the library, or of an internal function."""
    security_definer: Flag = False
    """Whether it runs with the rights of its owner."""
    set: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Settings during the call: `{search_path: pg_catalog}`."""
    transform: Texts = ()
    """Types for which a transform is used."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""


class FunctionSpec(RoutineSpec):
    """A function; the key is its signature, `name(argument type, …)`."""

    guesses: ClassVar = (
        RoutineSpec.guesses
        | {v: f"volatility: {v}" for v in VOLATILITIES}
        | {"return": "returns, or sql_body"}
    )
    returns: Text | None = None
    """The type, `setof type` or `table(name type, …)`; absent with output arguments."""
    volatility: Text = "volatile"
    """`volatile`, `stable` or `immutable`."""
    strict: Flag = False
    """Whether a null argument gives null without a call."""
    leakproof: Flag = False
    """Whether it tells nothing about its arguments."""
    parallel: Text = "unsafe"
    """`unsafe`, `restricted` or `safe`."""
    cost: Sql | None = None
    """The estimated cost; absent is 100, and 1 for C and internal."""
    rows: Sql | None = None
    """The estimated number of rows; absent is 1000 for a set."""
    support: Text | None = None
    """The planner support function."""
    window: Flag = False
    """Whether it is a window function."""


def signature_of(spec: RoutineSpec, at: At) -> tuple[tuple[str, str], Signature] | None:
    """Give schema and name, and the arguments as written; reports what is no signature."""
    try:
        signature = parse_signature(at.name or "")
        if spec.arguments is not None:
            if signature.arguments:
                raise ValueError("its arguments stand in the key and under arguments: keep one")
            given = chain.from_iterable(map(parse_arguments, spec.arguments))
            signature = Signature(signature.name, tuple(given))
    except ValueError as error:
        message = f"{at.name!r} is not the signature of a routine: {error}"
        at.fail("SD090", message, "write name(argument type, other type default 0)")
        return None
    name = signature.name
    if "." not in name and '"' not in name:
        return (at.schema, name), signature
    schema, bare = at.function(name)
    return ((schema, bare) if "." in name else (at.schema, bare)), signature


def expand_routine(spec: RoutineSpec, signature: Signature, at: At) -> dict[str, Any] | None:
    """Give the attributes that all routines have; None where something was reported."""
    arguments = resolve_arguments(signature.arguments, at.type)
    check_arguments(arguments, at)
    if any(w.default is not None and w.mode == "out" for w in signature.arguments):
        at.fail("SD090", f"{at.name}: an output argument has no default", "remove the default")
    defaults = [w.default for w in signature.arguments if w.mode in ("in", "inout", "variadic")]
    given = [at.expression(d) for d in defaults if d is not None]
    if given and None in defaults[len(defaults) - len(given) :]:
        at.fail(
            "SD090",
            f"{at.name}: an argument without a default follows one that has one",
            "give the later arguments defaults as well",
        )
        return None
    body, sql_body = _body(spec, at)
    language = spec.language.lower() if spec.language else ("sql" if sql_body else None)
    if language is None:
        at.fail("SD091", f"{at.name} has no language", "language: plpgsql, or language: sql")
        return None
    if body is None and sql_body is None:
        at.fail("SD091", f"{at.name} has no body", "add body:, body_file: or sql_body:")
        return None
    _check_begin(body, language, at)
    return {
        "arguments": arguments,
        "defaults": tuple(given),
        "language": language,
        "body": body,
        "sql_body": sql_body,
        "object_file": spec.object_file,
        "security_definer": spec.security_definer,
        "settings": _settings(spec, at),
        "transform": tuple(
            without_modifier(at.type(t, "transform", i)) for i, t in enumerate(spec.transform)
        ),
    }


def _body(spec: RoutineSpec, at: At) -> tuple[str | None, str | None]:
    given = {
        key: getattr(spec, key)
        for key in ("body", "body_file", "sql_body", "symbol")
        if getattr(spec, key) is not None
    }
    if len(given) > 1:
        names = list(given)
        at.fail("SD091", f"{at.name} has {names[0]} and {names[1]}", "keep one of them", names[1])
    if spec.body_file is not None:
        return at.body(spec.body_file, "body_file"), None
    if spec.sql_body is not None:
        return None, _sql_body(spec.sql_body, at)
    return (spec.body if spec.body is not None else spec.symbol), None


def _check_begin(body: str | None, language: str, at: At) -> None:
    """Report a body with what stands around it in CREATE FUNCTION, which the server takes for it.

    An SQL body may begin with CREATE.
    """
    first = next(iter((body or "").lower().split()), "")
    around = {"sql": ("as",), "plpgsql": ("as", "create")}.get(language, ())
    if around and (first.startswith("$$") or first in around):
        word = "$$" if first.startswith("$$") else first.upper()
        message = f"the body of {at.name} begins with {word}, which stands around a body in SQL"
        at.fail("SD092", message, "leave only what stands between the two $$")


def _sql_body(text: str, at: At) -> str:
    """Check that a body is RETURN expression, or BEGIN ATOMIC … END and nothing behind it."""
    hint = "write return <expression>, or begin atomic <statements> end"
    try:
        found = code(text)
    except LexError as error:
        if text.startswith(EMPTY, error.offset):
            hint = "it is an argument without a name, which PostgreSQL prints so: write $1, $2 …"
        at.fail("SD092", f"the body of {at.name} cannot be read: {error}", hint, "sql_body")
        return text
    words = [t.value if t.kind is Kind.IDENT else "" for t in found]
    if words[:1] == ["return"]:
        at.expression(text[found[0].end :], "sql_body")
    elif words[:2] != ["begin", "atomic"] or not _is_block(found):
        at.fail("SD092", f"the body of {at.name} is not one SQL body", hint, "sql_body")
    return text.strip().removesuffix(";").rstrip()


def _is_block(found: list[Token]) -> bool:
    """Tell whether BEGIN ATOMIC ends with the last END.

    CASE has an END too. A statement may not end inside of one: a column called `case` would
    otherwise hide that the block is over, and what follows would be a statement of its own.
    """
    depth = 0
    for index, token in enumerate(found):
        if token.text == ";" and depth != 1:
            return depth == 0 and index == len(found) - 1
        if token.kind is Kind.IDENT and token.value in ("begin", "case"):
            depth += 1
        elif token.kind is Kind.IDENT and token.value == "end":
            depth -= 1
            if depth == 0 and any(t.text != ";" for t in found[index + 1 :]):
                return False
    return depth == 0


def _settings(spec: RoutineSpec, at: At) -> tuple[tuple[str, str], ...]:
    found = []
    for name, value in spec.set.items():
        try:
            found.append(stored(name, value))
        except ValueError as error:
            message = f"{at.name}: {name} cannot be set to {value!r}: {error}"
            at.fail("SD093", message, "write it as after SET name =, '' in quotes", "set", name)
    return tuple(found)


def expand_function(spec: FunctionSpec, facts: dict[str, Any], at: At) -> dict[str, Any] | None:
    """Add what only functions have; None where something was reported."""
    returns = _returns(spec, facts["arguments"], at)
    if returns is None:
        return None
    text, columns = returns
    for key, allowed in (("volatility", VOLATILITIES), ("parallel", PARALLEL)):
        if getattr(spec, key).lower() not in allowed:
            message = f"{key} of {at.name} cannot be {getattr(spec, key)!r}"
            at.fail("SD094", message, f"{key}: {' | '.join(allowed)}", key)
    many = text.startswith(("SETOF ", "TABLE("))
    if columns:
        check_arguments(facts["arguments"] + columns, at)
    if spec.rows is not None and not many:
        at.fail("SD094", f"{at.name} returns no set, so rows means nothing", "leave it out", "rows")
    default_cost = 1.0 if facts["language"] in ("c", "internal") else 100.0
    return facts | {
        "arguments": facts["arguments"] + columns,
        "returns": text,
        "volatility": spec.volatility.lower(),
        "strict": spec.strict,
        "leakproof": spec.leakproof,
        "parallel": spec.parallel.lower(),
        "cost": _number(spec.cost, default_cost, "cost", at),
        "rows": _number(spec.rows, 1000.0 if many else 0.0, "rows", at),
        "support": qualified(*at.function(spec.support, "support")) if spec.support else None,
        "window": spec.window,
    }


def _number(text: str | None, default: float, key: str, at: At) -> float:
    try:
        found = default if text is None else float(text)
    except ValueError:
        at.fail("SD094", f"{key} of {at.name} is not a number", f"{key}: 100", key)
        return default
    if text is not None and not found > 0:
        at.fail("SD094", f"{key} of {at.name} has to be more than 0", f"{key}: 100", key)
    return found


def _returns(
    spec: FunctionSpec, arguments: tuple[Argument, ...], at: At
) -> tuple[str, tuple[Argument, ...]] | None:
    outputs = [a for a in arguments if a.mode in OUTPUTS]
    if spec.returns is None:
        if not outputs:
            at.fail("SD095", f"{at.name} does not say what it returns", "returns: void")
            return None
        return (outputs[0].type if len(outputs) == 1 else "record"), ()
    try:
        table = parse_table(spec.returns)
    except ValueError as error:
        at.fail("SD095", f"returns of {at.name}: {error}", "returns: table(a int)", "returns")
        return None
    if table is not None:
        columns = resolve_arguments(table, lambda t: at.type(t, "returns"))
        return print_table(columns), columns
    text = spec.returns.strip()
    many = text[:6].lower() == "setof "
    type_ = without_modifier(at.type(text[6:] if many else text, "returns"))
    return f"SETOF {type_}" if many else type_, ()


def routine_key(
    name: str, arguments: tuple[Argument, ...], defaults: tuple[str, ...], style: Style
) -> str:
    """Write the signature as a key."""
    shown = tuple(a._replace(type=style.type(a.type)) for a in arguments)
    return f"{ident(name)}({print_arguments(shown, defaults, spelled=str.lower)})"


def routine_yaml(obj: Any, style: Style) -> dict[str, YamlValue]:
    """Write what all routines have, without what is the default."""
    tail: dict[str, YamlValue] = {}
    if obj.security_definer:
        tail["security_definer"] = True
    if obj.settings:
        tail["set"] = {s[0]: readable(s) for s in obj.settings}
    if obj.transform:
        tail["transform"] = [style.type(t) for t in obj.transform]
    if obj.object_file is not None:
        tail["object_file"] = obj.object_file
        tail["symbol"] = obj.body
    elif obj.sql_body is not None:
        tail["sql_body"] = obj.sql_body
    else:
        tail["body"] = obj.body
    return tail


def returns_yaml(obj: Any, style: Style) -> str | None:
    """Write what a function returns; None where its output arguments say it."""
    table = tuple(a for a in obj.arguments if a.mode == "table")
    if table:
        shown = print_table(a._replace(type=style.type(a.type)) for a in table)
        return "table" + shown.removeprefix("TABLE")
    outputs = [a for a in obj.arguments if a.mode in OUTPUTS]
    implied = (outputs[0].type if len(outputs) == 1 else "record") if outputs else None
    if obj.returns == implied:
        return None
    if obj.returns.startswith("SETOF "):
        return f"setof {style.type(obj.returns.removeprefix('SETOF '))}"
    return style.type(obj.returns)
