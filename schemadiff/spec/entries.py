"""A catalog as the entries of YAML files: one value for each object that stands at the top level.

Nothing here knows a kind by name: what nests, what is attached to its object's own keys and what
another object's shorthand implies is said by the kinds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import ObjectKind, Registry, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.spec.expand import Known
from schemadiff.spec.layout import PUBLIC, schema_of
from schemadiff.spec.style import FileStyle, Names

Nested = dict[str, dict[str, YamlValue]]


@record(frozen=True, slots=True)
class Entry:
    """One object of the top level: where it stands, under which key, and what it says."""

    identity: Identity
    kind: ObjectKind
    schema: str | None
    key: str
    value: YamlValue

    @property
    def order(self) -> tuple[int, str, str]:
        """Give what entries are sorted by."""
        return (self.kind.shown or self.kind.order, self.kind.section, self.key)


class Entries:
    """The entries of one catalog.

    `apart` names objects that have an entry of their own in a file already, so that no shorthand
    may imply them once more.
    """

    def __init__(
        self,
        catalog: Catalog,
        registry: Registry,
        known: Known | None = None,
        apart: frozenset[Identity] = frozenset(),
    ) -> None:
        """Look at the names, and at what is implied."""
        self.catalog = catalog
        self.registry = registry
        self.implied: set[Identity] = set()
        self._names = Names.of(catalog, registry, known)
        self._holders = {
            k.name for k in registry if any("" in i.within for i in registry.within(k.name))
        }
        self._styles: dict[str, FileStyle] = {}
        self._absorbed: dict[Identity, list[Identity]] = defaultdict(list)
        # What is kept unless it is told stands in one key of whoever speaks of it.
        self._told: dict[Identity, dict[str, list[DbObject]]] = defaultdict(dict)
        self._keeping = frozenset(k.name for k in registry if k.keeps and k.attached)
        for identity, obj in catalog.objects.items():
            if identity.kind in self._keeping:
                speaker = registry[identity.kind].speaker(obj)
                self._told[speaker].setdefault(identity.kind, []).append(obj)
        for name in self._keeping:
            for identity in registry[name].to_deny(catalog):
                self._told[identity].setdefault(name, [])
        for identity, obj in catalog.objects.items():
            kind = registry[identity.kind]
            into = (
                None
                if identity in apart or identity in self._told
                else kind.absorbed_by(obj, catalog)
            )
            if into is not None:
                self._absorbed[into].append(identity)
                self.implied.add(identity)

    def top(self) -> list[Identity]:
        """List the objects that need an entry, in stable order."""
        found = [i for i in self.catalog.objects if self._is_top(i)]
        return sorted(found, key=lambda i: (self.registry[i.kind].order, i))

    def stands_at_top(self, kind: ObjectKind) -> bool:
        """Tell whether the objects of a kind have entries of their own."""
        return bool(kind.section) and "" in kind.within

    def _is_top(self, identity: Identity) -> bool:
        kind = self.registry[identity.kind]
        if identity in self.implied or not self.stands_at_top(kind):
            return False
        if kind.implicit(identity) is None:
            return True
        children = [self.registry[c.kind] for c in self.catalog.children.get(identity, ())]
        if any(c.attached for c in children):
            return True
        return not children and not kind.permanent(self.catalog.objects[identity])

    def belongings(self, identity: Identity) -> Iterator[Identity]:
        """Name everything that an entry speaks of, the object itself first."""
        yield identity
        for child in self.catalog.children.get(identity, ()):
            if not self.stands_at_top(self.registry[child.kind]):
                yield from self.belongings(child)
        yield from self._absorbed.get(identity, ())

    def entry(self, identity: Identity, without: frozenset[Identity] = frozenset()) -> Entry:
        """Write an object with all that nests in it, except for what is said elsewhere."""
        obj = self.catalog.objects[identity]
        kind = self.registry[identity.kind]
        # What is in a schema may have to stand outside of it: its key names the schema then.
        schema = schema_of(obj) if self._holders.intersection(kind.within) else None
        style = self._style(schema or PUBLIC)
        value = self._value(identity, style, without)
        return Entry(identity, kind, schema, kind.yaml_key(obj, style), value)

    def _style(self, schema: str) -> FileStyle:
        if schema not in self._styles:
            self._styles[schema] = FileStyle(schema, self._names)
        return self._styles[schema]

    def _value(
        self, identity: Identity, style: FileStyle, without: frozenset[Identity]
    ) -> YamlValue:
        obj = self.catalog.objects[identity]
        kind = self.registry[identity.kind]
        nested: Nested = defaultdict(dict)
        attached: dict[str, YamlValue] = {}
        together: dict[str, list[DbObject]] = defaultdict(list)
        for child in self._children(identity, without):
            beneath = self.registry[child.kind]
            key = beneath.yaml_key(self.catalog.objects[child], style)
            if beneath.attached and not key:
                together[beneath.name].append(self.catalog.objects[child])
            else:
                value = self._value(child, style, without)
                nested[beneath.attached or beneath.section or beneath.name][key] = value
        for each in self._absorbed.get(identity, ()):
            nested[each.kind][each.name] = self._value(each, style, without)
        for name, objects in {**together, **self._told.get(identity, {})}.items():
            told = self.registry[name]
            if (value := told.attached_yaml(objects, style)) is not None:
                attached[told.attached] = value
        found = kind.to_yaml(obj, dict(nested), style)
        if not attached:
            return found
        long = kind.long_form(found)
        return {**attached, **long} if self.stands_at_top(kind) else {**long, **attached}

    def _children(self, identity: Identity, without: frozenset[Identity]) -> Iterable[Identity]:
        children = [
            c
            for c in self.catalog.children.get(identity, ())
            if c not in without
            and c.kind not in self._keeping
            and not self.stands_at_top(self.registry[c.kind])
        ]
        objects = self.catalog.objects
        return sorted(
            children,
            key=lambda c: (
                self.registry[c.kind].order,
                self.registry[c.kind].written_order(objects[c]),
            ),
        )
