"""Comments on objects of every kind: COMMENT ON.

How a target is spoken of is its own kind's business. The comments that initdb gives to `public`
and that control files give to extensions are the server's, not ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._column.along import OnColumn
from schemadiff.kinds._column.names import has_column, refuse_unknown
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._domain_not_null import NAMES_IT, comment_on
from schemadiff.kinds._index.comment import CONSTRAINT, INDEX, half_of
from schemadiff.kinds._index.comment import OF_PART as PART_INDEX
from schemadiff.kinds._not_null import NAMES_NOT_NULL, OF_PART
from schemadiff.kinds._not_null import PART as NOT_NULL
from schemadiff.kinds._part_names import called_above
from schemadiff.kinds._part_not_null import constraint_name, has_not_null

# Comments on these take no lock on a relation.
_NO_RELATION = (
    "SCHEMA ",
    "TYPE ",
    "DOMAIN ",
    "FUNCTION ",
    "PROCEDURE ",
    "EXTENSION ",
    "AGGREGATE ",
    "ACCESS METHOD ",
    "CAST ",
    "COLLATION ",
    "CONVERSION ",
    "EVENT TRIGGER ",
    "FOREIGN DATA WRAPPER ",
    "LANGUAGE ",
    "OPERATOR ",
    "PUBLICATION ",
    "SERVER ",
    "STATISTICS ",
    "TEXT SEARCH ",
    "TRANSFORM ",
)
_ON_DOMAIN = " ON DOMAIN "


@record(frozen=True, slots=True)
class Comment(OnColumn, DbObject):
    """A comment; its path is the target's path and kind.

    `column` is set where the target is a column that is no object itself: of a view, of a part
    of another table, or the attribute of a composite type. Of a column it is `not_null`, which
    stands for the constraint, and of a constraint `index`, which stands for its index.
    """

    text: str
    column: str | None = field(default=None, compare=False)

    @property
    def parent(self) -> Identity:
        """The target, or whatever has the column that is the target."""
        path = self.identity.path
        return Identity(path[-1], path[: -1 if self.column is None else -2])


class CommentKind(ObjectKind):
    """COMMENT ON."""

    name = "comment"
    opaque = frozenset({"text"})
    order = 900
    model = Comment
    classid = "pg_description"
    attached = "comment"
    alters = harmless = frozenset({"text"})

    def catalog_sql(self, version: int) -> str:
        """Read all comments on what users made, and on the schema public."""
        del version
        return """
            SELECT d.objoid, c.relname, d.objsubid, d.description, composite.reltype,
                   CASE WHEN composite.oid IS NOT NULL THEN
                       (SELECT a.attname FROM pg_attribute a
                        WHERE a.attrelid = d.objoid AND a.attnum = d.objsubid) END,
                   nn.conrelid, nn.conkey[1], nn.contypid, key.oid, own.conindid
            FROM pg_description d
            JOIN pg_class c ON c.oid = d.classoid
            LEFT JOIN pg_class composite ON d.classoid = 'pg_class'::regclass
                AND composite.oid = d.objoid AND composite.relkind = 'c'
            LEFT JOIN pg_constraint nn ON d.classoid = 'pg_constraint'::regclass
                AND nn.oid = d.objoid AND nn.contype = 'n'
            LEFT JOIN pg_constraint key ON d.classoid = 'pg_class'::regclass
                AND key.conindid = d.objoid AND key.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_constraint own ON d.classoid = 'pg_constraint'::regclass
                AND own.oid = d.objoid AND own.contype IN ('p', 'u', 'x')
            WHERE EXISTS (SELECT 1 FROM pg_namespace n WHERE {namespaces})
              AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass
                   AND (d.description <> 'standard public schema' OR d.objoid NOT IN
                        (SELECT p.oid FROM pg_namespace p WHERE p.nspname = 'public')))
              AND (d.classoid <> 'pg_extension'::regclass OR (d.objoid, d.description) NOT IN
                   (SELECT e.oid, a.comment
                    FROM pg_extension e JOIN pg_available_extensions() a ON a.name = e.extname
                    WHERE a.comment IS NOT NULL))"""

    def read(self, row: Row, names: Names) -> Comment | None:
        """Make the comment if its target is known."""
        oid, catalog, number, text, type_, attribute, table, numbered, domain, *key = row
        if table is not None:
            at = ("pg_type", domain, 0) if domain else ("pg_class", table, numbered)
            if (of := names.addresses.get(at)) is not None:
                return Comment(_identity(of, NOT_NULL), text, NOT_NULL)
        if type_ is not None:
            of = names.addresses.get(("pg_type", type_, 0))
            return None if of is None else Comment(_identity(of, attribute), text, attribute)
        target = names.addresses.get((catalog, oid, number))
        if target is None and not number and (near := _near(catalog, oid, key, names)):
            target, half = near
            return Comment(_identity(target, half), text, half)
        if target is not None:
            return Comment(_identity(target), text)
        relation = names.addresses.get((catalog, oid, 0)) if number else None
        column = names.columns.get(oid, {}).get(number)
        if relation is None or column is None:
            return None
        return Comment(_identity(relation, column), text, column)

    def address(self, row: Row) -> Address:
        """Nothing depends on a comment, so the address has only to be unique."""
        return (f"pg_description of {row[1]}", row[0], row[2])

    def expand(self, spec: str, at: At) -> Iterable[Comment]:
        """Make the comment on the parent, or on the parent's column of that name."""
        assert at.parent is not None
        if spec:
            yield Comment(_identity(at.parent.identity, at.name), spec, at.name)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Give the column that is no object; a comment on the object itself has no key."""
        assert isinstance(obj, Comment)
        return obj.column or ""

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the text."""
        del nested, style
        assert isinstance(obj, Comment)
        return obj.text

    def newer(self, obj: DbObject, version: int) -> Iterable[tuple[str, int]]:
        """There can be a comment on a NOT NULL since 18, on that of a domain since 17."""
        assert isinstance(obj, Comment)
        since = NAMES_IT if _is_of_domain(obj) else NAMES_NOT_NULL
        if _is_not_null(obj) and version < since:
            yield "a comment on NOT NULL", since // 10000

    def create(self, new: Comment, context: Context) -> Iterable[Operation]:
        """COMMENT ON … IS, which is safe to repeat."""
        refuse_unknown(new.column, new, context)
        on = _on(new, context)
        # The constraint is there at the end of the steps with the column's rows.
        after = {new.parent, settled(new.parent.path)}
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"COMMENT ON {on} IS {literal(new.text)}",
            requires=frozenset(after | _named(new, context) if _is_not_null(new) else ()),
            lock=_lock(on),
        )

    def drop(self, old: Comment, context: Context) -> Iterable[Operation]:
        """COMMENT ON … IS NULL, or nothing where the target goes."""
        on = _on(old, context)
        target = _target(old, context)
        if _is_constraint(old) and not getattr(target, "not_null", True):
            return  # it goes with the NOT NULL
        named = _named(old, context)
        exists = context.registry.of(target).exists(target)
        if (half := half_of(old.column, target)) is not None:
            exists = half[1]
        elif _is_of_domain(old):
            exists = comment_on(target)[1]
        elif _is_not_null(old):
            exists = has_not_null(target.identity.path[:2], constraint_name(target))
        elif old.column is not None:
            exists = has_column(target.identity, old.column)
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"COMMENT ON {on} IS NULL",
            guard=Guard(exists) if exists else None,
            requires=frozenset({old.parent} | named if _is_not_null(old) else ()),
            destroys=frozenset({old.identity}),
            lock=_lock(on),
            fold=Fold(old.parent, ""),
            # By the name that it has by then, it is said after whatever changes what it is on.
            bound=not _is_not_null(old) or target.identity not in context.desired,
        )

    def alter(
        self, old: Comment, new: Comment, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """COMMENT ON anew."""
        del old, changed
        on = _on(new, context)
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"COMMENT ON {on} IS {literal(new.text)}",
            lock=_lock(on),
            # It stays where it is while what it is on changes, and is only said after that.
            requires=frozenset({new.parent}) | _named(new, context),
            provides=frozenset({new.identity}),
            bound=False,
        )


def _identity(target: Identity, column: str | None = None) -> Identity:
    # The kind comes last, so that a renamed ancestor is a change of prefix here too.
    path = target.path if column is None else (*target.path, column)
    return Identity("comment", (*path, target.kind))


def _near(
    catalog: str, oid: int, key: list[int | None], names: Names
) -> tuple[Identity, str | None] | None:
    """Find what stands for the index of a key, or for a partition's and for its constraint."""
    constraint, index = key
    if catalog == "pg_class" and constraint is not None:
        found = names.addresses.get(("pg_constraint", constraint, 0))
        if found is not None:
            return found, INDEX
    part = names.addresses.get((PART_INDEX, oid if catalog == "pg_class" else index or 0, 0))
    return None if part is None else (part, CONSTRAINT if catalog == "pg_constraint" else None)


def _target(comment: Comment, context: Context) -> DbObject:
    target = context.desired.get(comment.parent) or context.current.get(comment.parent)
    assert target is not None
    return target


def _on(comment: Comment, context: Context) -> str:
    target = _target(comment, context)
    if _is_of_domain(comment):
        return comment_on(target)[0]
    if _is_constraint(comment):
        name = ident(constraint_name(target))
        return f"CONSTRAINT {name} ON {qualified(*target.identity.path[:2])}"
    if (half := half_of(comment.column, target)) is not None:
        return half[0]
    if comment.column is not None:
        return f"COLUMN {target.identity.sql}.{ident(comment.column)}"
    return context.registry.of(target).comment_target(target)


def _is_not_null(comment: Comment) -> bool:
    """Tell whether it is on a NOT NULL: of a column, be it the table's own or not, or a domain."""
    return _is_constraint(comment) or comment.parent.kind == OF_PART


def _named(comment: Comment, context: Context) -> frozenset[Identity]:
    """Name what gives a NOT NULL its name where it comes from above."""
    if comment.parent.kind != OF_PART:
        return frozenset()
    return called_above(_target(comment, context), context.current, context.desired)


def _is_of_domain(comment: Comment) -> bool:
    return comment.column is not None and comment.parent.kind == "domain"


def _is_constraint(comment: Comment) -> bool:
    return comment.column is not None and comment.parent.kind in ("column", "domain")


def _lock(on: str) -> LockMode:
    none = on.startswith(_NO_RELATION) or _ON_DOMAIN in on
    return LockMode.NONE if none else LockMode.SHARE_UPDATE_EXCLUSIVE
