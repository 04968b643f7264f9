"""Foreign servers: CREATE SERVER (manual)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation
from schemadiff.core.privileged import NOTHING, Said
from schemadiff.core.record import record
from schemadiff.core.spec_model import GrantedSpec, Text
from schemadiff.core.sql import ident, lines, literal
from schemadiff.kinds._form import FormKind
from schemadiff.kinds._options import changes, clause, options_sql, pairs, stored


class ServerSpec(GrantedSpec):
    """A foreign server; its wrapper alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    wrapper: Text
    """The foreign-data wrapper."""
    type: Text | None = None
    """TYPE, of a meaning that the wrapper gives it."""
    version: Text | None = None
    """VERSION, of a meaning that the wrapper gives it."""
    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the server: `{name: value}`; secrets are left alone."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the wrapper."""
        return {"wrapper": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Server(DbObject):
    """A foreign server."""

    wrapper: str
    type: str | None = None
    version: str | None = None
    options: tuple[str, ...] = ()

    @property
    def refers(self) -> Iterator[Identity]:
        """The wrapper, unless it is an extension's."""
        yield Identity("foreign_data_wrapper", (self.wrapper,))


class ServerKind(FormKind):
    """CREATE SERVER."""

    name = "server"
    order = 58
    model = Server
    classid = "pg_foreign_server"
    section = "servers"
    spec = ServerSpec
    within = ("",)
    in_schema = False
    replaces = frozenset({"wrapper", "type"})
    alters = frozenset({"version", "options"})
    words = comment_on = "SERVER"
    source = (
        "pg_catalog.pg_foreign_server x "
        "JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = x.srvfdw"
    )
    key = ("x.srvname",)
    unordered = frozenset({"options"})
    facts: ClassVar = {
        "wrapper": "w.fdwname",
        "type": "x.srvtype",
        "version": "x.srvversion",
        "options": options_sql("x.srvoptions"),
    }

    def value(self, name: str, spec: Any, at: At) -> Any:
        """Sort options."""
        return stored(spec.options) if name == "options" else super().value(name, spec, at)

    def expand(self, spec: ServerSpec, at: At) -> Iterable[DbObject]:
        """Make the server."""
        values = {name: self.value(name, spec, at) for name in self.facts}
        yield Server(Identity(self.name, (at.name or "",)), **values)

    def plain_yaml(self, obj: DbObject, style: Style) -> dict[str, YamlValue]:
        """Write options as a mapping."""
        values = super().plain_yaml(obj, style)
        if "options" in values:
            assert isinstance(obj, Server)
            values["options"] = pairs(obj.options)
        return values

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask for its wrapper."""
        del identity
        if changed is None:
            wrapper = ident(said("wrapper"))
            yield f" of {wrapper}", f"CREATE SERVER {NOTHING} FOREIGN DATA WRAPPER {wrapper}"

    def definition(self, new: Server, context: Context) -> str:
        """CREATE SERVER."""
        del context
        return lines(
            f"CREATE SERVER {new.identity.sql}",
            f"TYPE {literal(new.type)}" if new.type is not None else None,
            f"VERSION {literal(new.version)}" if new.version is not None else None,
            f"FOREIGN DATA WRAPPER {ident(new.wrapper)}{clause(new.options)}",
            separator=" ",
        )

    def must_replace(
        self, old: Server, new: Server, changed: frozenset[str], context: Context
    ) -> bool:
        """A version cannot be taken away."""
        del context
        return bool(changed & self.replaces) or (old.version is not None and new.version is None)

    def differs(self, new: DbObject) -> str:
        """Compare what cannot be altered, the version that goes included."""
        assert isinstance(new, Server)
        names = ["wrapper", "type", *(["version"] if new.version is None else [])]
        return self.found(new.identity.path, self.others(new, names))

    def alter(
        self, old: Server, new: Server, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER SERVER."""
        del context
        parts = []
        if "version" in changed:
            parts.append(f"VERSION {literal(new.version or '')}")
        if "options" in changed:
            parts.append(changes(old.options, new.options))
        yield self.change(new, " ".join(parts), *sorted(changed))
