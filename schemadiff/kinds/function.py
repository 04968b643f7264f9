"""Functions, window functions included: CREATE FUNCTION (manual).

The body is changed in place; the result, the names of arguments and fewer defaults need a drop,
and then everything that uses the function is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import is_temporary
from schemadiff.core.record import record
from schemadiff.core.sql import literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._arguments import input_types, print_table
from schemadiff.kinds._routine import COMMON, Routine, RoutineKind, language, unquoted_differs
from schemadiff.kinds._routine_spec import (
    FunctionSpec,
    expand_function,
    expand_routine,
    returns_yaml,
    routine_yaml,
    signature_of,
)

_VOLATILITY = {"v": "volatile", "s": "stable", "i": "immutable"}
_PARALLEL = {"u": "unsafe", "r": "restricted", "s": "safe"}


@record(frozen=True, slots=True)
class Function(Routine):
    """A function; `returns` is the type, `SETOF type` or `TABLE(…)`, as the server prints it."""

    returns: str = ""
    volatility: str = "volatile"
    strict: bool = False
    leakproof: bool = False
    parallel: str = "unsafe"
    cost: float = 100.0
    rows: float = 0.0
    support: str | None = None
    window: bool = False


class FunctionKind(RoutineKind):
    """CREATE OR REPLACE FUNCTION."""

    name = "function"
    file = "functions/{name}"
    shown = 95
    order = 55
    present = "prokind IN ('f', 'w')"
    model = Function
    section = "functions"
    spec = FunctionSpec
    alters = (COMMON - {"arguments"}) | frozenset(
        {"volatility", "strict", "leakproof", "parallel", "cost", "rows", "support"}
    )
    replaces = frozenset({"arguments", "returns", "window"})
    comment_on = "FUNCTION"
    used_by_name = True
    prokinds = "'f', 'w'"

    def read(self, row: Row, names: Names) -> Function | None:
        """Make the function, none for one that is there for a while."""
        del names
        if is_temporary(row[2]):
            return None
        facts = self.facts(row)
        if any(a.mode == "table" for a in facts["arguments"]):
            returns = print_table(facts["arguments"])
        else:
            returns = f"SETOF {row[15]}" if row[16] else row[15]
        return Function(
            self.identity(row),
            **facts,
            returns=returns,
            volatility=_VOLATILITY[row[17]],
            strict=row[18],
            leakproof=row[19],
            parallel=_PARALLEL[row[20]],
            cost=row[21],
            rows=row[22],
            support=qualified(*row[23]) if row[23] else None,
            window=row[24],
        )

    def expand(self, spec: FunctionSpec, at: At) -> Iterable[Function]:
        """Make the function of its signature."""
        found = signature_of(spec, at)
        if found is None:
            return
        (schema, name), signature = found
        facts = expand_routine(spec, signature, at)
        if facts is None:
            return
        more = expand_function(spec, facts, at)
        if more is not None:
            path = (schema, name, input_types(more["arguments"]))
            yield Function(Identity("function", path), **more)

    def calls(self, obj: Any) -> Iterable[tuple[str, str]]:
        """The support function; a body is looked into when it is checked."""
        if obj.support:
            schema, name = parse_name(obj.support)
            yield schema, name

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default, the body last."""
        assert isinstance(obj, Function)
        head: dict[str, YamlValue] = {}
        if (returns := returns_yaml(obj, style)) is not None:
            head["returns"] = returns
        if obj.sql_body is None or obj.language != "sql":
            head["language"] = obj.language
        if obj.volatility != "volatile":
            head["volatility"] = obj.volatility
        for key in ("strict", "leakproof", "window"):
            if getattr(obj, key):
                head[key] = True
        if obj.parallel != "unsafe":
            head["parallel"] = obj.parallel
        if obj.cost != _default_cost(obj):
            head["cost"] = _number(obj.cost)
        if obj.rows != _default_rows(obj):
            head["rows"] = _number(obj.rows)
        if obj.support:
            head["support"] = obj.support
        return head | routine_yaml(obj, style) | dict(nested)

    def definition(self, obj: Function) -> Iterator[str]:
        """Give what a function returns, and its attributes that are not the default."""
        yield f"RETURNS {obj.returns}"
        yield language(obj)
        if obj.window:
            yield "WINDOW"
        if obj.volatility != "volatile":
            yield obj.volatility.upper()
        if obj.strict:
            yield "STRICT"
        if obj.leakproof:
            yield "LEAKPROOF"
        if obj.parallel != "unsafe":
            yield f"PARALLEL {obj.parallel.upper()}"
        if obj.cost != _default_cost(obj):
            yield f"COST {_number(obj.cost)}"
        if obj.rows != _default_rows(obj):
            yield f"ROWS {_number(obj.rows)}"
        if obj.support:
            yield f"SUPPORT {obj.support}"

    def obstacles(self, new: Routine) -> Iterator[str]:
        """Add the result and the sort of function."""
        assert isinstance(new, Function)
        yield from super().obstacles(new)
        yield unquoted_differs("pg_catalog.pg_get_function_result(oid)", new.returns)
        yield f"prokind <> {literal('w' if new.window else 'f')}"


def _default_cost(obj: Function) -> float:
    return 1.0 if obj.language in ("c", "internal") else 100.0


def _default_rows(obj: Function) -> float:
    return 1000.0 if obj.returns.startswith(("SETOF ", "TABLE(")) else 0.0


def _number(value: float) -> int | str:
    return int(value) if value.is_integer() else repr(value)
