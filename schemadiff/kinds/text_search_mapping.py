"""The mappings of a text search configuration: ALTER TEXT SEARCH CONFIGURATION … MAPPING.

One object for each type of token. The surprising fact: pg_depend knows only the configuration, so
a mapping names the dictionaries that it needs itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lexer import LexError
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import SpecModel, Texts
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._form import named


class TextSearchMappingSpec(SpecModel):
    """The dictionaries of a type of token, in their order."""

    shorthands: ClassVar = (
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
    )

    dictionaries: Texts
    """The dictionaries, in the order in which they are asked."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept one dictionary, or several."""
        return {"dictionaries": value} if isinstance(value, str | list) else value


@record(frozen=True, slots=True)
class TextSearchMapping(DbObject):
    """The dictionaries of a type of token; bare names are the server's own."""

    dictionaries: tuple[str, ...]

    @property
    def parent(self) -> Identity:
        """The configuration."""
        return Identity("text_search_configuration", self.identity.path[:2])

    @property
    def refers(self) -> Iterator[Identity]:
        """The dictionaries."""
        for each in self.dictionaries:
            path = parse_name(each)
            if len(path) > 1:
                yield Identity("text_search_dictionary", path)


class TextSearchMappingKind(ObjectKind):
    """ADD MAPPING, ALTER MAPPING, DROP MAPPING."""

    name = "text_search_mapping"
    order = 66
    present_in = "pg_ts_config"
    present = "true"
    model = TextSearchMapping
    classid = "pg_ts_config_map"
    section = "mappings"
    within = ("text_search_configuration",)
    spec = TextSearchMappingSpec
    alters = frozenset({"dictionaries"})
    texts = frozenset({"dictionaries"})
    shadow_only = True

    def catalog_sql(self, version: int) -> str:
        """Read the mappings of all configurations."""
        del version
        return f"""
            SELECT c.oid, m.maptokentype, n.nspname, c.cfgname, t.alias,
                   array_agg({named("pg_ts_dict", "dict", "m.mapdict")} ORDER BY m.mapseqno)
            FROM pg_ts_config c
            JOIN pg_namespace n ON n.oid = c.cfgnamespace
            JOIN pg_ts_config_map m ON m.mapcfg = c.oid
            JOIN LATERAL ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
            WHERE c.oid >= 16384 AND {{namespaces}}
            GROUP BY 1, 2, 3, 4, 5"""

    def address(self, row: Row) -> Address:
        """Nothing depends on a mapping, so the address has only to be unique."""
        return (self.classid, row[0], row[1])

    def read(self, row: Row, names: Names) -> TextSearchMapping | None:
        """Make the mapping."""
        if not names.ours("pg_ts_config", row[0]):
            return None
        return TextSearchMapping(Identity(self.name, (row[2], row[3], row[4])), tuple(row[5]))

    def expand(self, spec: TextSearchMappingSpec, at: At) -> Iterable[TextSearchMapping]:
        """Make the mapping of a type of token."""
        assert at.parent is not None
        found = []
        for each in spec.dictionaries:
            try:
                parts = parse_name(each)
            except (LexError, ValueError) as error:
                at.fail("SD033", f"{each!r} is not a name: {error}", "write schema.name")
                return
            found.append(qualified(*(parts[1:] if parts[0] == "pg_catalog" else parts)))
        path = (*at.parent.identity.path[:2], at.name or "")
        yield TextSearchMapping(Identity(self.name, path), tuple(found))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the dictionary, or the list of them."""
        del nested, style
        assert isinstance(obj, TextSearchMapping)
        return obj.dictionaries[0] if len(obj.dictionaries) == 1 else list(obj.dictionaries)

    def create(self, new: TextSearchMapping, context: Context) -> Iterable[Operation]:
        """ADD MAPPING."""
        del context
        yield self._operation(Verb.CREATE, new, "ADD", f"NOT {self.exists(new)}")

    def alter(
        self,
        old: TextSearchMapping,
        new: TextSearchMapping,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """ALTER MAPPING."""
        del old, changed, context
        yield self._operation(Verb.ALTER, new, "ALTER", None)

    def drop(self, old: TextSearchMapping, context: Context) -> Iterable[Operation]:
        """DROP MAPPING."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"ALTER TEXT SEARCH CONFIGURATION {old.parent.sql} "
            f"DROP MAPPING IF EXISTS FOR {ident(old.identity.name)}",
            guard=Guard(self.exists(old)),
            lock=LockMode.NONE,
            fold=Fold(old.parent, ""),
        )

    def _operation(
        self, verb: Verb, new: TextSearchMapping, word: str, condition: str | None
    ) -> Operation:
        return Operation(
            verb=verb,
            target=new.identity,
            sql=f"ALTER TEXT SEARCH CONFIGURATION {new.parent.sql} "
            f"{word} MAPPING FOR {ident(new.identity.name)} WITH {comma(new.dictionaries)}",
            guard=Guard(condition) if condition else None,
            lock=LockMode.NONE,
        )

    def exists(self, obj: TextSearchMapping) -> str:
        """Ask pg_ts_config_map."""
        schema, name, token = obj.identity.path
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_ts_config c JOIN pg_catalog.pg_namespace n ON "
            "n.oid = c.cfgnamespace JOIN pg_catalog.pg_ts_config_map m ON m.mapcfg = c.oid "
            "JOIN LATERAL pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype "
            f"WHERE n.nspname = {literal(schema)} AND c.cfgname = {literal(name)} "
            f"AND t.alias = {literal(token)})"
        )

    def differs(self, new: TextSearchMapping) -> str:
        """It is altered in place; where its configuration is made anew it exists no more."""
        return self.exists(new)
