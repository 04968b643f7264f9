"""What a change of a column asks the rows: NULLs, values that do not fit, values that are lost.

The surprising fact: without USING a text that is too long is an error, while a cast in a query
cuts it in silence (manual, 8.3). So that is asked by the length, blanks at the end apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.core.versions import PG16  # pg_input_is_valid()
from schemadiff.kinds._asked_rows import ANOTHER, Rows, cast, value_of
from schemadiff.kinds._column.alter import by_name, has_no_way, is_left_null
from schemadiff.kinds._column.conversions import Conversions
from schemadiff.kinds._column.given import becomes_given, giving, is_given, ungiven
from schemadiff.kinds._column.naming import MADE, makes_names
from schemadiff.kinds._column.new_row import read_as_new_row
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._identity import counter
from schemadiff.kinds._left_to_heirs import is_left, is_merged
from schemadiff.kinds._moving import changing_types, element
from schemadiff.kinds._new_value import default_of, domains, is_checked, may_be_volatile, refused_by
from schemadiff.kinds._preflight import settled
from schemadiff.kinds._proved import is_filled
from schemadiff.kinds._sequence.bounds import counter_questions, too_many
from schemadiff.kinds._table.heirs import below
from schemadiff.kinds._type_change import (
    converts_always,
    effect_of,
    elements,
    keeps_bytes,
    longest_text,
    may_refuse,
    other_bits,
    through_input,
    type_change,
)

_KEYS = ("primary_key", "unique", "exclusion", "index", "foreign_key", "check")
_COMPUTED = frozenset({"generated", "type", "virtual"})
_VALUES = frozenset({"generated", "type", "collation"})


class ColumnQuestions(Conversions):
    """The questions of columns."""

    def known_to_fit(self, obj: Any, context: Context) -> bool:
        """Each row gets its value with a new column."""
        return is_filled(obj, context)

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for NULLs, for values that do not fit, and for values that are lost."""
        column = new or old
        if column.of == FOREIGN or column.parent not in asking.context.current:
            return
        if old is not None and new is not None and has_no_way(old, new, asking.context):
            yield from _lost(old, asking)
            yield from of_keys(new, asking)
            old = None  # it goes, and comes again without a value of its own
        elif new is None or _is_put_in_place(old, new):
            yield from _lost(old, asking)
        if new is not None and new.generated is not None and (old is None or changed & _COMPUTED):
            yield from _computed(new, asking)
        if old is None:
            yield from _left_null(new, asking)
            yield from _refused_by_domain(new, asking)
            yield from _given(new, asking)
            yield from too_many(new, asking)
        elif new is not None:
            if "type" in changed and not old.virtual and new.generated is None:
                yield from _retyped(old, new, asking)
            if "identity_options" in changed:
                sides = (asking.context.current, asking.context.desired)
                before, after = (counter(new.identity, side) for side in sides)
                yield from counter_questions(old, new, before, after, asking)
            if changed & {"not_null", "not_null_valid"} and new.not_null and new.not_null_valid:
                batch = becomes_given(new, asking.context) and giving(new, asking.context)
                yield from nulls(new, asking) if not batch else [ungiven(new, batch, asking)]
            if changed & _VALUES and may_coincide(old, new, asking.context):
                yield from of_keys(new, asking)


def _is_put_in_place(old: Any, new: Any) -> bool:
    """Tell whether a generated column takes the place of one with values of its own."""
    return old is not None and old.generated is None and new.generated is not None


def may_coincide(old: Any, new: Any, context: Context) -> bool:
    """Tell whether values that differ may be equal from now on."""
    if old.collation != new.collation or new.using is not None or old.generated != new.generated:
        return True
    same_order = keeps_bytes(old, new, context)
    return not same_order if same_order is not None else not converts_always(old.type, new.type)


def of_keys(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask what the keys on the column would ask if they were new: the server builds them anew."""
    context, path = asking.context, new.identity.path
    heirs = (Identity("column", (*p, path[2])) for p in below(context.desired, path[:2]))
    found = {i for c in (new.identity, *heirs) for i in context.desired.dependents.get(c, ())}
    for identity in sorted(found):
        obj = context.desired.objects[identity]
        if identity.kind in _KEYS and context.current.get(identity) == obj:
            yield from context.registry.of(obj).questions(None, obj, frozenset(), asking)


def _lost(old: Any, asking: Asking) -> Iterator[Question]:
    if old.generated is None and old.parent in asking.context.desired:
        rows = Rows(old.parent, asking, only=is_left(old, asking.context))
        source = rows.source([old.identity.name], as_is=True)
        where = f"{ident(old.identity.name)} IS DISTINCT FROM NULL"
        text = f"rows of {rows.table.sql} with a value in {old.identity.name}"
        yield rows.question(old.identity, Meaning.LOSES, text, where, source)


def _left_null(new: Any, asking: Asking) -> Iterator[Question]:
    if is_given(new, asking.context) and (batch := giving(new, asking.context)):
        yield settled(ungiven(new, batch, asking), new, asking)
    elif is_left_null(new, asking.context) and new.not_null_valid:
        alone = new.not_null_no_inherit or is_merged(new, asking.context)
        rows = Rows(new.parent, asking, only=alone)
        text = f"rows of {rows.table.sql} for which the new {new.identity} has no value"
        yield rows.question(new.identity, Meaning.FAILS, text, "true", rows.source([]))


def left_null(column: Any, asking: Asking, part: Any) -> Iterator[Question]:
    """Ask whether a part has rows, whatever it says itself, for which a new column has no value."""
    given = column.generated is not None or column.identity_options is not None
    if not given and default_of(column, asking.context) is None:
        current, name = asking.context.current, column.identity.name
        heirs = below(current, part.parent.path)
        own = any(Identity("column", (*heir, name)) in current for heir in heirs)
        rows = Rows(part.parent, asking, only=own or part.not_null_no_inherit)
        text = f"rows of {rows.table.sql} for which the new {column.identity} has no value"
        yield rows.question(part.identity, Meaning.FAILS, text, "true", rows.source([]))


def _refused_by_domain(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask the domain, which is asked of every row, whether it takes what all of them will have."""
    context, given = asking.context, new.generated is not None or new.identity_options is not None
    if given or not is_checked(new, context) or is_left_null(new, context):
        return
    value = default_of(new, context) or "NULL"
    rows = Rows(new.parent, asking)
    text = f"rows of {rows.table.sql} whose {value} in the new {new.identity} {new.type} refuses"
    source = rows.source([])
    question = rows.question(new.identity, Meaning.FAILS, text, "true", source)
    changing = changing_types(new.identity, context)
    if changing and not _below_new_domains(new, asking):
        yield unasked(question, f"{changing[0]} changes in the same plan")
    elif may_be_volatile(value):
        yield unasked(question, ANOTHER)
    elif changing:
        rule = refused_by(new.type, value, context.desired)
        yield rows.question(new.identity, Meaning.FAILS, text, rule, source)
    else:
        trial = f"SELECT ({value})::{new.type} IS NULL FROM {source} LIMIT 1"
        yield replace(question, count="", examples="", trial=trial)


def _given(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for the value that all rows of a new column will have: computed once, also for none.

    What gives each row a value of its own, or may, is asked for one row.
    """
    context = asking.context
    value, default = default_of(new, context), Identity("default", new.identity.path)
    counts = any(i.kind == "sequence" for i in context.desired.depends_on(default))
    if value is None or new.generated is not None or counts or is_checked(new, context):
        return
    rows, several = Rows(new.parent, asking), may_be_volatile(value)
    long = _too_long(new, value, context.desired)
    text = f"rows of {rows.table.sql} for which {value} is no value of the new {new.identity}"
    source = f"{rows.source([])} LIMIT 1" if several else "(SELECT 1) AS one"
    question = Question(
        subject=new.identity,
        meaning=Meaning.FAILS,
        text=text,
        trial=f"SELECT ({value})::{new.type} FROM {source}",
        computes=True,
        guess=ANOTHER if several else "",
        tables=(rows.table,) if several else (),
    )
    if changing := changing_types(new.identity, context):
        yield unasked(question, f"{changing[0]} changes in the same plan")
        return
    if long and not several:
        question = replace(
            question, trial="", count=f"SELECT pg_catalog.count(*) FROM {source} WHERE {long}"
        )
    yield settled(question, context.desired.get(default) or new, asking)


def _computed(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for the rows for which a generated column has no value but an error, or none at all."""
    rows, name = Rows(new.parent, asking), new.identity.name
    read = [c for c in rows.columns(rows.after) if c != name and c in names(new.generated)]
    text = f"rows of {rows.table.sql} for which {new.identity} cannot be computed"
    long = _too_long(new, new.generated, asking.context.desired)
    source = rows.source(read if long else [name])
    question = rows.question(new.identity, Meaning.FAILS, text, long or "true", source)
    if changing := changing_types(new.identity, asking.context):
        yield unasked(question, f"{changing[0]} changes in the same plan")
        return
    if not long:
        trial = f"SELECT pg_catalog.count({ident(name)}) FROM {source}"
        question = replace(question, count="", examples="", trial=trial)
    if not new.virtual:
        yield settled(replace(question, computes=True), new, asking)
    if new.not_null and new.not_null_valid:
        yield from nulls(new, asking, as_is=False)


def nulls(new: Any, asking: Asking, *, as_is: bool = True) -> Iterator[Question]:
    """Ask for the rows without a value; not as it is, one is computed or converted first."""
    rows = Rows(new.parent, asking, only=new.not_null_no_inherit)
    name = new.identity.name
    # IS NULL is also true of a row whose fields are all NULL, which is not NULL itself.
    where = f"{ident(name)} IS NOT DISTINCT FROM NULL"
    text = f"rows of {rows.table.sql} with NULL in {name}"
    source = rows.source([name], as_is=as_is)
    question = rows.question(new.identity, Meaning.FAILS, text, where, source)
    if not as_is:
        question = replace(question, computes=rows.is_settled([name]))
    yield settled(question, new, asking)


def _tail(value: str, limit: int) -> str:
    """Write what is behind the limit of a text, without the blanks that are cut in silence."""
    return f"pg_catalog.rtrim(pg_catalog.substr({value}::text, {limit + 1}), ' ')"


def _retyped(old: Any, new: Any, asking: Asking) -> Iterator[Question]:
    rows, name = Rows(new.parent, asking), ident(new.identity.name)
    desired = asking.context.desired
    effect = effect_of(old, new, asking.context)
    kept = {(old.type, new.type), elements(old, new)} & asking.context.sizes.alike.keys()
    if new.using is None and (kept or converts_always(old.type, new.type)):
        return
    source = rows.source([new.identity.name], as_is=True)
    text = f"values of {new.identity.sql} that are no {new.type}"
    if new.using is None and (where := misfit(old, new, name)):
        text = f"values of {new.identity.sql} that do not fit {new.type}"
        if longest_text(*(elements(old, new) or (old.type, new.type))) is not None:
            text = f"values of {new.identity.sql} that are too long for {new.type}"
        yield rows.question(new.identity, Meaning.FAILS, text, where, source)
        return
    if new.using is not None and asking.live(rows.table) != rows.table:
        question = rows.question(new.identity, Meaning.FAILS, text, "true", source)
        yield unasked(question, "its USING speaks of names that are not there yet")
        return
    ask = partial(rows.question, new.identity, Meaning.FAILS, text, source=source)
    if found := read_as_new_row(old, new, ask, source, asking.context):
        yield found
        return
    refuses = new.using is None and may_refuse(old, new, asking.context)
    if refuses and (rule := refused_by(new.type, name, desired)):
        yield ask(rule)
        return
    if base := _below_new_domains(new, asking):
        if rule := refused_by(new.type, f"({new.using})" if new.using else name, desired):
            yield replace(ask(rule), computes=True)
        new = replace(new, type=base)
        if new.using is None and converts_always(old.type, base):
            return
    elif found := by_then(new, "" if new.using else name, ask, asking):
        yield found
        return
    yield from _tried(old, new, ask, rows)
    if new.using is not None and new.not_null:
        yield from nulls(new, asking, as_is=False)
    if new.using is None and effect.narrows and not by_name(old, new):
        yield from _cut(old, new, source, rows)


def _tried(old: Any, new: Any, ask: Callable[..., Question], rows: Rows) -> Iterator[Question]:
    """Convert all values, which may be an error."""
    asking, name = rows.asking, ident(new.identity.name)
    value = f"({value_of(old, new, name, asking.context)})"
    soft = (
        f"NOT pg_catalog.pg_input_is_valid({name}::text, {literal(new.type)})"
        if asking.context.version >= PG16 and new.using is None
        and through_input(old.type, new.type) else ""
    )  # fmt: skip
    question = ask(soft or "true")
    read = [new.identity.name]
    if new.using is not None:  # it may speak of any column
        read = [i.path[2] for i in asking.context.current.children.get(new.parent, ())
                if i.kind == "column"]  # fmt: skip
    said = rows.source(read, as_is=True)
    trial = f"SELECT pg_catalog.count({value}) FROM {said}"
    if not soft:
        question = replace(question, count="", examples="")
    named = by_name(old, new)
    guess = MADE if named and makes_names(asking.context) else ""
    yield replace(question, trial=trial, named=named, guess=guess)
    if new.using is not None and (where := _too_long(new, new.using, asking.context.desired)):
        text = f"values of {new.identity.sql} that are too long for {new.type}"
        question = rows.question(new.identity, Meaning.FAILS, text, where, said)
        yield replace(question, computes=True)


def _too_long(new: Any, value: str, desired: Catalog) -> str:
    """Write that a value has not the length of its type, which is assigned: a cast would cut it."""
    type_ = next((d.type for d in reversed([*domains(new.type, desired)])), new.type)
    inner, many = element(type_)
    each = "e" if many else f"({value})"
    rules = (_longer(old, inner, each) for old in ("text", "bit", "bit varying"))
    where = next(filter(None, rules), "")
    if not (where and many):
        return where
    return f"EXISTS (SELECT FROM pg_catalog.unnest({value}) AS u (e) WHERE {where})"


def _below_new_domains(new: Any, asking: Asking) -> str:
    """Give the type below domains that nobody has yet; empty where other types change as well."""
    context, (inner, many) = asking.context, element(new.type)
    found, changing = [*domains(inner, context.desired)], {*changing_types(new.identity, context)}
    fresh = changing <= {d.identity for d in found} and changing.isdisjoint(context.current.objects)
    if not (changing and fresh):
        return ""
    if many and (found[-1].type.endswith("]") or refused_by(inner, "v", context.desired)):
        return ""
    return f"{found[-1].type}{'[]' if many else ''}"


def misfit(old: Any, new: Any, name: str) -> str:
    """Write what an assignment refuses and a cast cuts: the length; empty where that is no matter.

    The elements of an array are assigned one by one, where they are not cast to another type.
    """
    pair = elements(old, new)
    if pair is None or type_change(old.type, new.type).using:
        return _longer(old.type, new.type, name)
    where = _longer(*pair, "e")
    return where and f"EXISTS (SELECT FROM pg_catalog.unnest({name}) AS u (e) WHERE {where})"


def _longer(old: str, new: str, value: str) -> str:
    limit = longest_text(old, new)
    return f"{_tail(value, limit)} <> ''" if limit is not None else other_bits(old, new, value)


def by_then(
    new: Any, value: str, ask: Callable[[str], Question], asking: Asking
) -> Question | None:
    """Ask what a cast to the type of today would answer wrongly; None where that is the type.

    One that the plan changes or makes takes other values: an enum those that are its labels.
    """
    context = asking.context
    changing = changing_types(new.identity, context)
    if not changing:
        return None
    type_, array = element(new.type)
    if value and not array and (rule := _of_new_domain(new, value, changing, asking)):
        return replace(ask(rule), computes=True)
    enum: Any = next((context.desired.objects[i] for i in changing if i.sql == type_), None)
    if enum is None or enum.identity.kind != "enum" or not value:
        return unasked(ask("true"), f"{changing[0]} changes in the same plan")
    held = f"{value}::text[]" if array else f"ARRAY[{value}::text]"
    labels = f"ARRAY[{comma(map(literal, enum.labels))}]::text[]"
    labelled = f"FROM pg_catalog.unnest({held}) AS h (label) WHERE h.label <> ALL ({labels})"
    return ask(f"EXISTS (SELECT {labelled})")


def _of_new_domain(new: Any, value: str, changing: list[Identity], asking: Asking) -> str:
    """Write that a domain which is not there yet refuses a value; empty for any other type."""
    desired = asking.context.desired
    fresh = {d.identity for d in domains(new.type, desired)}
    alone = set(changing) <= fresh and not any(i in asking.context.current for i in changing)
    return refused_by(new.type, value, desired) if alone else ""


def _cut(old: Any, new: Any, source: str, rows: Rows) -> Iterator[Question]:
    """Ask which values come back as others."""
    name = ident(new.identity.name)
    back, there = f"{cast(name, old, new)}::{old.type}", name
    if "." in old.type:  # its operators are found by name only in its schema
        back, there = f"{back}::text", f"{there}::text"
    text = f"values of {new.identity.sql} that are cut or rounded"
    where = f"{back} IS DISTINCT FROM {there}"
    yield rows.question(new.identity, Meaning.LOSES, text, where, source)
