"""docs/coverage.md: what a plan does about each attribute of a kind, and the cases that prove it.

What a case changes is not guessed from its name: its `before.sql` and `after.sql` are run on an
embedded server, each in a transaction that is rolled back, and the two catalogs are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemadiff.cli.docs_markdown import code, table
from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import ObjectKind
from schemadiff.core.object import DbObject, attributes, changed_attributes
from schemadiff.core.request import Unread
from schemadiff.kinds import EVERY

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection

SHOWN = 4  # cases beside an attribute

HEAD = """\
# Coverage

<!-- Written by `make docs` from the registry and the test cases; do not edit. -->

Every kind of object that schemadiff manages, and every attribute of it that is compared. A case is
a folder of `tests/cases/`; each is run on a real server, forwards and backwards, against a database
that was made by hand and `pg_dump` (CONTRIBUTING.md). *Set in* names cases in which an object with
the attribute is there, *changed in* those in which the attribute of an existing object changes;
both were observed on PostgreSQL {major}. Since every case also runs backwards, what creates proves
a drop as well. The numbers are cases, in the folders of all kinds. *Since* is the first version of
PostgreSQL that has an attribute; without a number it is 14 or older. An older server is told in
time: SD079, before anything runs.

"""


@dataclass
class Seen:
    """What the cases do to one kind."""

    created: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    set: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def coverage_page(cases: Path) -> str:
    """Give the page; starts an embedded server, SchemaDiffError where there is none."""
    from schemadiff.catalog.binaries import find_binaries
    from schemadiff.catalog.embedded import ephemeral_server
    from schemadiff.catalog.session import connect

    folders = sorted(p.parent for p in cases.glob("*/*/desired.yaml"))
    seen: dict[str, Seen] = defaultdict(Seen)
    binaries = find_binaries()
    with ephemeral_server(binaries) as server:
        connection = connect(server.ensure_database("coverage"))
        try:
            unseen = [
                f"{folder.parent.name}/{folder.name}"
                for folder in folders
                if not _note(folder, connection, seen)
            ]
        finally:
            connection.close()
    rows = [_kind_row(kind, seen[kind.name]) for kind in EVERY]
    head = ("kind", "created", "altered", "dropped", "can be renamed", "unchanged")
    parts = [HEAD.format(major=binaries.version), table(head, rows)]
    parts += [_section(kind, seen[kind.name], folders) for kind in EVERY]
    parts.append(_gaps(seen, unseen))
    return "".join(parts)


# --- looking ---------------------------------------------------------------------------------


def _note(folder: Path, connection: Connection[Any], seen: dict[str, Seen]) -> bool:
    """Compare what a case begins with and what it ends with; False where it cannot run here."""
    name = f"{folder.parent.name}/{folder.name}"
    before = _look(folder / "before.sql", connection)
    after = _look(folder / "after.sql", connection)
    if before is None or after is None:
        return False
    for identity in {*before.objects, *after.objects}:
        old, new = before.get(identity), after.get(identity)
        here = seen[identity.kind]
        there = new if new is not None else old
        assert there is not None
        for attribute in given(there):
            here.set[attribute].append(name)
        if old is None or new is None:
            (here.created if old is None else here.dropped).append(name)
        elif changed := changed_attributes(old, new):
            here.altered.append(name)
            for attribute in changed:
                here.changed[attribute].append(name)
        else:
            here.kept.append(name)
    return True


def _look(file: Path, connection: Connection[Any]) -> Catalog | None:
    """Read what a script makes, and undo it; None for what this server cannot run."""
    from schemadiff.catalog.inspector import inspect

    try:
        connection.execute("BEGIN")
        if text := file.read_text(encoding="utf-8").strip():
            connection.execute(text.encode())
        connection.execute("SET LOCAL search_path = ''")
        return inspect(connection, EVERY).catalog
    except Exception:  # noqa: BLE001  the driver's, which this layer does not import
        return None
    finally:
        connection.execute("ROLLBACK")


def given(obj: DbObject) -> Iterable[str]:
    """Name the attributes that do not have the value that nobody wrote."""
    for each in fields(obj):
        if each.name in attributes(type(obj)):
            value = getattr(obj, each.name)
            default = None if each.default is MISSING else each.default
            if value != default and (default or value not in (None, False, (), "")):
                yield each.name


# --- writing ---------------------------------------------------------------------------------


def _gaps(seen: dict[str, Seen], unseen: list[str]) -> str:
    """Name what no case was seen to change, but what no server keeps, or nobody can ask for."""
    never = [
        f"- {kind.name.replace('_', ' ')}: {', '.join(map(code, names))}\n"
        for kind in EVERY
        if not isinstance(kind, Unread)
        and not kind.transient
        and (
            names := sorted(
                set(kind.alters | kind.replaces)
                - kind.forgotten
                - {a for a, c in seen[kind.name].changed.items() if c}
            )
        )
    ]
    parts = [
        "\n## What is not shown here\n\nNo case was seen to change, of an object that stays:\n\n"
    ]
    parts += never or ["- nothing\n"]
    if unseen:
        listed = ", ".join(map(code, unseen))
        parts.append(
            f"\nCases that the server of this page cannot run, and others can: {listed}.\n"
        )
    return "".join(parts)


def _kind_row(kind: ObjectKind, seen: Seen) -> tuple[str, ...]:
    counts = (seen.created, seen.altered, seen.dropped)
    renames = "yes" if _can_be_renamed(kind) else ""
    numbers = [str(len(set(c))) if c else "" for c in counts]
    title = kind.name.replace("_", " ")
    return (
        f"[{title}](#{kind.name.replace('_', '-')})",
        *numbers,
        renames,
        str(len(set(seen.kept))) if seen.kept else "",
    )


def _section(kind: ObjectKind, seen: Seen, folders: list[Path]) -> str:
    title = kind.name.replace("_", " ")
    parts = [f"\n## {title}\n\n{_behaviour(kind)}\n"]
    names = attributes(kind.model)
    if names:
        rows = [
            (
                code(a),
                _since(kind, a),
                _change(kind, a),
                _cases(seen.set[a], kind),
                _cases(seen.changed[a], kind),
            )
            for a in sorted(names)
        ]
        parts.append("\n" + table(("attribute", "since", "a change", "set in", "changed in"), rows))
    own = [_listed(f) for f in folders if f.parent.name == kind.name]
    if own:
        parts.append(f"\nCases: {', '.join(own)}.\n")
    return "".join(parts)


def _listed(folder: Path) -> str:
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    needs = re.findall(r"^min_server: (\d+)", text, re.MULTILINE)
    said = [f"PostgreSQL {since}" for since in needs]
    said += re.findall(r"^extensions: \[(.+)\]", text, re.MULTILINE)
    return code(folder.name) + (f" ({', '.join(said)})" if said else "")


def _behaviour(kind: ObjectKind) -> str:
    """Say in a sentence what is special about a kind."""
    if isinstance(kind, Unread):
        return "Read on request: only where the files list rows. The cases compare the rows too."
    said = []
    if kind.section:
        where = ["a file" if w == "" else w.replace("_", " ") for w in kind.within]
        said.append(f"`{kind.section}:` in {', '.join(where)}.")
    if _can_be_renamed(kind):
        said.append("Can be renamed.")
    if kind.holds_data:
        said.append("Holds data: never dropped and made again for another's sake.")
    if kind.comment_on:
        said.append("Can have a comment.")
    return " ".join(said) or "It has no section of its own: other objects say it."


def _can_be_renamed(kind: ObjectKind) -> bool:
    return kind.spec is not None and "renamed_from" in kind.spec.model_fields


def _change(kind: ObjectKind, attribute: str) -> str:
    if attribute in kind.alters:
        return "altered in place"
    if attribute in kind.replaces:
        return "dropped and made again"
    return f"not compared: {kind.ignored[attribute]}"


def _since(kind: ObjectKind, attribute: str) -> str:
    """Give the version that brought an attribute, nothing for what 14 has already."""
    return str(kind.since[attribute]) if attribute in kind.since else ""


def _cases(names: Iterable[str], kind: ObjectKind) -> str:
    """Name some cases, those of the kind itself first."""
    prefix = f"{kind.name}/"
    ordered = sorted(set(names), key=lambda n: (not n.startswith(prefix), n))
    shown = [code(n.removeprefix(prefix)) for n in ordered[:SHOWN]]
    more = [f"{len(ordered) - SHOWN} more"] if len(ordered) > SHOWN else []
    return ", ".join([*shown, *more])
