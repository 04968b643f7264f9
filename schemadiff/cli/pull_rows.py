"""The rows that `pull` writes: those of tables whose files list rows, and those that are asked for.

Of a table that lists some rows, these are brought up to date and no others are added; with
`rows_exact: true`, and with --rows, all rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError, InspectError, PlanError
from schemadiff.core.hazard import fits
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.kinds._row.spec import Rows, columns_of, keys_of
from schemadiff.kinds.rows import RowsKind

if TYPE_CHECKING:
    from schemadiff.cli.live import Live
    from schemadiff.spec.writer import Previous


@record(frozen=True)
class Pulled:
    """The catalog and the files of before, both with their rows."""

    catalog: Catalog
    previous: Previous | None


def with_rows(
    catalog: Catalog,
    previous: Previous | None,
    found: Live,
    kinds: Registry,
    patterns: Sequence[str] = (),
) -> Pulled:
    """Add the rows of all tables that have some in the files or are asked for."""
    listed = previous.spec.questions.values() if previous is not None else ()
    before = {o.identity: o for o in listed if isinstance(o, Rows)}
    asked = {r.identity: r for r in _asked(catalog, before, patterns)}
    left: dict[Identity, Rows] = {}
    for identity, said in before.items():
        if said.table in catalog and identity not in asked:
            here = _here(said, catalog)
            # A key that the database does not have yet tells nothing of its rows.
            (left if here is None else asked)[identity] = here or said
    if not asked and not left:
        return Pulled(catalog, previous)
    same = set(left)
    rows: dict[Identity, DbObject] = dict(left)
    for pulled, alike in _ask(asked, found, catalog, kinds, previous):
        was = before.get(pulled.identity)
        exact = was.exact if was is not None else False
        rows[pulled.identity] = replace(pulled, exact=exact)
        if was is not None and alike and asked[pulled.identity].rows == was.rows:
            same.add(pulled.identity)
    return Pulled(_and(catalog, rows.values()), _told(previous, before, same))


def _told(
    previous: Previous | None, before: dict[Identity, Rows], same: set[Identity]
) -> Previous | None:
    if previous is None:
        return None
    unchanged = previous.unchanged
    spec = replace(previous.spec, catalog=_and(previous.spec.catalog, before.values()))

    def still(identity: Identity) -> bool:
        return identity in same if identity.kind == RowsKind.name else unchanged(identity)

    return replace(previous, spec=spec, unchanged=still)


def _and(catalog: Catalog, objects: Iterable[DbObject]) -> Catalog:
    return replace(catalog, objects={**catalog.objects, **{o.identity: o for o in objects}})


def _asked(
    catalog: Catalog, before: dict[Identity, Rows], patterns: Sequence[str]
) -> Iterable[Rows]:
    """Give the tables that --rows names, with all their rows to be read."""
    tables = [i for i in catalog.objects if i.kind == "table"]
    wrong = []
    for pattern in patterns:
        fitting = [t for t in tables if fits(t, pattern)]
        if not fitting:
            message = f"--rows {pattern}: there is no such table"
            hint = "name it as app.kinds, or give a pattern such as 'app.*_kinds'"
            wrong.append(Diagnostic(code="SD208", message=message, hint=hint))
        for table in fitting:
            identity = Identity(RowsKind.name, table.path)
            keys = keys_of(table, catalog)
            if getattr(catalog.objects[table], "partition_of", None):
                continue
            if (was := before.get(identity)) is not None and was.key in keys:
                yield replace(was, rows=_rows(was, catalog), exact=True)
            elif keys:
                primary = any(c.kind == "primary_key" for c in catalog.children.get(table, ()))
                yield Rows(identity, keys[0], (), exact=True, named_key=not primary)
            else:
                message = f"--rows: {table} has no primary key by which rows could be told apart"
                hint = "add a primary key, or a unique constraint on columns that are not null"
                wrong.append(Diagnostic(code="SD181", message=message, hint=hint))
    if wrong:
        raise ConfigError(*wrong)


def _here(said: Rows, catalog: Catalog) -> Rows | None:
    """Give what was said without columns that are not there; None without its key."""
    if said.key not in keys_of(said.table, catalog):
        return None
    return replace(said, rows=_rows(said, catalog))


def _rows(said: Rows, catalog: Catalog) -> tuple[tuple[tuple[str, str | None], ...], ...]:
    columns = columns_of(said.table, catalog)
    known = {n for n, c in columns.items() if c.generated is None}
    return tuple(tuple((c, v) for c, v in row if c in known) for row in said.rows)


def _ask(
    asked: dict[Identity, Rows],
    found: Live,
    catalog: Catalog,
    kinds: Registry,
    previous: Previous | None,
) -> list[tuple[Rows, bool]]:
    """Read the rows."""
    from schemadiff.shadow.request import Asked
    from schemadiff.spec.result import Spec

    sources = previous.spec.sources if previous is not None else {}
    spec = Spec(catalog, {}, sources, questions=asked)
    context = Context(catalog, catalog, found.connection.info.server_version, kinds)
    question = Asked(spec, context, (), found.connection)
    try:
        answers = question.answers()
    except InspectError:
        wrong = list(question.why())
        if not wrong:
            raise
        raise PlanError(*wrong) from None
    result = []
    for said, answer in answers:
        kind = question.kind(said)
        assert isinstance(kind, RowsKind)
        assert isinstance(said, Rows)
        result.append(kind.pulled(said, answer, question.request(said)))
    return result
