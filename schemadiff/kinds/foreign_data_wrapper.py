"""Foreign-data wrappers: CREATE FOREIGN DATA WRAPPER (manual, 58)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from schemadiff.core.kind import At, Context, Style, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import GrantedSpec, Text
from schemadiff.core.sql import lines
from schemadiff.kinds._form import FormKind, routine
from schemadiff.kinds._options import changes, clause, options_sql, pairs, stored


class ForeignDataWrapperSpec(GrantedSpec):
    """A foreign-data wrapper; nothing is the short form of one without a handler."""

    shorthands: ClassVar = ({"type": "null"},)

    handler: Text | None = None
    """The function that reads and writes; without one there are only options."""
    validator: Text | None = None
    """The function that checks options."""
    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the wrapper: `{name: value}`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing."""
        return {} if value is None else value


@record(frozen=True, slots=True)
class ForeignDataWrapper(DbObject):
    """A foreign-data wrapper."""

    handler: str | None = None
    validator: str | None = None
    options: tuple[str, ...] = ()


class ForeignDataWrapperKind(FormKind):
    """CREATE FOREIGN DATA WRAPPER."""

    name = "foreign_data_wrapper"
    order = 57
    model = ForeignDataWrapper
    classid = "pg_foreign_data_wrapper"
    section = "foreign_data_wrappers"
    spec = ForeignDataWrapperSpec
    attempt = f"CREATE FOREIGN DATA WRAPPER {NOTHING} HANDLER {NOTHING}"
    within = ("",)
    in_schema = False
    alters = frozenset({"handler", "validator", "options"})
    texts = functions = frozenset({"handler", "validator"})
    shadow_only = True
    words = comment_on = "FOREIGN DATA WRAPPER"
    source = "pg_catalog.pg_foreign_data_wrapper x"
    key = ("x.fdwname",)
    unordered = frozenset({"options"})
    facts: ClassVar = {
        "handler": routine("x.fdwhandler"),
        "validator": routine("x.fdwvalidator"),
        "options": options_sql("x.fdwoptions"),
    }

    def value(self, name: str, spec: Any, at: At) -> Any:
        """Sort options."""
        return stored(spec.options) if name == "options" else super().value(name, spec, at)

    def plain_yaml(self, obj: DbObject, style: Style) -> dict[str, YamlValue]:
        """Write options as a mapping."""
        values = super().plain_yaml(obj, style)
        if "options" in values:
            assert isinstance(obj, ForeignDataWrapper)
            values["options"] = pairs(obj.options)
        return values

    def definition(self, new: ForeignDataWrapper, context: Context) -> str:
        """CREATE FOREIGN DATA WRAPPER."""
        del context
        return lines(
            f"CREATE FOREIGN DATA WRAPPER {new.identity.sql}",
            f"HANDLER {new.handler}" if new.handler else None,
            f"VALIDATOR {new.validator}" if new.validator else None,
            clause(new.options).strip(),
            separator=" ",
        )

    def alter(
        self,
        old: ForeignDataWrapper,
        new: ForeignDataWrapper,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """ALTER FOREIGN DATA WRAPPER."""
        del context
        parts = []
        for name in ("handler", "validator"):
            if name in changed:
                function = getattr(new, name)
                parts.append(f"{name.upper()} {function}" if function else f"NO {name.upper()}")
        if "options" in changed:
            parts.append(changes(old.options, new.options))
        yield self.change(new, " ".join(parts), *sorted(changed))
