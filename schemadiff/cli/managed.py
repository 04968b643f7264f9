"""What is managed only on request (`manage:` in the config), and what of it.

The surprising fact: roles belong to the whole server, where other databases use them. So the word
`roles` alone covers those that the files name and never drops one; a pattern (`roles:app_*`) says
that all roles of such names are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from schemadiff.cli.config_words import KEPT
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import SpecError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.record import replace
from schemadiff.kinds import EVERY, KINDS
from schemadiff.spec.result import Spec


def registry_of(manage: Iterable[str]) -> Registry:
    """Give the kinds that are always managed, and those that the config asks for."""
    words = {each.partition(":")[0].strip() for each in manage}
    return EVERY.managing(words) if words else KINDS


def requested(
    spec: Spec, current: Catalog, manage: Iterable[str], keep: Iterable[str] = ()
) -> Spec:
    """Check that all of a spec was asked for, and say whose absence in it means something.

    Raises SpecError for what the files speak of and the config does not.
    """
    words = tuple(manage)
    registry = registry_of(words)
    others = EVERY.by_name.keys() - registry.by_name.keys()
    wrong = [_not_requested(i, spec) for i in spec.catalog.objects if i.kind in others]
    if wrong:
        raise SpecError(*wrong)
    shared = _shared(registry)
    ours = frozenset(
        (i.kind, registry[i.kind].speaker(o))
        for i, o in current.objects.items()
        if i.kind in shared and _named(i, registry, words)
    )
    kept = frozenset(KEPT[word] for word in keep)
    return replace(spec, spoken=spec.spoken | ours, kept=kept) if ours or kept else spec


def left_out(current: Catalog, manage: Iterable[str], said: Spec | None) -> frozenset[Identity]:
    """Name what `pull` does not write: of a cluster, what neither a pattern nor a file names."""
    words = tuple(manage)
    registry = registry_of(words)
    shared = _shared(registry)
    return frozenset(
        i
        for i in current.objects
        if i.kind in shared
        and registry[i.kind].manage not in words
        and not _named(i, registry, words)
        and (said is None or i not in said.catalog)
    )


def _shared(registry: Registry) -> frozenset[str]:
    """Name the kinds of what belongs to the cluster."""
    return frozenset(k.name for k in registry if k.manage and k.keeps)


def _named(identity: Identity, registry: Registry, words: Iterable[str]) -> bool:
    word = registry[identity.kind].manage
    patterns = (each.partition(":")[2].strip() for each in words if each.startswith(f"{word}:"))
    return any(fnmatchcase(identity.name, p) for p in patterns)


def _not_requested(identity: Identity, spec: Spec) -> Diagnostic:
    kind = EVERY[identity.kind]
    return Diagnostic(
        code="SD037",
        message=f"{identity} is managed only on request",
        hint=f"add it to schemadiff.yaml: manage: [{kind.manage}]",
        place=spec.place(identity),
    )
