"""Access methods for tables and indexes: CREATE ACCESS METHOD (manual). They cannot be renamed."""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import Text
from schemadiff.kinds._form import CommentedSpec, FormKind, routine


class AccessMethodSpec(CommentedSpec):
    """An access method."""

    handler: Text
    """The function that gives what the method can do."""
    type: Text = "index"
    """`index` or `table`."""


@record(frozen=True, slots=True)
class AccessMethod(DbObject):
    """An access method."""

    handler: str
    type: str = "index"


class AccessMethodKind(FormKind):
    """CREATE ACCESS METHOD."""

    name = "access_method"
    order = 57
    model = AccessMethod
    classid = "pg_am"
    section = "access_methods"
    spec = AccessMethodSpec
    attempt = f"CREATE ACCESS METHOD {NOTHING} TYPE INDEX HANDLER {NOTHING}"
    within = ("",)
    in_schema = False
    replaces = frozenset({"handler", "type"})
    texts = functions = frozenset({"handler"})
    choices: ClassVar = {"type": ("index", "table")}
    shadow_only = True
    spaces = frozenset({"access_method"})
    words = comment_on = "ACCESS METHOD"
    source = "pg_catalog.pg_am x"
    key = ("x.amname",)
    facts: ClassVar = {
        "handler": routine("x.amhandler::oid"),
        "type": "CASE x.amtype WHEN 't' THEN 'table' ELSE 'index' END",
    }

    def definition(self, new: AccessMethod, context: Context) -> str:
        """CREATE ACCESS METHOD."""
        del context
        return (
            f"CREATE ACCESS METHOD {new.identity.sql} TYPE {new.type.upper()} HANDLER {new.handler}"
        )
