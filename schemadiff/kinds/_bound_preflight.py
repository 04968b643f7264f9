"""Whether rows fit the bound of a partition, asked before a table joins and beside a default one.

What a bound means is for the server to say: of temporary tables, divided as the whole will be, it
gives the condition of the one in the place of the new partition, through all levels. They are made
from the desired state, so that the whole need not be there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, PreflightKind, Question
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, dollar, ident, literal
from schemadiff.kinds._asked_rows import KEY, SHOWN, Rows
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import names
from schemadiff.kinds._preflight import lost_rows, referred
from schemadiff.kinds._table.heirs import Path, belongings, lineage, placed, relation
from schemadiff.kinds._table.online import default_beside
from schemadiff.kinds._table.referring import referring

_PART = "schemadiff_part"
_FOUND = "schemadiff_found"


class BoundQuestions(PreflightKind):
    """The questions of what may be a partition."""

    def rows_go_on(self, table: Path, asking: Asking) -> bool:
        """Tell whether the rows of a table are put into its partitions anew."""
        del table, asking
        return False

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows outside of the bound, and for rows of the default partition inside of it."""
        del changed
        if old is not None and old.partition_of and (new is None or not _as_it_was(old, new)):
            yield from self._left(old, new, asking)
        if new is None or new.partition_of is None or _as_it_was(old, new):
            return
        if old is not None and new.identity.kind != FOREIGN:
            text = f"rows of {new.identity.sql} outside of its bound"
            yield _asked(new, new.identity, "NOT (%s)", text, asking)
            yield from _excluded(new, asking)
        other = default_beside(new, asking.context)
        if other is None or other.identity.kind == FOREIGN or new.bound == other.bound:
            return
        if not self.rows_go_on(new.partition_of, asking):
            text = f"rows of {other.identity.sql} that belong to {new.identity.sql}"
            yield _asked(new, other.identity, "%s", text, asking)

    def _left(self, old: Any, new: Any, asking: Asking) -> Iterator[Question]:
        """Ask who refers to its rows through each table that it leaves."""
        current, desired = asking.context.current, asking.context.desired
        made_again = [] if new is None else referring(old, new, asking.context)
        for path in lineage(current, old.partition_of):
            was, will = relation(current, path), relation(desired, path)
            anew = self.rows_go_on(path, asking)
            stays = new is None or (new.partition_of and path in lineage(desired, new.partition_of))
            if was is None or will is None or (anew and stays):
                return
            found = referred(old, path, asking, goes=new is None or anew)
            yield from (each for key, each in found if key not in made_again)
            if not _as_it_was(was, will):
                return


class TableQuestions(BoundQuestions):
    """The questions of tables."""

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Count what is lost; ask whether rows fit where a partition is."""
        if new is None or (old is not None and "partition_by" in changed):
            yield from lost_rows(old, asking)
        if new is None or "partition_by" not in changed:
            yield from super().questions(old, new, changed, asking)


def _excluded(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask what the exclusions of the whole say of the rows that join it; ATTACH builds them."""
    for identity, obj in belongings(asking.context.desired, new.partition_of).items():
        if identity.kind == "exclusion":
            here = placed(obj, Identity(identity.kind, (*new.identity.path, identity.name)), new)
            yield from asking.context.registry.of(obj).questions(None, here, frozenset(), asking)


def left_over(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for the rows of a table that is divided anew which none of its partitions takes.

    They are divided by the values that they will have.
    """
    desired, path = asking.context.desired, new.identity.path
    found: list[Any] = [*map(desired.get, desired.dependents.get(new.identity, ()))]
    bounds = {part.bound for part in found if getattr(part, "partition_of", None) == path}
    if new.partition_by is None or "DEFAULT" in bounds:
        return
    text = f"rows of {new.identity.sql} that no partition takes"
    hashed = new.partition_by.startswith("HASH")  # which has no default one to tell the rest
    if hashed and not bounds:
        rows = Rows(new.identity, asking)
        yield rows.question(new.identity, Meaning.FAILS, text, "true", rows.source([]))
        return
    rest = replace(new, partition_of=path, bound=None if hashed else "DEFAULT")
    yield _asked(rest, new.identity, "%s", text, asking)


def put_into(part: Any, whole: Identity, name: str, asking: Asking) -> Question:
    """Ask for the rows of a table that is divided anew which a part gets, and refuses: NULLs."""
    text = f"rows of {whole.sql} with NULL in {name}, which {part.identity.sql} refuses"
    null = f"{ident(name)} IS NOT DISTINCT FROM NULL"
    return refused(part, whole, null, asking, text=text, said=[name])


def refused(
    part: Any, whole: Identity, condition: str, asking: Asking, *, text: str, said: Iterable[str]
) -> Question:  # fmt: skip
    """Ask for the rows of a table that is divided anew which a part gets, under a condition."""
    form = f"(%s) AND {condition.replace('%', '%%')}"
    return _asked(part, whole, form, text, asking, *said)


def _as_it_was(old: Any, new: Any) -> bool:
    return old is not None and (old.partition_of, old.bound) == (new.partition_of, new.bound)


def _asked(new: Any, table: Identity, form: str, text: str, asking: Asking, *more: str) -> Question:
    """Ask for the rows of a table for which the condition of a bound, in a form, is true.

    The form may speak of `more` columns than the bound.
    """
    desired = asking.context.desired
    above: list[Any] = [relation(desired, p) for p in lineage(desired, new.partition_of)][::-1]
    rows = Rows(table, asking)
    if any(whole is None or whole.partition_by is None for whole in above):
        unasked = "what it is a part of is not known here"
        return Question(subject=new.identity, meaning=Meaning.FAILS, text=text, unasked=unasked)
    columns = [i for i in desired.children[above[0].identity] if i.kind == "column"]
    keys = [i.name for i in columns if any(names(w.partition_by, i.name) for w in above)]
    select = f"SELECT {KEY} FROM {rows.source([*keys, *more])} WHERE ".replace("%", "%%") + form
    view = literal(f"CREATE TEMPORARY VIEW {_FOUND} AS {select}")
    made = [
        *_divided(above, map(desired.objects.__getitem__, columns)),
        *_parts(new, above, asking),
    ]
    condition = f"coalesce({_said(new, len(above) - 1)}, 'true')"  # a default one alone has none
    made.append(f"EXECUTE pg_catalog.format({view}, {condition})")
    body = "\n".join(f"    {each};" for each in made)
    return Question(
        subject=new.identity,
        meaning=Meaning.FAILS,
        text=text,
        makes=f"DO {dollar(f'BEGIN{chr(10)}{body}{chr(10)}END', 'bound')}",
        count=f"SELECT pg_catalog.count(*) FROM pg_temp.{_FOUND}",
        examples=f"SELECT {KEY} FROM pg_temp.{_FOUND} LIMIT {SHOWN}",
        tables=(table, *(whole.identity for whole in above)),
    )


def _divided(above: list[Any], columns: Iterable[Any]) -> Iterator[str]:
    """Make the whole, and what is a part of it and divided again, down to the new part."""
    said = comma(
        f"{ident(c.identity.name)} {c.type}" + (f" COLLATE {c.collation}" if c.collation else "")
        for c in columns
    )
    for level, whole in enumerate(above):
        what = f"PARTITION OF pg_temp.{_whole(level - 1)} {whole.bound}" if level else f"({said})"
        yield f"CREATE TEMPORARY TABLE {_whole(level)} {what} PARTITION BY {whole.partition_by}"


def _parts(new: Any, above: list[Any], asking: Asking) -> Iterator[str]:
    """Make the part that is asked; a default one, or none, after all others, which have theirs."""
    whole, desired = above[-1].identity, asking.context.desired
    beside: set[str] = set()
    if new.bound in ("DEFAULT", None):
        others: list[Any] = [*map(desired.get, desired.dependents.get(whole, ()))]
        beside = {o.bound for o in others if getattr(o, "partition_of", None) == whole.path}
    bounds = {f"{_PART}_{n}": b for n, b in enumerate(sorted(beside - {new.bound}))}
    if new.bound is not None:
        bounds[_PART] = new.bound
    for name, bound in bounds.items():
        within = _whole(len(above) - 1)
        yield f"CREATE TEMPORARY TABLE {name} PARTITION OF pg_temp.{within} {bound}"


def _said(new: Any, level: int) -> str:
    """Have the server say what it is to be in the part that is asked, or in none of those made."""
    said = "pg_catalog.pg_get_partition_constraintdef"
    if new.bound is not None:
        return f"{said}('pg_temp.{_PART}'::regclass)"
    none = f"pg_catalog.string_agg(pg_catalog.format('NOT (%s)', {said}(inhrelid)), ' AND ')"
    whole = literal(f"pg_temp.{_whole(level)}")
    return f"(SELECT {none} FROM pg_catalog.pg_inherits WHERE inhparent = {whole}::regclass)"


def _whole(level: int) -> str:
    return f"schemadiff_whole_{level}"
