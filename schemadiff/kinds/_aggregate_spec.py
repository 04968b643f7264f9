"""What YAML may say about an aggregate, and the options of CREATE AGGREGATE that it stands for.

The surprising fact: what the final functions may do to the state has another default where the
aggregate has an ORDER BY.
"""

from __future__ import annotations

import re

from schemadiff.core.kind import At
from schemadiff.core.lexer import Kind, code
from schemadiff.core.spec_model import Flag, GrantedSpec, Integer, Text, Texts
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._arguments import (
    Argument,
    parse_arguments,
    resolve_arguments,
    without_modifier,
)

Option = tuple[str, str]

FUNCTIONS = {
    "sfunc": "aggtransfn",
    "finalfunc": "aggfinalfn",
    "combinefunc": "aggcombinefn",
    "serialfunc": "aggserialfn",
    "deserialfunc": "aggdeserialfn",
    "msfunc": "aggmtransfn",
    "minvfunc": "aggminvtransfn",
    "mfinalfunc": "aggmfinalfn",
}
MODIFY = {"r": "read_only", "s": "shareable", "w": "read_write"}
PARALLEL = {"s": "safe", "r": "restricted", "u": "unsafe"}
_OPERATOR = re.compile(r"\A(?:(.+)\.)?([-+*/<>=~!@#%^&|`?]+)\Z", re.DOTALL)


class AggregateSpec(GrantedSpec):
    """An aggregate; the key is its signature, `name(type, …)` or `name(type order by type)`."""

    sfunc: Text
    """The function that takes the state and the next values to the next state."""
    stype: Text
    """The type of the state."""
    sspace: Integer = 0
    """The estimated size of the state in bytes; 0 leaves it to the server."""
    finalfunc: Text | None = None
    """The function that makes the result of the last state."""
    finalfunc_extra: Flag = False
    """Whether it also gets nulls for the arguments of the aggregate."""
    finalfunc_modify: Text | None = None
    """`read_only`, `shareable` or `read_write`: what it does to the state."""
    combinefunc: Text | None = None
    """The function that joins two states, for parallel plans."""
    serialfunc: Text | None = None
    """The function that turns a state of type `internal` into bytea."""
    deserialfunc: Text | None = None
    """The function that turns bytea back into a state."""
    initcond: Text | None = None
    """The first state as text; absent is null."""
    msfunc: Text | None = None
    """As `sfunc`, for moving windows."""
    minvfunc: Text | None = None
    """The function that takes values out of a moving window's state."""
    mstype: Text | None = None
    """As `stype`, for moving windows."""
    msspace: Integer = 0
    """As `sspace`, for moving windows."""
    mfinalfunc: Text | None = None
    """As `finalfunc`, for moving windows."""
    mfinalfunc_extra: Flag = False
    """As `finalfunc_extra`, for moving windows."""
    mfinalfunc_modify: Text | None = None
    """As `finalfunc_modify`, for moving windows."""
    minitcond: Text | None = None
    """As `initcond`, for moving windows."""
    sortop: Text | None = None
    """The operator that makes it like `min` or `max`, so that an index can answer."""
    parallel: Text = "unsafe"
    """`unsafe`, `restricted` or `safe`."""
    hypothetical: Flag = False
    """Whether an ordered-set aggregate is a hypothetical-set one."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""


def options_of(spec: AggregateSpec, at: At, *, ordered: bool) -> tuple[Option, ...]:
    """Give the options that are not the default."""
    options: dict[str, str | None] = {
        "sspace": str(spec.sspace) if spec.sspace else None,
        "msspace": str(spec.msspace) if spec.msspace else None,
        "initcond": spec.initcond,
        "minitcond": spec.minitcond,
        "sortop": _operator(spec.sortop, at) if spec.sortop else None,
    }
    for key in FUNCTIONS:
        if (function := getattr(spec, key)) is not None:
            options[key] = qualified(*at.function(function, key))
    for key in ("stype", "mstype"):
        if (type_ := getattr(spec, key)) is not None:
            options[key] = without_modifier(at.type(type_, key))
    for key in ("finalfunc_extra", "mfinalfunc_extra", "hypothetical"):
        options[key] = "true" if getattr(spec, key) else None
    for key in ("finalfunc_modify", "mfinalfunc_modify"):
        value = getattr(spec, key)
        options[key] = modify(_word(value, key, MODIFY, at), ordered=ordered) if value else None
    parallel = _word(spec.parallel, "parallel", PARALLEL, at)
    options["parallel"] = None if parallel == "unsafe" else parallel
    return in_order(options)


def _word(text: str, key: str, known: dict[str, str], at: At) -> str:
    if text.lower() not in known.values():
        message = f"{key} of {at.name} cannot be {text!r}"
        at.fail("SD094", message, f"{key}: {' | '.join(known.values())}", key)
    return text.lower()


def split_signature(
    text: str, at: At
) -> tuple[str, tuple[Argument, ...], tuple[Argument, ...] | None]:
    """Give the name, the arguments, and those behind ORDER BY; raises ValueError."""
    found = code(text)
    opening = next((i for i, t in enumerate(found) if t.text == "("), 0)
    if not opening or found[-1].text != ")":
        raise ValueError("there are no brackets")
    name, inner = text[: found[opening].start].strip(), found[opening + 1 : -1]

    def arguments(start: int, end: int) -> tuple[Argument, ...]:
        part = text[start:end].strip()
        return () if part == "*" else resolve_arguments(parse_arguments(part), at.type)

    start, end = found[opening].end, found[-1].start
    for index, token in enumerate(inner[:-1]):
        word = token.kind is Kind.IDENT and token.value == "order"
        if word and inner[index + 1].value == "by":
            return name, arguments(start, token.start), arguments(inner[index + 1].end, end)
    return name, arguments(start, end), None


def modify(value: str | None, *, ordered: bool) -> str | None:
    """Leave out what is the default (manual, CREATE AGGREGATE)."""
    return None if value == ("read_write" if ordered else "read_only") else value


def _operator(text: str, at: At) -> str:
    match = _OPERATOR.match(text.strip())
    if match is None:
        at.fail("SD094", f"sortop cannot be {text!r}", "sortop: <, or sortop: app.<", "sortop")
        return "pg_catalog.<"
    schema = at.relation(match.group(1) + ".x", "sortop")[0] if match.group(1) else "pg_catalog"
    return f"{ident(schema)}.{match.group(2)}"


def in_order(options: dict[str, str | None]) -> tuple[Option, ...]:
    """Give the options that are set, in the order of the spec."""
    order = list(AggregateSpec.model_fields)
    given = [(key, value) for key, value in options.items() if value is not None]
    return tuple(sorted(given, key=lambda option: order.index(option[0])))
