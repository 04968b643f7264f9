"""A new file of YAML: its header, its sections in their order, its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, Final

from schemadiff.core.kind import Registry
from schemadiff.spec.emit import entry as emit_entry
from schemadiff.spec.emit import mapping, scalar
from schemadiff.spec.entries import Entry
from schemadiff.spec.layout import PUBLIC

JSON_SCHEMA: Final = "schemadiff.schema.json"
STEP: Final = 2


def new_page(
    path: PurePosixPath, schema: str, entries: list[Entry], registry: Registry, mixins: Any = None
) -> str:
    """Write a whole file; what lives in another schema than the file's is nested."""
    up = "../" * (len(path.parts) - 1) or "./"
    lines = [f"# yaml-language-server: $schema={up}{JSON_SCHEMA}"]
    if schema != PUBLIC:
        lines.append(f"schema: {scalar(schema)}")
    lines.append("")
    if mixins:
        lines += [*emit_entry("mixins", mixins), ""]
    lines += content(entries, schema, registry, 0)
    return "\n".join(lines) + "\n"


def content(entries: Iterable[Entry], schema: str, registry: Registry, indent: int) -> list[str]:
    """Write the sections of a file, or of a schema inside of one."""
    own: list[Entry] = []
    others: dict[str, list[Entry]] = defaultdict(list)
    container = container_section(registry)
    for each in entries:
        if each.schema not in (None, schema):
            others[str(each.schema)].append(each)
        elif each.kind.section == container:
            others[each.key].append(each)
        else:
            own.append(each)
    blocks = sections(own, indent)
    if others:
        block = [f"{' ' * indent}{container}:"]
        for position, name in enumerate(sorted(others)):
            block += [""] if position else []
            block += nested_schema(name, others[name], registry, indent + STEP)
        blocks.append(block)
    return _spaced(blocks)


def nested_schema(name: str, entries: list[Entry], registry: Registry, indent: int) -> list[str]:
    """Write a schema with all that lives in it."""
    head = f"{' ' * indent}{scalar(name)}:"
    container = container_section(registry)
    own = [e.value for e in entries if e.schema is None and e.kind.section == container]
    inside = [e for e in entries if e.schema is not None]
    if not inside and not any(own):
        return [f"{head} {{}}"]
    lines = [head]
    for value in own:
        assert isinstance(value, dict)
        lines += mapping(value, indent + STEP)
    return lines + content(inside, name, registry, indent + STEP)


def sections(entries: list[Entry], indent: int) -> list[list[str]]:
    """Write the entries under the keys of their sections, one block for each."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for each in sorted(entries, key=lambda e: e.order):
        found[each.kind.section].append(each)
    return [section(name, each, indent) for name, each in found.items()]


def section(name: str, entries: list[Entry], indent: int) -> list[str]:
    """Write one section; a list of names where no entry says more."""
    if all(e.kind.unnamed and e.value == {} for e in entries):
        return emit_entry(name, [e.key for e in entries], indent)
    if entries[0].kind.single:
        return emit_entry(name, entries[0].value, indent)
    blocks = [lines_of(e, indent + STEP) for e in entries]
    return [f"{' ' * indent}{name}:", *_spaced(blocks, only_long=True)]


def lines_of(each: Entry, indent: int) -> list[str]:
    """Write one entry."""
    return emit_entry(each.key, each.value, indent)


def container_section(registry: Registry) -> str:
    """Give the section whose entries hold what else stands at the top level (schemas)."""
    for kind in registry:
        if any("" in inner.within for inner in registry.within(kind.name)):
            return kind.section
    return ""


def _spaced(blocks: list[list[str]], *, only_long: bool = False) -> list[str]:
    """Join blocks with empty lines between them, or only around those of several lines."""
    found: list[str] = []
    before = 0
    for block in blocks:
        if found and (not only_long or max(before, len(block)) > 1):
            found.append("")
        found += block
        before = len(block)
    return found
