"""Extended statistics: CREATE STATISTICS (manual, 14.2.2).

They live in a schema of their own choice, yet belong to one table; which kinds there are cannot be
said for a single expression.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import Stage, is_temporary
from schemadiff.core.operation import Fold, Guard, Operation, ScanFor, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Integer, OwnedSpec, Text, Texts
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.kinds._constraint import bare, column_names
from schemadiff.kinds._expand.which import rides_along
from schemadiff.kinds._reworded import STATISTICS, reworded
from schemadiff.kinds._succession.common import both_there, place_of, said_again, substituted
from schemadiff.kinds._succession.index import means_the_same
from schemadiff.kinds._targets import check_target

_KINDS = {"d": "ndistinct", "f": "dependencies", "m": "mcv"}
_FEWEST = 2
_OWNERS = {"r": "table", "p": "table", "m": "materialized_view", "f": "foreign_table"}


class StatisticsSpec(OwnedSpec):
    """Extended statistics; the list of columns alone is the short form."""

    shorthands: ClassVar = ({"type": "array", "items": {"type": "string"}},)

    columns: Texts = ()
    """The columns."""
    expressions: Texts = ()
    """The expressions."""
    kinds: Texts = tuple(_KINDS.values())
    """`ndistinct`, `dependencies` and `mcv`; absent is all."""
    target: Integer | None = None
    """The statistics target; absent is the server's."""
    in_schema: Text | None = None
    """The schema of the statistics; absent is that of the table."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the columns."""
        return {"columns": value} if isinstance(value, list) else value


@record(frozen=True, slots=True)
class Statistics(DbObject):
    """Extended statistics of a table; columns in the order of the table."""

    columns: tuple[str, ...]
    expressions: tuple[str, ...]
    kinds: tuple[str, ...]
    target: int | None
    schema: str
    owner: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The table."""
        return Identity(self.owner, self.identity.path[:2])

    @property
    def name(self) -> str:
        """The qualified name."""
        return qualified(self.schema, self.identity.name)

    def beside_renamed(self, old: Identity, new: Identity) -> Statistics:
        """Their schema, which need not be the table's, takes them along."""
        here = old == Identity("schema", (self.schema,))
        return replace(self, schema=new.name) if here else self


class StatisticsKind(ObjectKind):
    """CREATE STATISTICS."""

    name = "statistics"
    order = 77
    present = "true"
    model = Statistics
    classid = "pg_statistic_ext"
    section = "statistics"
    within = ("table", "materialized_view", "foreign_table")
    spec = StatisticsSpec
    alters = frozenset({"target", "schema"})
    replaces = frozenset({"columns", "expressions", "kinds"})
    texts = frozenset({"expressions"})
    reworded = frozenset({"expressions"})
    shadow_only = True
    comment_on = "STATISTICS"

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Statistics of one schema have one name each, whatever table they are of."""
        assert isinstance(obj, Statistics)
        return ((self.name, obj.schema, obj.identity.name),)

    def beside(self, obj: Any, catalog: Catalog) -> Iterable[Identity]:
        """Name the schema that they are in, which need not be that of the table."""
        del catalog
        return (Identity("schema", (obj.schema,)),)

    def catalog_sql(self, version: int) -> str:
        """Read all extended statistics of relations in scope."""
        del version
        return """
            SELECT x.oid, c.oid, c.relkind::text, n.nspname, c.relname, x.stxname, sn.nspname,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum = ANY (x.stxkeys) ORDER BY 1),
                   CASE WHEN 'e' = ANY (x.stxkind) THEN
                       pg_get_statisticsobjdef_expressions(x.oid) END,
                   x.stxkind::text[], nullif(x.stxstattarget, -1)
            FROM pg_statistic_ext x
            JOIN pg_namespace sn ON sn.oid = x.stxnamespace
            JOIN pg_class c ON c.oid = x.stxrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {namespaces}"""

    def read(self, row: Row, names: Names) -> Statistics | None:
        """Make the statistics."""
        _, relation, relkind, schema, table, name, home, columns, expressions, kinds, target = row
        if not names.ours("pg_class", relation) or is_temporary(name):
            return None
        return Statistics(
            Identity("statistics", (schema, table, name)),
            tuple(columns),
            # The server begins CASE with an empty line.
            tuple(e.strip() for e in expressions or ()),
            tuple(word for letter, word in _KINDS.items() if letter in kinds),
            target,
            home,
            _OWNERS[relkind],
        )

    def expand(self, spec: StatisticsSpec, at: At) -> Iterable[Statistics]:
        """Make the statistics of the parent table."""
        assert at.parent is not None
        wrong = [k for k in spec.kinds if k.lower() not in _KINDS.values()]
        if wrong:
            message = f"statistics {at.name} cannot be of the kind {wrong[0]!r}"
            at.fail("SD098", message, f"kinds: {' | '.join(_KINDS.values())}", "kinds")
        check_target(spec.target, at, "target")
        brackets = [c for c in spec.columns if c.startswith("(")]
        if brackets and at.parent.identity.kind in ("table", "foreign_table"):
            known = column_names(at)
            brackets = [c for c in brackets if c not in known]
        if len(spec.columns) < _FEWEST and not (spec.expressions or brackets):
            message = f"statistics {at.name} are of fewer than two columns"
            hint = "name two columns or more, or an expression; a single column has its own anyway"
            at.fail("SD098", message, hint, "columns")
        said = [(bare(c), "columns", n) for n, c in enumerate(spec.columns) if c in brackets]
        said += [(e, "expressions", n) for n, e in enumerate(spec.expressions)]
        expressions = tuple(at.expression(*each) for each in said)
        kinds = {k.lower() for k in spec.kinds}
        single = len(brackets) == len(spec.columns) and len(expressions) == 1
        yield Statistics(
            Identity("statistics", (*at.parent.identity.path[:2], at.name or "")),
            tuple(sorted(c for c in spec.columns if c not in brackets)),
            expressions,
            () if single else tuple(k for k in _KINDS.values() if k in kinds),
            spec.target,
            spec.in_schema or at.parent.identity.schema,
            at.parent.identity.kind,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the columns alone where there is nothing else."""
        del style
        assert isinstance(obj, Statistics)
        values: dict[str, YamlValue] = {}
        if obj.columns:
            values["columns"] = list(obj.columns)
        if obj.expressions:
            values["expressions"] = list(obj.expressions)
        if obj.kinds and obj.kinds != tuple(_KINDS.values()):
            values["kinds"] = list(obj.kinds)
        if obj.target is not None:
            values["target"] = obj.target
        if obj.schema != obj.identity.schema:
            values["in_schema"] = obj.schema
        values |= nested
        return values["columns"] if list(values) == ["columns"] else values

    def create(self, new: Statistics, context: Context) -> Iterable[Operation]:
        """CREATE STATISTICS IF NOT EXISTS, then the target."""
        del context
        kinds = ""
        if new.kinds and new.kinds != tuple(_KINDS.values()):
            kinds = f" ({comma(new.kinds)})"
        of = [*map(ident, new.columns), *(f"({e})" for e in new.expressions)]
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE STATISTICS IF NOT EXISTS {new.name}{kinds} "
            f"ON {comma(of)} FROM {new.parent.sql}",
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            requires=frozenset({Identity("schema", (new.schema,))}),
        )
        if new.target is not None:
            yield self._target(new, frozenset({new.identity}))

    def _target(self, new: Statistics, after: frozenset[Identity]) -> Operation:
        target = -1 if new.target is None else new.target
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER STATISTICS {new.name} SET STATISTICS {target}",
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            requires=after,
            bound=False,
        )

    def successor(self, obj: Statistics, names: Successors, context: Context) -> Successor | str:
        """Make them of the new columns, of which ANALYZE tells what it finds, before they trade."""
        own = obj.identity.path[:2]
        place = place_of(obj, names)
        columns = substituted(obj.columns, own, names)
        said = [reworded(e, own, names) for e in obj.expressions]
        expressions = tuple(e for e in said if e is not None)
        if len(expressions) < len(said):
            return f"{obj.identity} has an expression in which another word reads like the column"
        twin = replace(obj, identity=place, columns=columns, expressions=expressions)
        made = [op for op in self.create(twin, context) if op.verb is Verb.CREATE]
        there = f"{both_there(obj, names)} AND NOT {self.exists(twin)}"
        used = context.current.depends_on(obj.identity)
        read = {i.name for i in used if i.kind == "column" and i not in names}
        read |= {name for i, name in names.items() if i in used}
        analyze = f"ANALYZE {qualified(*own)} ({comma(map(ident, sorted(read)))})"
        step = Operation(
            verb=Verb.ALTER,
            target=obj.identity,
            sql=made[0].sql,
            makes=True,
            guard=Guard(there),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            stage=Stage.SCAN,
            why="of the new columns; what the server knows of the old ones it learns of them",
        )
        looks = replace(
            step,
            sql=analyze,
            guard=Guard(self.exists(twin)),
            scans=True,
            scan_for=ScanFor.ROWS,
        )
        same = []
        if expressions != obj.expressions:
            mine = [(i.name, name) for i, name in names.items() if i in used]
            twins = (comma(f"({e})" for e in expressions), comma(f"({e})" for e in obj.expressions))
            same.append(means_the_same(obj, mine, twins, there, STATISTICS))
        target = replace(step, sql=self._target(twin, frozenset()).sql, guard=looks.guard)
        return Successor(
            self.exists(twin),
            (*same, step, *([target] if obj.target is not None else ()), looks),
            (f"DROP STATISTICS {obj.name}",),
            (
                f"ALTER STATISTICS {twin.name} RENAME TO {ident(obj.identity.name)}",
                *said_again(obj, context),
            ),
        )

    def must_replace(
        self, old: Statistics, new: Statistics, changed: frozenset[str], context: Context
    ) -> bool:
        """What goes with a column that another takes the place of is made with that one.

        Two that trade their schemas are made anew: there is no name between for SET SCHEMA.
        """
        if "schema" in changed and _trades(old, new, context):
            return True
        return super().must_replace(old, new, changed, context) and not rides_along(new, context)

    def alter(
        self, old: Statistics, new: Statistics, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET SCHEMA, SET STATISTICS."""
        del context
        if "schema" in changed:
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER STATISTICS {old.name} SET SCHEMA {ident(new.schema)}",
                guard=Guard(self.exists(old)),
                lock=LockMode.NONE,
                requires=frozenset({Identity("schema", (new.schema,))}),
                releases=frozenset({Identity("schema", (old.schema,))}),
                bound=False,
            )
        if "target" in changed:
            yield self._target(new, frozenset())

    def drop(self, old: Statistics, context: Context) -> Iterable[Operation]:
        """DROP STATISTICS."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP STATISTICS IF EXISTS {old.name}",
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            releases=frozenset({Identity("schema", (old.schema,))}),
            fold=Fold(old.parent, ""),
        )

    def rename(self, old: Statistics, new: Statistics, context: Context) -> Iterable[Operation]:
        """ALTER STATISTICS … RENAME TO."""
        del context
        before = qualified(new.schema, old.identity.name)
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER STATISTICS {before} RENAME TO {ident(new.identity.name)}",
            guard=Guard(_found(new.schema, old.identity.name)),
            lock=LockMode.NONE,
        )

    def exists(self, obj: Statistics) -> str:
        """Ask pg_statistic_ext."""
        return _found(obj.schema, obj.identity.name)

    def differs(self, new: Statistics) -> str:
        """Compare schema, columns, expressions and kinds."""
        kinds = [letter for letter, word in _KINDS.items() if word in new.kinds]
        columns = (
            "ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
            "x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY 1)"
        )
        schema = f"x.stxnamespace IS DISTINCT FROM to_regnamespace({literal(ident(new.schema))})"
        conditions = (
            schema,
            f"{columns} <> ARRAY[{comma(map(literal, new.columns))}]::text[]",
            (
                "ARRAY(SELECT pg_catalog.btrim(e, E' \\n') FROM pg_catalog.unnest("
                "pg_catalog.pg_get_statisticsobjdef_expressions(x.oid)) WITH ORDINALITY AS u (e, i)"
                " ORDER BY i) <> "
                f"ARRAY[{comma(map(literal, new.expressions))}]::text[]"
            ),
            (
                "ARRAY(SELECT k::text FROM unnest(x.stxkind) k WHERE k <> 'e' ORDER BY 1) <> "
                f"ARRAY[{comma(map(literal, kinds))}]::text[]"
            ),
        )
        table = literal(qualified(*new.identity.path[:2]))
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext x "
            f"WHERE x.stxrelid = to_regclass({table}) "
            f"AND x.stxname = {literal(new.identity.name)} AND ({' OR '.join(conditions)}))"
        )

    def comment_target(self, obj: Statistics) -> str:
        """Statistics are named by their own schema."""
        return f"STATISTICS {obj.name}"


def _trades(old: Statistics, new: Statistics, context: Context) -> bool:
    """Tell whether others have the name that one is to have, or are to have that which it had."""
    for side, schema in ((context.current, new.schema), (context.desired, old.schema)):
        others: list[Any] = [side.objects[i] for i in side.of("statistics") if i != new.identity]
        if any((o.schema, o.identity.name) == (schema, new.identity.name) for o in others):
            return True
    return False


def _found(schema: str, name: str, condition: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext x "
        f"WHERE x.stxnamespace = to_regnamespace({literal(ident(schema))}) "
        f"AND x.stxname = {literal(name)}{condition})"
    )
