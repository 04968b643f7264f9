"""Security labels: SECURITY LABEL FOR provider ON …. Managed only on request.

What a label means its provider knows, an extension such as sepgsql or anon, which has to be loaded
on the server. The surprising fact: the label of a subscription is in pg_shseclabel, though it is
no object of the cluster, because pg_subscription is a shared catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._grants_sql import SCOPE

_RELATIONS = frozenset(
    {"table", "column", "view", "materialized_view", "foreign_table", "sequence"}
)
_OTHERS = frozenset(
    """
    aggregate base_type composite domain enum event_trigger function language procedure
    publication range schema subscription
    """.split()
)


@record(frozen=True, slots=True)
class SecurityLabel(DbObject):
    """A label; its path is the target's path and kind, and the provider."""

    label: str

    @property
    def parent(self) -> Identity:
        """The target."""
        *path, kind, _ = self.identity.path
        return Identity(kind, tuple(path))


class SecurityLabelKind(ObjectKind):
    """SECURITY LABEL."""

    name = "security_label"
    order = 920
    model = SecurityLabel
    opaque = frozenset({"label"})
    classid = "pg_seclabel"
    attached = "security_labels"
    alters = frozenset({"label"})
    keeps = True
    kept_words = "security labels of"
    manage = "security_labels"

    def catalog_sql(self, version: int) -> str:
        """Read all labels on what users made."""
        del version
        return f"""
            SELECT l.objoid, c.relname, l.objsubid, l.provider, l.label
            FROM (SELECT objoid, classoid, objsubid, provider, label FROM pg_seclabel
                  UNION ALL SELECT objoid, classoid, 0, provider, label FROM pg_shseclabel) l
            JOIN pg_class c ON c.oid = l.classoid
            WHERE l.objoid >= 16384 AND {SCOPE}"""

    def read(self, row: Row, names: Names) -> SecurityLabel | None:
        """Make the label if its target is known."""
        oid, catalog, number, provider, label = row
        target = names.addresses.get((catalog, oid, number))
        if target is None or target.kind not in _RELATIONS | _OTHERS:
            return None
        return SecurityLabel(_identity(target, provider), label)

    def address(self, row: Row) -> Address:
        """Nothing depends on a label, so the address has only to be unique."""
        return (f"pg_seclabel of {row[1]} by {row[3]}", row[0], row[2])

    def expand(self, spec: dict[str, str], at: At) -> Iterable[SecurityLabel]:
        """Make the labels of the parent."""
        assert at.parent is not None
        target = at.parent.identity
        if target.kind not in _RELATIONS | _OTHERS:
            message = f"PostgreSQL knows no security labels on {target.kind.replace('_', ' ')}s"
            at.fail("SD085", message, "remove the key")
            return
        for provider, label in spec.items():
            yield SecurityLabel(_identity(target, provider), label)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """There is one key for all labels of an object."""
        del obj, style
        return ""

    def attached_yaml(self, objects: Sequence[DbObject], style: Style) -> YamlValue:
        """Write the labels by provider."""
        del style
        return {o.identity.name: o.label for o in objects if isinstance(o, SecurityLabel)}

    def create(self, new: SecurityLabel, context: Context) -> Iterable[Operation]:
        """SECURITY LABEL, which is safe to repeat."""
        yield self._say(Verb.CREATE, new, literal(new.label), context)

    def alter(
        self, old: SecurityLabel, new: SecurityLabel, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SECURITY LABEL anew."""
        del old, changed
        yield replace(
            self._say(Verb.ALTER, new, literal(new.label), context),
            # It stays where it is while what it is on changes, and is only said after that.
            requires=frozenset({new.parent}),
            provides=frozenset({new.identity}),
            bound=False,
        )

    def drop(self, old: SecurityLabel, context: Context) -> Iterable[Operation]:
        """SECURITY LABEL … IS NULL, or nothing where the target goes."""
        yield self._say(Verb.DROP, old, "NULL", context)

    def _say(self, verb: Verb, label: SecurityLabel, text: str, context: Context) -> Operation:
        target = context.desired.get(label.parent) or context.current.get(label.parent)
        assert target is not None
        kind = context.registry.of(target)
        provider = ident(label.identity.name)
        exists = kind.exists(target) if verb is Verb.DROP else ""
        relation = target.identity.kind in _RELATIONS
        return Operation(
            verb=verb,
            target=label.identity,
            sql=f"SECURITY LABEL FOR {provider} ON {kind.comment_target(target)} IS {text}",
            guard=Guard(exists) if exists else None,
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE if relation else LockMode.NONE,
            fold=Fold(label.parent, "") if verb is Verb.DROP else None,
        )


def _identity(target: Identity, provider: str) -> Identity:
    # The kind and the provider come last, so that a renamed ancestor is a change of prefix.
    return Identity("security_label", (*target.path, target.kind, provider))
