"""Procedures: CREATE PROCEDURE (manual).

Statements name the arguments with their modes: without modes `(integer, integer)` may mean the
procedure of two inputs as well as the one with an input and an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Row, Style, YamlValue
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.kinds._arguments import input_types, print_arguments
from schemadiff.kinds._routine import COMMON, Routine, RoutineKind, language
from schemadiff.kinds._routine_spec import (
    RoutineSpec,
    expand_routine,
    routine_yaml,
    signature_of,
)


class ProcedureSpec(RoutineSpec):
    """A procedure; the key is its signature, `name(argument type, …)`."""


@record(frozen=True, slots=True)
class Procedure(Routine):
    """A procedure."""


class ProcedureKind(RoutineKind):
    """CREATE OR REPLACE PROCEDURE."""

    name = "procedure"
    file = "functions/{name}"
    shown = 96
    order = 56
    present = "prokind = 'p'"
    model = Procedure
    section = "procedures"
    spec = ProcedureSpec
    alters = COMMON - {"arguments"}
    replaces = frozenset({"arguments"})
    comment_on = "PROCEDURE"
    used_by_name = True
    prokinds = "'p'"

    def read(self, row: Row, names: Names) -> Procedure | None:
        """Make the procedure."""
        del names
        return Procedure(self.identity(row), **self.facts(row))

    def expand(self, spec: ProcedureSpec, at: At) -> Iterable[Procedure]:
        """Make the procedure of its signature."""
        found = signature_of(spec, at)
        if found is None:
            return
        (schema, name), signature = found
        facts = expand_routine(spec, signature, at)
        if facts is not None:
            path = (schema, name, input_types(facts["arguments"]))
            yield Procedure(Identity("procedure", path), **facts)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default, the body last."""
        assert isinstance(obj, Procedure)
        head: dict[str, YamlValue] = {}
        if obj.sql_body is None or obj.language != "sql":
            head["language"] = obj.language
        return head | routine_yaml(obj, style) | dict(nested)

    def definition(self, obj: Procedure) -> Iterator[str]:
        """Give the language alone."""
        yield language(obj)

    def printed_arguments(self, obj: Routine) -> str:
        """Print every mode."""
        return print_arguments(obj.arguments, obj.defaults, modes=True)

    def identity_arguments(self, obj: Routine) -> str:
        """Print every mode."""
        return print_arguments(obj.arguments, modes=True)

    def signature(self, obj: Routine) -> str:
        """Name the types with their modes."""
        return f"{obj.name}({print_arguments(_nameless(obj), modes=True)})"


def _nameless(obj: Routine) -> tuple[()] | tuple:  # type: ignore[type-arg]
    return tuple(a._replace(name="") for a in obj.arguments)
