"""The two sides of `diff`: what a source is, and how it becomes a database to look at.

FROM always becomes a database (a scratch one where it is none), because the files of TO are then
compared with it exactly as `plan` compares them with a live one.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemadiff.cli import newcomer, say
from schemadiff.cli.config import Config, url_of
from schemadiff.cli.files import SchemaFiles
from schemadiff.cli.managed import registry_of, requested
from schemadiff.cli.revision import checked_out
from schemadiff.cli.settings import Settings
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import ConfigError, SchemaDiffError
from schemadiff.core.kind import Registry
from schemadiff.core.plan import Plan
from schemadiff.core.record import record, replace
from schemadiff.kinds import EVERY
from schemadiff.spec.contents import root_of, yaml_files
from schemadiff.spec.expand import Spec
from schemadiff.spec.folder import build_spec, read_folder

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.cli.live import Live
    from schemadiff.shadow.server import ShadowOptions


class Form(StrEnum):
    """What a source is."""

    YAML = "yaml"
    SQL = "sql"
    DATABASE = "database"


@record(frozen=True, slots=True)
class Source:
    """One side: a database, or files of one form; `git` is the revision they are taken from."""

    form: Form | None
    name: str
    url: str = ""
    path: Path = Path()
    git: str = ""


def source_of(text: str, config: Config) -> Source:
    """Tell what a source is; ConfigError for what is none of them."""
    if text.startswith("git:"):
        revision, _, inside = text[4:].partition(":")
        if not revision or not inside:
            raise _wrong(f"{text} is not git:REV:PATH", "for example git:main:schemas")
        return Source(None, text, path=Path(inside), git=revision)
    if text.startswith("env:"):
        return Source(Form.DATABASE, text, url=url_of(config, text[4:]))
    path = Path(text)
    if path.exists():
        return Source(form_of(path), text, path=path)
    if re.match(r"[a-z][a-z0-9+.-]*://", text) or re.search(r"\b(host|dbname|service)\s*=", text):
        return Source(Form.DATABASE, "the database", url=text)
    hint = "a folder or file that exists, postgresql://…, env:NAME, or git:REV:PATH"
    shown = f"***@{text.rpartition('@')[2]}" if "@" in text else text  # perhaps a URL
    raise _wrong(f"there is no {shown}", hint)


def form_of(path: Path) -> Form:
    """Tell whether a file or folder is YAML or SQL; ConfigError when it is neither or both."""
    if path.is_file():
        if path.suffix.lower() in (".yaml", ".yml"):
            return Form.YAML
        if path.suffix == ".sql":
            return Form.SQL
    elif yaml_files(path):
        return Form.YAML  # .sql files beside YAML hold bodies
    elif sql_files(path):
        return Form.SQL
    raise _wrong(f"{path} holds neither YAML nor SQL", "name .yaml, .yml or .sql files")


def sql_files(path: Path) -> list[Path]:
    """List the SQL files of a folder in the order in which they run, or the file itself."""
    from schemadiff.shadow.migrations import in_order

    return [path] if path.is_file() else in_order(p for p in path.rglob("*.sql") if p.is_file())


def compared(before: Source, after: Source, settings: Settings) -> Plan:
    """Plan the way from one source to the other; SchemaDiffError of any stage."""
    from schemadiff.cli.work import unmanaged
    from schemadiff.shadow.server import ShadowOptions

    with ExitStack() as stack:
        sides = [_fetched(before, stack), _fetched(after, stack)]
        host = _host(sides, settings, stack)
        own = _has_own_host(sides, settings)
        # The host is where --shadow says already, unless one side is a database.
        options = ShadowOptions(settings.shadow) if any(s.url for s in sides) else ShadowOptions()
        make = _Maker(host, options, stack, settings.manage, own_cluster=own)
        first = make.database(sides[0])
        if sides[1].form is Form.YAML:
            from schemadiff.cli.work import plan_of

            found = replace(settings, schemas=sides[1].path, shadow=options.url)
            files = SchemaFiles(sides[1].path, whole=settings.scope.everything)
            plan = plan_of(found, files, first)
        else:
            second = make.database(sides[1])
            alike = _major(first) == _major(second)
            plan = (_between if alike else _between_versions)(first, second, settings)
            plan = replace(plan, notes=(*second.notes, *plan.notes, *_rows_left_out(sides[0])))
            first = replace(first, unmanaged=tuple(sorted({*first.unmanaged, *second.unmanaged})))
        notes = (*first.notes, *(n for n in plan.notes if n.code != newcomer.CODE))
        name = f"{before.name} to {after.name}"
        left = unmanaged(first, settings)
        return replace(plan, database=name, between=True, unmanaged=left, notes=notes)


def _between(first: Live, second: Live, settings: Settings) -> Plan:
    """Plan between two databases; both speak the words of a server already."""
    from schemadiff.catalog.scope import check_untouched
    from schemadiff.catalog.sizes import measuring, supposing
    from schemadiff.plan.planner import Options, make_plan
    from schemadiff.shadow.brought import Coming
    from schemadiff.shadow.convertible import check_conversions
    from schemadiff.shadow.renaming import follow_moves
    from schemadiff.shadow.server import Scratch, ShadowOptions

    current, desired = _whole(first), _whole(second)
    narrowed = settings.scope.narrowed(desired, current)
    kinds = registry_of(settings.manage)
    version = first.connection.info.server_version
    where = ShadowOptions(settings.shadow)
    before = replace(first.inspection, catalog=current)
    with Scratch(first.connection, where) as scratch:
        moved = follow_moves(before, narrowed.desired, scratch, kinds)
    current, renames = moved.current, moved.renames
    coming = Coming((current, narrowed.desired), first.connection, kinds, where)
    measure = (supposing if first.scratch else measuring)(first.connection, between=True)
    options = Options(online=not settings.offline, measure=coming.measuring(measure, between=True))
    plan = make_plan(
        current, narrowed.desired, kinds, renames=renames, version=version, options=options
    )
    check_untouched(plan, narrowed.outside)
    both = (current, narrowed.desired)
    check_conversions(plan, both, first.connection, kinds, lambda _: None, coming=coming)
    if not plan.empty:
        from schemadiff.plan.touched import Sides, pinned

        plan = pinned(plan, Sides(before.catalog, current, narrowed.desired), kinds)
    return replace(plan, notes=(*narrowed.notes, *plan.notes))


def _major(found: Live) -> int:
    return found.connection.info.server_version // 10000


def _between_versions(first: Live, second: Live, settings: Settings) -> Plan:
    """Plan between servers that print expressions in words of their own: TO speaks as files do."""
    from schemadiff.cli.work import plan_of
    from schemadiff.spec.writer import Layout, write_catalog

    kinds = registry_of(settings.manage)
    # Roles belong to a server: those of the other one need not be here.
    names = replace(first.inspection.names, roles=None)
    first = replace(first, seen=replace(first.inspection, names=names))
    with tempfile.TemporaryDirectory(prefix="schemadiff-") as name:
        folder = Path(name)
        catalog, known = second.inspection.catalog, second.inspection.known(kinds)
        (folder / "none.yaml").write_text("tables: {}\n", encoding="utf-8")
        write_catalog(catalog, kinds, folder, Layout.SINGLE, known=known)
        files = SchemaFiles(folder, whole=settings.scope.everything)
        try:
            return plan_of(replace(settings, schemas=folder), files, first)
        except SchemaDiffError as error:
            raise type(error)(*(replace(d, place=None) for d in error.diagnostics)) from None


def _whole(found: Live) -> Catalog:
    """Give the catalog with its dependencies."""
    from schemadiff.catalog.inspector import with_dependencies
    from schemadiff.catalog.session import reading

    with reading(found.connection) as connection:
        return with_dependencies(connection, found.inspection).catalog


@record(frozen=True, slots=True)
class _Maker:
    """Where databases are made from files, and whether that whole server is thrown away."""

    host: Connection[Any]
    options: ShadowOptions
    stack: ExitStack
    manage: tuple[str, ...]
    own_cluster: bool

    def database(self, source: Source) -> Live:
        """Give a database in which the source is: its own, or a scratch one made from it."""
        from schemadiff.cli.live import look
        from schemadiff.cli.settings import Target
        from schemadiff.cli.target import opened
        from schemadiff.shadow.server import scratch_database

        kinds = registry_of(self.manage)
        if source.form is Form.DATABASE:
            connection = self.stack.enter_context(opened(Target(source.url, source.name)))
            return look(connection, kinds)
        scratch = self.stack.enter_context(
            scratch_database(self.host, self.options, _extensions(source))
        )
        if source.form is Form.SQL:
            return self._run(source, scratch, kinds)
        return self._build(source, scratch, kinds)

    def _run(self, source: Source, scratch: Connection[Any], kinds: Registry) -> Live:
        from schemadiff.cli.live import look
        from schemadiff.shadow.run_script import run_scripts

        files = sql_files(source.path)
        say.detail(f"running {', '.join(map(str, files))}")
        notes = run_scripts(scratch, files, own_cluster=self.own_cluster)
        return replace(look(scratch, kinds), notes=notes, scratch=True)

    def _build(self, source: Source, scratch: Connection[Any], kinds: Registry) -> Live:
        from schemadiff.cli.live import Live, inspect_now
        from schemadiff.shadow.build import build
        from schemadiff.shadow.fill import fill
        from schemadiff.shadow.left_alone import as_written

        spec = requested(_spec(source), Catalog({}), self.manage)
        build(scratch, spec.catalog, kinds, spec.schema_of, spec.place)
        told = fill(scratch, spec, kinds)
        inspection = as_written(inspect_now(scratch, kinds), spec, kinds)
        return Live(scratch, inspection, notes=(told,) if told else (), scratch=True)


def _rows_left_out(source: Source) -> Iterator[Diagnostic]:
    """Say that a database does not tell which of its rows are reference data."""
    if source.form is Form.YAML and _spec(source).questions:
        message = "the rows that the files list are not compared with a database on the other side"
        hint = "turn the sides around: the rows of FROM are compared with `rows:` of TO"
        yield Diagnostic(code="SD190", message=message, hint=hint, severity=Severity.INFO)


def _spec(source: Source) -> Spec:
    return build_spec(read_folder(source.path, EVERY), EVERY, root_of(source.path))


def _extensions(source: Source) -> frozenset[str]:
    """Name the extensions that a server needs to hold a source."""
    from schemadiff.shadow.script import extensions_in

    match source.form:
        case Form.SQL:
            return extensions_in(sql_files(source.path))
        case Form.YAML:
            brought = {k.name for k in EVERY if k.brings}
            return frozenset(i.name for i in _spec(source).catalog.objects if i.kind in brought)
        case _:
            return frozenset()


def _host(sides: list[Source], settings: Settings, stack: ExitStack) -> Connection[Any]:
    """Connect to the server on which scratch databases are made."""
    from schemadiff.catalog.binaries import find_binaries
    from schemadiff.catalog.embedded import ephemeral_server
    from schemadiff.catalog.session import connect
    from schemadiff.shadow.roles import make_roles, roles_of

    url = next((s.url for s in sides if s.url), None) or settings.shadow
    if url is None:
        needed = frozenset[str]().union(*map(_extensions, sides))
        server = stack.enter_context(ephemeral_server(find_binaries(extensions=needed)))
        url = server.url()
    connection = connect(url)
    stack.callback(connection.close)
    if _has_own_host(sides, settings):
        for side in sides:
            if side.form is Form.YAML:
                make_roles(connection, roles_of(_spec(side).catalog, EVERY))
    return connection


def _has_own_host(sides: list[Source], settings: Settings) -> bool:
    """Tell whether the server is one that only this run has."""
    return not settings.shadow and not any(s.url for s in sides)


def _fetched(source: Source, stack: ExitStack) -> Source:
    """Give the source with its files in a folder, taken from git where it says so."""
    if not source.git:
        return source
    path = stack.enter_context(checked_out(source.git, source.path))
    return replace(source, form=form_of(path), path=path)


def _wrong(message: str, hint: str) -> ConfigError:
    return ConfigError(Diagnostic(code="SD208", message=message, hint=hint))
