"""The contract of a kind of object, and the registry of them.

Nothing outside `kinds/` and the composition root knows a kind by name: every stage receives the
registry as an argument and asks the kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import islice, product
from typing import Any, ClassVar

from schemadiff.core.asking import At, Style
from schemadiff.core.calling import CallingKind
from schemadiff.core.catalog import Catalog
from schemadiff.core.circles import CircularKind
from schemadiff.core.hazard_kind import HazardKind
from schemadiff.core.identity import Identity
from schemadiff.core.keeping import KeepingKind
from schemadiff.core.moving import MovingKind
from schemadiff.core.names import Names
from schemadiff.core.naming import NamingKind
from schemadiff.core.object import DbObject, plain_value
from schemadiff.core.operation import Operation
from schemadiff.core.preflight import PreflightKind
from schemadiff.core.present import PresentKind
from schemadiff.core.privileged import PrivilegedKind
from schemadiff.core.probing import ProbedKind
from schemadiff.core.record import record, replace
from schemadiff.core.sizes import Sizes
from schemadiff.core.spec_model import SpecModel
from schemadiff.core.succession import SuccessionKind

__all__ = [
    "Address",
    "At",
    "Context",
    "ObjectKind",
    "Registry",
    "Row",
    "Style",
    "YamlValue",
    "overriding",
]

Row = Sequence[Any]
_MIXES = 64  # forms between two of one object; more are one statement that sets many options
Address = tuple[str, int, int]
YamlValue = str | int | bool | None | dict[str, Any] | list[Any]


@record(frozen=True, slots=True)
class Context:
    """What a kind may look at while it makes operations: both sides and the server's version."""

    current: Catalog
    desired: Catalog
    version: int
    registry: Registry
    raw: bool = False  # texts are the user's own, not yet the server's
    # What is made anew under the data that uses it, and under which name the old one waits.
    put_away: Mapping[Identity, Identity] = field(default_factory=dict)
    by_text: frozenset[Identity] = frozenset()  # types whose values wait as texts, for it cannot
    replaced: frozenset[Identity] = frozenset()  # what goes and comes back in this plan
    sizes: Sizes = field(default_factory=Sizes)
    online: bool = False  # whether tables in use are to be spared, at the price of more statements
    rebuilding: bool = False  # an object goes and comes back for another's sake, in one transaction
    former: Mapping[Identity, Identity] = field(default_factory=dict)  # by what renames make of it
    memo: dict[str, Any] = field(default_factory=dict, compare=False)  # found out once per plan

    def busy(self, obj: DbObject) -> bool:
        """Tell whether an object's table may have rows and users, and both are to be spared."""
        size = self.sizes.known.get(obj.identity.path[:2]) if self.online else None
        return size is not None and not size.empty


class ObjectKind(
    CircularKind,
    NamingKind,
    MovingKind,
    SuccessionKind,
    HazardKind,
    KeepingKind,
    PreflightKind,
    CallingKind,
    PresentKind,
    PrivilegedKind,
    ProbedKind,
    ABC,
):
    """Everything schemadiff knows about one kind of object.

    Each compared attribute of `model` stands in exactly one of `alters` (altered in place),
    `replaces` (needs a drop and a create) and `ignored` (with the reason).
    """

    name: ClassVar[str]
    order: ClassVar[int]
    model: ClassVar[type[DbObject]]
    classid: ClassVar[str] = "pg_class"
    section: ClassVar[str] = ""
    within: ClassVar[tuple[str, ...]] = ("", "schema")  # "" is the top level of a file
    single: ClassVar[bool] = False  # the section is one spec, not a mapping of names
    spec: ClassVar[type[SpecModel] | None] = None
    alters: ClassVar[frozenset[str]] = frozenset()
    replaces: ClassVar[frozenset[str]] = frozenset()
    ignored: ClassVar[Mapping[str, str]] = {}
    texts: ClassVar[frozenset[str]] = frozenset()  # attributes that hold SQL: the server judges
    opaque: ClassVar[frozenset[str]] = frozenset()  # those whose words name nothing: a comment
    learned: ClassVar[frozenset[str]] = frozenset()  # compared by nobody: only the server knows it
    harmless: ClassVar[frozenset[str]] = frozenset()  # no value that the reader takes is wrong
    dubious: ClassVar[bool] = False  # its name alone may be wrong: it holds types, or a method
    shadow_only: ClassVar[bool] = False  # cannot be asked as a temporary object
    unnamed: ClassVar[bool] = False  # the section may be a list of unnamed items
    late: ClassVar[bool] = False  # expanded when everything that is declared is known
    renames_by_content: ClassVar[bool] = False  # equal content under another name is a rename
    repeats: ClassVar[bool] = False  # equal specs in equal schemas expand alike, but for the name
    brings: ClassVar[bool] = False  # brings objects of its own, which no dependency can name
    essential: ClassVar[bool] = False  # goes wherever its parent goes, also into a shadow
    sorts: ClassVar[bool] = False  # says in which order the parts of its parent stand
    holds_data: ClassVar[bool] = False  # never dropped and made again to rebuild a dependent
    spaces: ClassVar[frozenset[str]] = frozenset()  # where names live: "relation", "type" …
    file: ClassVar[str] = ""  # where `pull` writes it, `{name}` is the object's; else the section
    shown: ClassVar[int] = 0  # the place of the section in a file, where it is not the order
    attached: ClassVar[str] = ""  # the key of every spec that makes one of these beside its object
    transient: ClassVar[bool] = False  # goes, unless an operation provides it to go on with it
    name_part: ClassVar[int] = -1  # which part of the path is the name that a rename changes
    unready: ClassVar[Mapping[str, Any]] = {}  # attributes of what is made but not yet valid
    fleeting: ClassVar[bool] = False  # away for a moment as what it is said of is made anew
    is_role: ClassVar[bool] = False  # its objects are roles, for others to name
    manage: ClassVar[str] = ""  # the word under `manage:` of the config without which it is no kind
    left_open: ClassVar[frozenset[str]] = frozenset()  # None is whatever the server says
    forgotten: ClassVar[frozenset[str]] = frozenset()  # told to the server, which may not keep it
    since: ClassVar[Mapping[str, int]] = {}  # the server's version that brought an attribute
    comment_on: ClassVar[str] = ""  # the words of COMMENT ON, empty where there is none

    @property
    def built(self) -> bool:
        """Tell whether a scratch database can have it: not owners, nor the cluster's things."""
        return not (self.keeps or self.manage)

    # --- the live server -------------------------------------------------------------------

    @abstractmethod
    def catalog_sql(self, version: int) -> str:
        """Give the one query that reads all of them; `{namespaces}` restricts the alias `n`.

        The first column is the OID by which pg_depend knows the object.
        """

    @abstractmethod
    def read(self, row: Row, names: Names) -> DbObject | None:
        """Make the object of a row, or None for what is not ours."""

    def address(self, row: Row) -> Address:
        """Give the pg_depend address of a row."""
        return (self.classid, row[0], 0)

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: Any, at: At) -> Iterable[DbObject]:
        """Make the objects of a spec."""
        raise NotImplementedError(self.name)

    def implies(self, obj: DbObject) -> Iterable[tuple[Identity, Mapping[str, Any]]]:
        """Say what an object sets on others (a primary key makes its columns NOT NULL)."""
        del obj
        return ()

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Give a desired object as this server tells it, None for what goes without saying."""
        del desired, current, names
        return obj

    def roles(self, obj: DbObject) -> Iterable[str]:
        """Name the roles that have to exist on the server."""
        del obj
        return ()

    def newer(self, obj: DbObject, version: int) -> Iterable[tuple[str, int]]:
        """Name what the object says that a server of this version does not know, and since when."""
        for name, since in self.since.items():
            if version < since * 10000 and getattr(obj, name) != plain_value(type(obj), name):
                yield name, since

    def tablespaces(self, obj: DbObject) -> Iterable[str]:
        """Name the tablespaces that have to exist on the server."""
        del obj
        return ()

    def attached_yaml(self, objects: Sequence[DbObject], style: Style) -> YamlValue:
        """Give the value of the attached key for all that one object has; None for no key."""
        return self.to_yaml(objects[0], {}, style)

    def implicit(self, identity: Identity, among: Catalog | None = None) -> DbObject | None:
        """Make the object that others may presuppose without declaring it (a schema), or None."""
        del identity, among
        return None

    def former(self, identity: Identity, names: tuple[str, ...]) -> Identity:
        """Give the identity under an older name; two names are a schema and a name."""
        path = list(identity.path)
        path[self.name_part] = names[-1]
        if len(names) > 1:
            path[0] = names[0]
        return Identity(identity.kind, tuple(path))

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Fill in what only the whole desired catalog tells: the key a reference leaves out."""
        del catalog
        return obj

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Take over from the live object what the YAML leaves to the server."""
        del current
        return raw

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Give the key under which the YAML holds an object (of a routine: its signature)."""
        del style
        return obj.identity.path[self.name_part]

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Give the YAML of an object with its nested sections; the shortest that loses nothing."""
        raise NotImplementedError(self.name)

    def to_deny(self, catalog: Catalog) -> Iterable[Identity]:
        """Name the objects without any, of which the files say so: new ones would have some."""
        del catalog
        return ()

    def long_form(self, value: YamlValue) -> dict[str, YamlValue]:
        """Give the mapping that a value of `to_yaml` stands for, so that keys can be added."""
        assert self.spec is not None
        long: Any = value if isinstance(value, dict) else self.spec.shorthand(value)
        return dict(long)

    def absorbed_by(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """Name the object whose YAML implies this one (a serial column its sequence), or None."""
        del obj, catalog
        return None

    def stands_with(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """Name the object beside which a person would look for this one."""
        del obj, catalog
        return None

    def written_order(self, obj: DbObject) -> tuple[int | str, ...]:
        """Give what the objects of a section are sorted by in YAML: name or position."""
        return obj.identity.path

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Give both sides as they are to be compared (what a table has from another it leaves)."""
        return current, desired

    # --- DDL -------------------------------------------------------------------------------

    @abstractmethod
    def create(self, new: Any, context: Context) -> Iterable[Operation]:
        """Make the operations that create an object."""

    @abstractmethod
    def drop(self, old: Any, context: Context) -> Iterable[Operation]:
        """Make the operations that drop an object."""

    def alter(
        self,
        old: Any,
        new: Any,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """Make the operations that bring the changed attributes from old to new."""
        raise NotImplementedError(f"{self.name}: {sorted(changed)}")

    def swap(self, old: Any, new: Any, context: Context) -> Iterable[Operation] | None:
        """Make the operations that replace an object while it is in use; None for drop and create.

        Each says by itself what it requires and provides, and when it still has to run.
        """
        del old, new, context
        return None

    def rename(self, old: Any, new: Any, context: Context) -> Iterable[Operation]:
        """Make the operations that rename (or move) an object."""
        raise NotImplementedError(self.name)

    def stages(self, old: Any, new: Any, changed: frozenset[str]) -> Iterable[DbObject]:
        """Give the forms that an object can have when a plan is stopped between old and new.

        Each changed attribute is as before or as after; `old` is None for what is created.
        """
        if old is None:
            return [replace(new, **self.unready)] if self.unready else []
        names = sorted(changed)
        values = [(getattr(old, n), getattr(new, n)) for n in names]
        mixes = islice(product(*values), _MIXES)
        mixed = [replace(new, **dict(zip(names, mix, strict=True))) for mix in mixes]
        return [*mixed, *(replace(m, **self.unready) for m in mixed if self.unready)]

    def must_replace(self, old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
        """Tell whether the change needs a drop and a create."""
        del old, new, context
        return bool(changed & self.replaces)

    def unsettles(
        self, old: Any, new: Any, changed: frozenset[str], dependent: DbObject, context: Context
    ) -> bool:
        """Tell whether an alteration in place needs a dependent dropped before and made after."""
        del old, new, changed, dependent, context
        return False

    def displaces(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Identity]:
        """Name what else has to go before an alteration in place, though it rests on another."""
        del old, new, changed, context
        return ()

    def known_by_content(self, obj: Any) -> bool:
        """Tell whether equal content under another name means that this object was renamed."""
        del obj
        return self.renames_by_content

    def rebuildable(self, obj: Any, context: Context) -> bool:
        """Tell whether the object may be dropped and made again for another's sake."""
        del obj, context
        return not self.holds_data

    def permanent(self, obj: Any) -> bool:
        """Tell whether the object stays even where nobody mentions it."""
        del obj
        return False

    def alternatives(self, obj: Any, desired: Catalog) -> frozenset[Identity]:
        """Name what an object that says nothing of it could rest on (any key of these columns)."""
        del obj, desired
        return frozenset()

    def differs(self, new: Any) -> str:
        """Give the SQL condition "exists, in another form than `new`", for a replacement."""
        del new
        return ""

    def exists(self, obj: Any) -> str:
        """Give the SQL condition "an object of this identity exists"."""
        del obj
        return ""

    def comment_target(self, obj: Any) -> str:
        """Give what stands between COMMENT ON and IS."""
        return f"{self.comment_on} {obj.identity.sql}"


@record(frozen=True)
class Registry:
    """The kinds in their order."""

    kinds: tuple[ObjectKind, ...]

    @cached_property
    def by_name(self) -> Mapping[str, ObjectKind]:
        """The kinds by name."""
        return {k.name: k for k in self.kinds}

    def __getitem__(self, name: str) -> ObjectKind:
        """Give the kind of that name."""
        return self.by_name[name]

    def __iter__(self) -> Iterator[ObjectKind]:
        """Iterate in order."""
        return iter(self.kinds)

    def of(self, obj: DbObject) -> ObjectKind:
        """Give the kind of an object."""
        return self.by_name[obj.identity.kind]

    def managing(self, words: Collection[str]) -> Registry:
        """Give the kinds that are always managed, and those that the config asks for."""
        return Registry(tuple(k for k in self.kinds if not k.manage or k.manage in words))

    def within(self, kind: str) -> tuple[ObjectKind, ...]:
        """Give the kinds whose section nests in a kind's spec ("" for the top level)."""
        return tuple(k for k in self.kinds if k.section and kind in k.within)


def overriding(registry: Registry, method: str) -> frozenset[str]:
    """Name the kinds that have an answer of their own: the others need not be asked per object."""
    usual = getattr(ObjectKind, method)
    return frozenset(k.name for k in registry if getattr(type(k), method) is not usual)
