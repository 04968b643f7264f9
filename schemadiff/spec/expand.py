"""Specs of all files to raw objects: what the user wrote, one object per thing.

The place of a thing in files means nothing. What has no name of its own is expanded last, when
every given name is known, because PostgreSQL chooses around the names that are taken.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.kind import ObjectKind, Registry, overriding
from schemadiff.core.lexer import LexError, code
from schemadiff.core.names import ONE_OF_A_TABLE
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.core.request import OnRequest
from schemadiff.core.spec_model import SpecModel
from schemadiff.core.sql import ident
from schemadiff.core.sqlname import parse_name
from schemadiff.spec.at import Asking, Placed, Where
from schemadiff.spec.beside import NOTHING, Beside
from schemadiff.spec.document import Document, Models, said_of
from schemadiff.spec.mould import Moulds
from schemadiff.spec.names import complain, is_name
from schemadiff.spec.result import Item as _Item
from schemadiff.spec.result import Spec
from schemadiff.spec.section import UNNAMED

__all__ = ["Expansion", "Known", "Spec"]

Known = Mapping[str, frozenset[tuple[str, str]]]


def _declared_name(key: str, space: str) -> str:
    """Give the name in a key: the key itself, or what stands before the arguments."""
    if space in ("relation", "type"):
        return key
    if key.startswith('"'):
        try:
            return code(key)[0].value
        except LexError:
            return key
    return key.partition("(")[0].strip()


def _turn(item: _Item) -> tuple[bool, int, tuple[str, ...]]:
    """Say when one that waits is expanded: wherever two things stand, they choose in one order."""
    kind, unnamed = item.kind, item.name is None
    chooses = unnamed and (kind.unnamed or kind.single or kind.spaces)
    path = item.parent.identity.path if chooses and item.parent is not None else ()
    return (unnamed, kind.order, path)


@dataclass
class Expansion:
    """One run over all documents; `wrong` collects every mistake."""

    registry: Registry
    models: Models
    root: Path
    known: Known
    whole: bool = True  # whether the files speak of everything, and nothing is out of scope
    beside: Beside = NOTHING  # what the other files say, where these are not all
    wrong: list[Diagnostic] = field(default_factory=list)
    objects: dict[Identity, DbObject] = field(default_factory=dict)
    sources: dict[Identity, Where] = field(default_factory=dict)
    renames: dict[Identity, Identity] = field(default_factory=dict)
    taken: MutableMapping[tuple[str, str, str], Identity] = field(default_factory=dict)
    mixins: dict[str, tuple[Any, Where]] = field(default_factory=dict)
    spoken: set[tuple[str, Identity]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)  # (space, name) of the server
    bodies: dict[str, str] = field(default_factory=dict)  # files beside the YAML -> digest
    questions: dict[Identity, DbObject] = field(default_factory=dict)
    declared: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    unclear: set[str] = field(default_factory=set)  # types of which only a server will know
    homes: dict[str, str | None] = field(default_factory=dict)  # what brings types: its schema
    _late: list[_Item] = field(default_factory=list)
    _implied: list[tuple[Identity, Mapping[str, Any]]] = field(default_factory=list)
    _made: dict[tuple[str, str], SpecModel] = field(default_factory=dict)
    _moulds: Moulds = field(default_factory=Moulds)
    types: dict[tuple[str, str], str] = field(default_factory=dict)
    by_parent: dict[tuple[Identity, str], list[Identity]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def run(self, documents: list[Document]) -> Spec:
        """Expand everything and give the raw catalog."""
        self._attached = [k for k in self.registry if k.attached]
        self._attachable = frozenset(k.attached for k in self._attached)
        self._nested = {k.name: self.registry.within(k.name) for k in self.registry}
        self._top = self.registry.within("")
        self._implying = overriding(self.registry, "implies")
        self.occupying = overriding(self.registry, "occupies")
        self._by_section = {
            within: {k.section: (n, k) for n, k in enumerate(kinds)}
            for within, kinds in (("", self._top), *self._nested.items())
        }
        top = {k.section for k in self._top}
        self._holders = frozenset(
            name for name, kinds in self._nested.items() if any(k.section in top for k in kinds)
        )
        if self.beside is not NOTHING:
            self.taken = ChainMap(self.taken, self.beside.taken)  # type: ignore[arg-type]  # read
            for identity, above in self.beside.parents():
                self.by_parent[above, identity.kind].append(identity)
        for document in documents:
            self._declare(document)
        for document in documents:
            schema = document.model.schema_  # type: ignore[attr-defined]
            where = Where(document, (), schema)
            for item in self._sections(document.model, "", None, where):
                self.expand(item)
        while self._late:
            waiting = sorted(self._late, key=_turn)
            self._late = []
            for item in waiting:
                self.expand(item)
        self._finish()
        spoken = frozenset(self.spoken)
        return Spec(
            Catalog(self.objects),
            self.renames,
            self.sources,
            spoken,
            self.questions,
            unclear=frozenset(self.unclear),
        )

    # --- before: what is declared anywhere ---------------------------------------------------

    def _declare(self, document: Document) -> None:
        schema = document.model.schema_  # type: ignore[attr-defined]
        for name, mixin in getattr(document.model, "mixins", {}).items():
            where = Where(document, ("mixins", name), schema)
            if name in self.mixins:
                other = self.mixins[name][1].place()
                self.report("SD020", f"mixin {name} is also defined at {other}", "keep one", where)
            self.mixins[name] = (mixin, where)
        self._declare_in(document.model, "", schema)

    def _declare_in(self, model: Any, within: str, schema: str) -> None:
        for kind in self._given(model, within):
            section = getattr(model, kind.section, None)
            if not section or kind.single:
                continue
            for name, spec in section.items():
                called = None if name.startswith(UNNAMED) else name
                self.homes.update(kind.home(called, spec))
                for space in kind.spaces:
                    self.declared[space].add((schema, _declared_name(name, space)))
                self.declared["type"].update(kind.types_beside(schema, name, spec))
                if kind.name in self._recursive():
                    self._declare_in(spec, kind.name, name)

    def _recursive(self) -> frozenset[str]:
        """Name the kinds within which top-level sections stand (schemas)."""
        return self._holders

    # --- walking -----------------------------------------------------------------------------

    def _sections(
        self, model: Any, within: str, parent: DbObject | None, where: Where
    ) -> Iterator[_Item]:
        for kind in self._given(model, within):
            section = getattr(model, kind.section, None)
            if not section:
                continue
            if kind.single:
                yield _Item(kind, None, section, parent, where.at(kind.section))
                continue
            for key, spec in section.items():
                name = None if key.startswith(UNNAMED) else key
                yield _Item(kind, name, spec, parent, where.at(kind.section, key))

    def _given(self, model: SpecModel, within: str) -> list[ObjectKind]:
        """Give the kinds whose sections a model was given, in their order: of many, a few."""
        known = self._by_section[within]
        given = [known[name] for name in model.model_fields_set if name in known]
        return [kind for _, kind in sorted(given, key=itemgetter(0))]

    def expand(self, item: _Item) -> None:
        """Expand one spec and what nests in it, or cast what an equal one has made."""
        if not (item.kind.repeats and self._moulds.serve(self, item)):
            self.expand_anew(item)

    def expand_anew(self, item: _Item) -> None:
        """Expand one spec and what nests in it."""
        at = Placed(self, item.kind, item.name, item.parent, item.where)
        spec = item.spec
        parent: DbObject | None = None
        try:
            for obj in item.kind.expand(spec, at):
                parent = parent or obj
                self._add(item.kind, obj, item.where, at)
        except Asking:
            return
        except LexError as error:
            at.fail("SD035", f"a text here is no SQL: {error.message}", "close it")
            return
        if parent is None or not isinstance(spec, SpecModel):
            return
        said = spec.model_fields_set
        if "renamed_from" in said and (old := spec.renamed_from) is not None:  # type: ignore[attr-defined]
            self._renamed(item.kind, parent, old, at)
        for kind in self._attached if said & self._attachable else ():
            value = getattr(spec, kind.attached, None)
            if kind.keeps and value is not None:
                self.spoken.add((kind.name, parent.identity))
            if value:
                self.queue(_Item(kind, None, value, parent, item.where.at(kind.attached)))
        self._expand_nested(item, spec, parent)

    def _expand_nested(self, item: _Item, spec: SpecModel, parent: DbObject) -> None:
        if not self._nested[item.kind.name]:
            return
        where = item.where
        if item.kind.name in self._recursive():
            where = Where(where.document, where.path, item.name or where.schema)
        own: set[tuple[str, str | None]] = set()
        for nested in self._sections(spec, item.kind.name, parent, where):
            own.add((nested.kind.name, nested.name))
            self.queue(nested)
        mixins = spec.mixins if "mixins" in spec.model_fields_set else ()  # type: ignore[attr-defined]
        for index, name in enumerate(mixins):
            if name not in self.mixins:
                hint = f"known mixins: {', '.join(sorted(self.mixins)) or 'none'}"
                self.report("SD021", f"there is no mixin {name!r}", hint, where.at("mixins", index))
                continue
            mixin, origin = self.mixins[name]
            place = Where(origin.document, origin.path, where.schema)
            for nested in self._sections(mixin, item.kind.name, parent, place):
                if nested.name is not None:
                    nested.name = nested.name.replace("{table}", parent.identity.name)
                if nested.name is None or (nested.kind.name, nested.name) not in own:
                    own.add((nested.kind.name, nested.name))
                    self.queue(nested)

    def queue(self, item: _Item) -> None:
        """Expand now, or at the end where a name has to be chosen."""
        # A constraint's name may depend on the columns, so constraints and indexes come last.
        kind = item.kind
        unnamed = item.name is None and (kind.keeps or kind.spaces)
        if kind.unnamed or kind.late or kind.single or unnamed:
            self._late.append(item)
        else:
            self.expand(item)

    def child(
        self, kind: ObjectKind, parent: DbObject, name: str | None, spec: object, where: Where
    ) -> None:
        """Expand a part of a spec that belongs to another kind."""
        model = kind.spec
        if model is not None and not isinstance(spec, model):
            key = (kind.name, repr(spec))
            try:
                if key not in self._made:
                    made = self.models.spec(kind).model_validate(spec)
                    self._made[key] = made
                spec = self._made[key]
            except ValidationError as error:
                for each in error.errors(include_url=False):
                    self.report("SD013", *said_of(each), where)
                return
        item = _Item(kind, name, spec, parent, where)
        self.queue(item)

    @property
    def marks(self) -> tuple[int, ...]:
        """Count what an expansion may leave beside its objects."""
        return (len(self.wrong), len(self._late), len(self._implied), len(self.renames))

    def find(self, identity: Identity) -> DbObject | None:
        """Give an object that was expanded, or that the other files speak of."""
        return self.objects.get(identity) or self.beside.objects.get(identity)

    # --- results -----------------------------------------------------------------------------

    def _add(self, kind: ObjectKind, obj: DbObject, where: Where, at: Placed) -> None:
        identity = obj.identity
        sources = self.sources
        if identity in sources:
            other = sources[identity]
            message = f"{identity} is also defined at {other.place()}"
            at.fail("SD022", message, "keep one of them, or give one another name")
            return
        for taken in kind.occupies(obj):
            self._take(taken, identity, at)
        if not is_name(identity.path):
            complain(identity, at)
        sources[identity] = where
        if isinstance(kind, OnRequest):
            self.questions[identity] = obj
            return
        self.objects[identity] = obj
        if (above := obj.parent) is not None:
            self.by_parent[above, identity.kind].append(identity)
        if kind.name in self._implying:
            self._implied.extend(kind.implies(obj))

    def _take(self, taken: tuple[str, str, str], identity: Identity, at: Placed) -> None:
        space, schema, name = taken
        holder = self.taken.get(taken, identity)
        self.taken[taken] = identity
        if holder == identity or space == "constraint":
            return
        if space == ONE_OF_A_TABLE:
            message = f"{schema}.{name} has a {space} already: {holder}"
            at.fail("SD022", message, "keep one of them; its columns can be several")
            return
        message = f"the name {schema}.{name} is taken by {holder}"
        at.fail("SD023", message, f"{space}s of a schema share one set of names; rename one")

    def _renamed(self, kind: ObjectKind, obj: DbObject, old: str, at: Placed) -> None:
        try:
            old = kind.former_name(old)
            names = parse_name(old) if "." in old or '"' in old else (old,)
        except (LexError, ValueError) as error:
            hint = f"write the old name; one with a dot in double quotes: '{ident(old)}'"
            at.fail("SD026", f"renamed_from: {error}", hint, "renamed_from")
            return
        self.renames[obj.identity] = kind.former(obj.identity, names)

    def _finish(self) -> None:
        for identity, values in self._implied:
            if identity in self.objects:
                self.objects[identity] = replace(self.objects[identity], **values)
        missing = {above for above, _ in self.by_parent if self.find(above) is None}
        for obj in list(self.objects.values()) if missing else ():
            above = obj.parent
            if above is None or self.find(above) is not None:
                continue
            made = self.registry[above.kind].implicit(above)
            if made is None:
                message = f"{obj.identity} needs {above}, which is not declared"
                hint = "declare it, or take out what needs it"
                self.report("SD027", message, hint, self.sources[obj.identity])
            else:
                self.objects[above] = made
        catalog = Catalog({**self.beside.objects, **self.objects})
        self._check(catalog)
        settling = overriding(self.registry, "settle")
        for identity, obj in list(self.objects.items()):
            if identity.kind in settling:
                settled = self.registry.of(obj).settle(obj, catalog)
                if settled is not obj:
                    self.objects[identity] = settled

    def _check(self, catalog: Catalog) -> None:
        """Ask the kinds what is wrong with all of it together."""
        asked: dict[str, Checked] = {k.name: k for k in self.registry if isinstance(k, Checked)}
        for identity, obj in self.objects.items():
            if identity.kind in asked:
                kind = asked[identity.kind]
                lacking = kind.lacks(obj, catalog) if self.whole else ()
                for fault in (*kind.faults(obj, catalog), *lacking):
                    first = min(catalog.children.get(identity, ()), default=identity)
                    where = self.sources.get(identity) or self.sources[first]
                    self.report(fault.code, fault.message, fault.hint, where)

    def report(self, code: str, message: str, hint: str, where: Where) -> None:
        """Keep a mistake with its place."""
        self.wrong.append(Diagnostic(code=code, message=message, hint=hint, place=where.place()))
