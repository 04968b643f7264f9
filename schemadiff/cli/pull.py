"""`schemadiff pull`: the live database, written as YAML."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from schemadiff.cli import options, say
from schemadiff.cli.settings import Flags, Settings, settings_of
from schemadiff.core.record import replace

if TYPE_CHECKING:
    from schemadiff.cli.live import Live
    from schemadiff.core.catalog import Catalog, Unmanaged
    from schemadiff.core.identity import Identity
    from schemadiff.core.kind import Registry
    from schemadiff.spec.result import Spec
    from schemadiff.spec.writer import Previous, Written

SHOWN = 5  # names of one kind

Layout = Annotated[
    str | None,
    typer.Option(
        "--layout",
        metavar="by-table|by-schema|single",
        help="How many files there are.  [default: by-table]",
    ),
]

FIRST = "schema.yaml"
BEGINNING = """\
# yaml-language-server: $schema=./schemadiff.schema.json
schema: public

# The database is empty. Say here what it is to hold, then run `schemadiff plan`:
#
# tables:
#   notes:
#     columns:
#       id: bigint generated always as identity primary key
#       title: text not null
"""

Scope = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        metavar="PATTERN",
        help="Manage only this: a schema (app), a pattern (table:app.*), or what is left out "
        "(!table:app.tmp_*); repeatable, and written into schemadiff.yaml.",
    ),
]

Rows = Annotated[
    list[str] | None,
    typer.Option(
        "--rows",
        metavar="PATTERN",
        help="Write the rows of these tables as well (lookup tables, up to 10,000 rows): a name "
        "(app.kinds) or a pattern ('*_kinds'); repeatable. Rows that the files list are always "
        "brought up to date.",
    ),
]


def command(
    *,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    layout: Layout = None,
    scope: Scope = None,
    rows: Rows = None,
    shadow: options.Shadow = None,
    strict: options.Strict = False,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Write the live database as YAML; what did not change keeps its place and its comments."""
    from schemadiff.cli.live import live
    from schemadiff.cli.scoping import check_scope, scope_of, write_scope
    from schemadiff.cli.work import keep_for_next, unmanaged

    say.configure(verbose=verbose, color=not no_color)
    flags = Flags(
        config=config,
        db=db,
        env=env,
        schemas=schemas,
        layout=layout,
        shadow=shadow,
        strict=strict,
    )
    settings = settings_of(flags)
    if scope:
        settings = replace(settings, scope=scope_of(scope))
    with live(settings) as found:
        seen = unmanaged(found, settings)
        if scope:
            check_scope(settings.scope, found.inspection.catalog)
            write_scope(settings.scope, settings.config)
        _report(_written(found, settings, rows or ()), settings.schemas, seen)
        keep_for_next(settings, found)
    return 0


def _written(found: Live, settings: Settings, rows: Sequence[str]) -> Written:
    """Write the files."""
    from schemadiff.cli.managed import left_out, registry_of
    from schemadiff.cli.pull_rows import with_rows
    from schemadiff.cli.schema import known_text
    from schemadiff.spec.page import JSON_SCHEMA
    from schemadiff.spec.whole_file import write_file
    from schemadiff.spec.writer import Layout as Layouts
    from schemadiff.spec.writer import write_catalog

    catalog = found.inspection.catalog
    kinds = registry_of(settings.manage)
    previous = _previous(found, settings)
    outside = settings.scope.outside(catalog)
    outside |= left_out(catalog, settings.manage, previous.spec if previous else None)
    if outside:
        catalog = catalog.with_objects(o for i, o in catalog.objects.items() if i not in outside)
    known = found.inspection.known(kinds)
    pulled = with_rows(catalog, previous, found, kinds, rows)
    catalog, previous = pulled.catalog, pulled.previous
    written = write_catalog(
        catalog, kinds, settings.schemas, Layouts(settings.layout), previous=previous, known=known
    )
    if not (written.created or written.changed or written.unchanged):
        written = _begun(written, settings.schemas)
    schema, text = settings.schemas / JSON_SCHEMA, known_text()
    if settings.schemas.is_dir() and not (schema.exists() and schema.read_bytes() == text.encode()):
        write_file(schema, text)
    return written


def _begun(written: Written, folder: Path) -> Written:
    """Write a file to begin with where the database is empty and there is none (any more)."""
    from schemadiff.spec.contents import yaml_files
    from schemadiff.spec.whole_file import write_file

    if folder.exists() and (not folder.is_dir() or yaml_files(folder)):
        return written
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / FIRST, BEGINNING)
    say.line(f"The database is empty: {folder / FIRST} is a place to begin.")
    first = PurePosixPath(FIRST)
    if first in written.removed:
        gone = tuple(p for p in written.removed if p != first)
        return replace(written, changed=(first,), removed=gone)
    return replace(written, created=(first,))


def _previous(found: Live, settings: Settings) -> Previous | None:
    """Read the files that are there, and tell which of their objects are as they say."""
    from schemadiff.cli.managed import registry_of, requested
    from schemadiff.cli.unsaid import differing
    from schemadiff.kinds import EVERY
    from schemadiff.shadow.left_alone import suited
    from schemadiff.spec.contents import root_of, yaml_files
    from schemadiff.spec.folder import build_spec, read_folder
    from schemadiff.spec.layout import PUBLIC
    from schemadiff.spec.style import FileStyle, Names
    from schemadiff.spec.writer import Previous

    folder = settings.schemas
    if not folder.is_dir() or not yaml_files(folder):
        return None
    kinds = registry_of(settings.manage)
    documents = read_folder(folder, EVERY)
    known, whole = found.inspection.known(kinds), settings.scope.everything
    spec = build_spec(documents, EVERY, root_of(folder), known, whole=whole)
    live = found.inspection.catalog
    spec = requested(spec, live, settings.manage, settings.keep)
    spec = replace(spec, catalog=suited(spec.catalog, found.inspection, kinds))
    plain = FileStyle(PUBLIC, Names({}, {}))
    # A rename that is still to come is no matter here: what is written is what is there.
    asked = replace(spec, renames={}, questions={})
    said, settled, needed = _resolved(asked, found, settings, kinds)
    # Of these the plan says nothing to do.
    apart = frozenset().union(*differing(live, said))

    def unchanged(identity: Identity) -> bool:
        if identity in apart:
            return False
        kind, there = kinds[identity.kind], live.get(identity)
        if kind.keeps and kind.attached and there is not None and identity not in spec.catalog:
            return kind.attached_yaml([there], plain) is None  # it is to be written for once
        # What is said in another way is the same only as long as all around it stays as it is.
        # What an extension needs is said by nobody, and stays.
        whole = needed if kind.brings else said
        return settled or (there is not None and whole.get(identity) == there)

    return Previous(documents, spec, unchanged)


def _resolved(
    spec: Spec, found: Live, settings: Settings, kinds: Registry
) -> tuple[Catalog, bool, Catalog]:
    """Give what files say in the server's words, whether nothing differs, and what that needs."""
    from schemadiff.core.errors import PlanError, ShadowError
    from schemadiff.shadow.resolve import resolve
    from schemadiff.shadow.server import ShadowOptions

    said = spec.catalog
    try:
        options = ShadowOptions(settings.shadow)
        said = resolve(spec, found.inspection, found.connection, kinds, options).desired
    except ShadowError:
        pass  # SQL that the server does not take is written anew; the rest is compared as it stands
    else:
        with contextlib.suppress(PlanError):
            return (said, *_settled(found, said, kinds))
    return said, False, spec.catalog


def _settled(found: Live, said: Catalog, kinds: Registry) -> tuple[bool, Catalog]:
    """Tell whether nothing differs, and give what is said with what it needs besides."""
    from schemadiff.catalog.inspector import with_dependencies
    from schemadiff.diff.compare import compare, reconciled

    if not compare(*reconciled(found.inspection.catalog, said, kinds), kinds):
        return True, said
    live = with_dependencies(found.connection, found.inspection).catalog
    live, needed = reconciled(live, said, kinds)
    return not compare(live, needed, kinds), needed


def _report(written: Written, folder: Path, unmanaged: tuple[Unmanaged, ...]) -> None:
    """List the files that are not as before; everything else is said beside the result."""
    from schemadiff.cli.output import write

    rows = (("+", written.created), ("~", written.changed), ("-", written.removed))
    lines = [f"{sign} {folder / path}\n" for sign, paths in rows for path in paths]
    write("".join(lines))
    counts = f"{len(written.created)} created, {len(written.changed)} changed, "
    counts += f"{len(written.removed)} removed, {len(written.unchanged)} as before"
    if not any((*written.created, *written.changed, *written.removed, *written.unchanged)):
        say.line("There is nothing in the database to write.")
    else:
        say.line(f"{folder}: {counts}")
    for identity in written.left_out:
        say.line(f"  {identity} could not be written")
    if unmanaged:
        say.line(f"Not managed by schemadiff, and left alone ({len(unmanaged)}):")
        for row in _grouped(unmanaged):
            say.line(f"  {row}")


def _grouped(unmanaged: tuple[Unmanaged, ...]) -> Iterator[str]:
    """Give a line per kind and reason with the first names; with -v a line per name."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in unmanaged:
        groups.setdefault((each.kind, each.reason), []).append(each.name)
    for (kind, reason), names in groups.items():
        why = f": {reason}" if reason else ""
        if say.is_verbose():
            yield from (f"{kind} {name}{why}" for name in names)
            continue
        more = f" and {len(names) - SHOWN} more (-v lists all)" if len(names) > SHOWN else ""
        yield f"{kind} {', '.join(names[:SHOWN])}{more}{why}"
