"""What ALTER COLUMN … TYPE does to the rows: rewrite, loss, and whether USING is needed.

The facts are PostgreSQL's: which casts keep the stored bytes (no rewrite), which are assignments
(no USING), which lose something. What is not known to be harmless counts as a narrowing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import Context
from schemadiff.core.record import record

_TYPMOD = re.compile(
    r"\A(.*?)(?:\((\d+)(?:,(-?\d+))?\))?( with(?:out)? time zone)?((?:\[\])?)\Z", re.DOTALL
)
_TEXTS = ("text", "character varying", "character", "bpchar")
_INTEGERS = ("smallint", "integer", "bigint")
_FLOATS = ("real", "double precision")


@record(frozen=True, slots=True)
class TypeChange:
    """The effects: `using` is the expression's cast chain, empty where none is needed."""

    rewrites: bool
    narrows: bool
    using: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class _Type:
    base: str
    first: int | None
    second: int | None
    array: bool


def _parse(text: str) -> _Type:
    match = _TYPMOD.match(text)
    if match is None:
        return _Type(text, None, None, array=False)
    base, first, second, zone, array = match.groups()
    return _Type(
        base + (zone or ""),
        int(first) if first else None,
        int(second) if second else None,
        bool(array),
    )


def unlimited(type_: str) -> str:
    """Give the type without length or precision; of fixed lengths the one that has none."""
    found = _parse(type_)
    base = {"character": "bpchar", "bit": "bit varying"}.get(found.base, found.base)
    return f"{base}{'[]' if found.array else ''}"


def keeps_keys(old: str, new: str) -> bool:
    """Tell whether a foreign key holds while only one of its sides has the new type."""
    a, b = _parse(old), _parse(new)
    return any(a.base in family and b.base in family for family in (_INTEGERS, _TEXTS)) or (
        a.base == b.base and a.array == b.array
    )


def type_change(old: str, new: str) -> TypeChange:
    """Tell what changing a column from one canonical type to another does."""
    a, b = _parse(old), _parse(new)
    if a.array and b.array:
        same = a.base == b.base
        # An array is converted element by element: what loses its limit alone keeps its bytes.
        return TypeChange(
            rewrites=not (same and b.first is None),
            narrows=type_change(old.removesuffix("[]"), new.removesuffix("[]")).narrows,
            using=() if same else _casts(a, b, new),
        )
    if b.array:
        return TypeChange(rewrites=True, narrows=True, using=_casts(a, b, new))
    if a.base == b.base and not a.array:
        return _same_base(a, b)
    if a.base in _TEXTS and b.base in _TEXTS and not a.array:
        return _texts(a, b)
    if b.base == "interval" and a.base.startswith("interval ") and not a.array:
        return _same_base(a, b)  # fields that are not kept any more are kept as well
    if b.base in ("text", "character varying") and b.first is None:
        return TypeChange(rewrites=True, narrows=False)
    if a.array:
        return TypeChange(rewrites=True, narrows=True, using=_casts(a, b, new))
    if a.base in _INTEGERS and b.base in _INTEGERS:
        return TypeChange(rewrites=True, narrows=_INTEGERS.index(b.base) < _INTEGERS.index(a.base))
    if a.base in _INTEGERS and b.base == "numeric" and b.first is None:
        return TypeChange(rewrites=True, narrows=False)
    if (a.base, b.base) in _HARMLESS:
        return TypeChange(rewrites=_HARMLESS[a.base, b.base], narrows=False)
    if (a.base, b.base) == ("bit", "bit varying"):
        # Any length that is said is looked at in each row.
        fits = b.first is None or b.first >= (a.first or 1)
        return TypeChange(rewrites=b.first is not None, narrows=not fits)
    return TypeChange(rewrites=True, narrows=True, using=_casts(a, b, new))


def effect_of(old: Any, new: Any, context: Context) -> TypeChange:
    """Tell what a change of a column's type does; the server may know better than the rules."""
    effect = type_change(old.type, new.type)
    using = (new.type,) if effect.using else ()
    pairs, sizes = {(old.type, new.type), elements(old, new)}, context.sizes
    if pairs & sizes.refusing.keys() or elements(old, new) in sizes.alike:
        return TypeChange(rewrites=True, narrows=False, using=using)
    if keeps_bytes(old, new, context) is None:
        return effect
    return TypeChange(rewrites=False, narrows=False, using=using)


def may_refuse(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a domain with rules keeps a value, or refuses it."""
    pairs, found = {(old.type, new.type), elements(old, new)}, context.sizes.refusing
    return any(pair is not None and found.get(pair, False) for pair in pairs)


def elements(old: Any, new: Any) -> tuple[str, str] | None:
    """Give the types of the elements where both are arrays."""
    if not (old.type.endswith("[]") and new.type.endswith("[]")):
        return None
    return old.type.removesuffix("[]"), new.type.removesuffix("[]")


def keeps_bytes(old: Any, new: Any, context: Context) -> bool | None:
    """Tell whether the order of values stays, of which every byte does; else None."""
    return context.sizes.alike.get((old.type, new.type))


def by_label(old: Any, new: Any, sides: Sequence[Catalog]) -> tuple[str, ...]:
    """Name the text between, where the labels of a new enum are what a value reads like."""
    if is_words(old.type) or new.type.endswith("]"):
        return ()
    current, desired = sides
    types = desired.depends_on(new.identity)
    made = any(i.kind == "enum" and i not in current for i in types)
    return ("text",) if made and len(type_change(old.type, new.type).using) == 1 else ()


def casts_of(old: Any, new: Any, context: Context) -> tuple[str, ...]:
    """Name the types that a value is cast to, one after the other, where no user says it."""
    between = by_label(old, new, (context.current, context.desired))
    return (*between, *type_change(old.type, new.type).using)


def last_cast(old: str, new: str) -> tuple[str, str]:
    """Give the cast that PostgreSQL may not have: the last one, for all types have a text."""
    *_, before, after = (old, *(type_change(old, new).using or (new,)))
    return before, after


def reads_clock(old: str, new: str) -> bool:
    """Tell whether a conversion depends on the session's time zone or on its styles of dates."""
    a, b = _parse(old), _parse(new)
    timed = [x.base for x in (a, b) if x.base.startswith(_TIMES)]
    return (
        a.base != b.base
        and bool(timed)
        and all(x.base in timed or x.base in _TEXTS for x in (a, b))
    )


def reads_session(old: str, new: str) -> bool:
    """Tell whether a conversion depends on what the session says of times, or where it searches."""
    return reads_clock(old, new) or reads_names(old, new)


def reads_names(old: str, new: str) -> bool:
    """Tell whether a text is looked up as a name, which may be found along the search_path."""
    a, b = _parse(old), _parse(new)
    return a.base in _TEXTS and b.base in _NAMES


_NAMES = frozenset({
    "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper",
    "regoperator", "regproc", "regprocedure", "regrole", "regtype",
})  # fmt: skip
_TIMES = ("date", "timestamp", "time", "interval")


def is_timed(old: str, new: str) -> bool:
    """Tell whether a conversion is one by the time zone of the session, and by nothing else."""
    a, b = _parse(old), _parse(new)
    return not (a.array or b.array) and (a.base, b.base) in _BY_ZONE


_BY_ZONE = frozenset({
    ("timestamp without time zone", "timestamp with time zone"),
    ("date", "timestamp with time zone"),
    ("timestamp with time zone", "timestamp without time zone"),
    ("timestamp with time zone", "date"), ("timestamp with time zone", "time without time zone"),
})  # fmt: skip


def keeps_moments(old: str, new: str) -> bool:
    """Tell whether a conversion writes no row where the time zone is that of Greenwich."""
    ends = {old, new}
    return ends == {"timestamp without time zone", "timestamp with time zone"}


def converts_alike(old: str, new: str) -> bool:
    """Tell whether a value that can be converted becomes the same one in every session.

    Only what is known to be so: times go by the time zone or the style of dates, floats are said
    with as many digits as the session likes, and most other types are read from a text.
    """
    a, b = _parse(old), _parse(new)
    if a.array != b.array:
        return False
    if a.base in _WORDS:
        return b.base in (*_WORDS, *_FLOATS, *_SAID_ALIKE)
    if b.base in _WORDS:
        return a.base in _SAID_ALIKE
    if a.base in _NUMBERS and b.base in _NUMBERS:
        return True
    return (a.base, b.base) in _ALIKE or (a.base == b.base and a.base in _ROUNDED)


def converts_always(old: str, new: str) -> bool:
    """Tell whether any value can be converted, and none is cut."""
    return not type_change(old, new).narrows and (old, new) != ("json", "jsonb")


def are_whole(*types: str) -> bool:
    """Tell whether types are integers: what fits both reads the same in both."""
    return all(_parse(t).base in _INTEGERS and not _parse(t).array for t in types)


def is_words(type_: str) -> bool:
    """Tell whether a type is one of texts."""
    found = _parse(type_)
    return found.base in _WORDS and not found.array


def is_said(type_: str) -> bool:
    """Tell whether values of a type are compared by their text: JSON cannot be otherwise."""
    return _parse(type_).base in (*_WORDS, "json")


# Types whose text is the same whatever the session's settings are.
_WORDS = ("text", "character varying", "character", "bpchar")
_NUMBERS = (*_INTEGERS, *_FLOATS, "numeric")
_SAID_ALIKE = (
    *_INTEGERS, "numeric", "boolean", "uuid", "json", "jsonb",
    "inet", "cidr", "macaddr", "macaddr8",
)  # fmt: skip
_ALIKE = frozenset({
    ("json", "jsonb"), ("jsonb", "json"), ("cidr", "inet"), ("inet", "cidr"),
    ("boolean", "integer"), ("integer", "boolean"), ("macaddr", "macaddr8"),
    ("date", "timestamp without time zone"), ("timestamp without time zone", "date"),
    ("timestamp without time zone", "time without time zone"),
})  # fmt: skip
_ROUNDED = (
    "timestamp without time zone", "timestamp with time zone", "time without time zone", "interval",
)  # fmt: skip


_HARMLESS = {
    ("cidr", "inet"): False,
    ("real", "double precision"): True,
    ("smallint", "real"): True,
    ("smallint", "double precision"): True,
    ("integer", "double precision"): True,
    ("json", "jsonb"): True,
    ("jsonb", "json"): True,
    ("date", "timestamp without time zone"): True,
    ("date", "timestamp with time zone"): True,
    ("timestamp without time zone", "timestamp with time zone"): True,
    ("timestamp with time zone", "timestamp without time zone"): True,
}


def _same_base(a: _Type, b: _Type) -> TypeChange:
    if a.base == "numeric":
        if b.first is None:
            return TypeChange(rewrites=False, narrows=False)
        if a.first is None:
            return TypeChange(rewrites=True, narrows=True)
        a_scale, b_scale = a.second or 0, b.second or 0
        whole_fits = b.first - b_scale >= a.first - a_scale
        return TypeChange(
            rewrites=b_scale != a_scale or b.first < a.first,
            narrows=not (whole_fits and b_scale >= a_scale),
        )
    if a.base in ("character", "bit"):
        return TypeChange(rewrites=True, narrows=(b.first or 1) < (a.first or 1))
    wider = b.first is None or (a.first is not None and b.first >= a.first)
    return TypeChange(rewrites=not wider, narrows=not wider)


def _texts(a: _Type, b: _Type) -> TypeChange:
    if b.base in ("text", "bpchar") or (b.base == "character varying" and b.first is None):
        padded = ("character", "bpchar")  # whose blanks at the end are taken off
        return TypeChange(rewrites=a.base in padded and b.base != "bpchar", narrows=False)
    fits = a.first is not None and b.first is not None and a.first <= b.first
    in_place = fits and a.base != "character" and b.base == "character varying"
    return TypeChange(rewrites=not in_place, narrows=not fits)


def _casts(a: _Type, b: _Type, new: str) -> tuple[str, ...]:
    """Give the casts of the USING expression, or none where assignment does."""
    numeric = (*_INTEGERS, *_FLOATS, "numeric")
    if not (a.array or b.array) and a.base in numeric and b.base in numeric:
        return ()
    times = ("date", "timestamp", "time")
    if a.base.startswith(times) and b.base.startswith(times):
        return ()
    if b.base in _TEXTS and not b.array:
        return ()
    known = a.base in _TEXTS or a.base == "boolean" or b.base == "boolean"
    # The text of one value is none of an array of it: whether it is meant so is not for us to say.
    known |= a.base == b.base
    through_text = () if known or "." not in a.base else ("text[]" if a.array else "text",)
    return (*through_text, new)


_PRECISION = 6  # of times, where no digits are said (manual, 8.5)


def loses_precision(old: str, new: str) -> bool:
    """Tell whether values are rounded without an error: fewer digits behind the point."""
    a, b = _parse(old), _parse(new)
    fractions = (*_FLOATS, "numeric")
    if a.base in fractions and b.base in _INTEGERS:
        return not (a.base == "numeric" and a.first is not None and not a.second)
    if a.base == "numeric" and b.base == "numeric":
        return b.first is not None and (a.first is None or (b.second or 0) < (a.second or 0))
    if (a.base, b.base) == ("double precision", "real") or (
        a.base == "numeric" and b.base in _FLOATS
    ):
        return True
    times = ("timestamp", "time", "interval")
    if a.base.startswith("timestamp") and b.base == "date":
        return True
    if a.base.startswith(times) and b.base.startswith(times):
        here, there = (_PRECISION if t.first is None else t.first for t in (a, b))
        return there < here
    return False


def longest_text(old: str, new: str) -> int | None:
    """Give the length that a text may have in its new type; None where nothing is cut by it."""
    a, b = _parse(old), _parse(new)
    limited = b.base in ("character varying", "character") and not (a.array or b.array)
    if not limited or (b.first is None and b.base != "character"):
        return None
    return b.first or 1


def other_bits(old: str, new: str, value: str) -> str:
    """Write that a string of bits has not the length of its new type; empty for other types."""
    a, b = _parse(old), _parse(new)
    if a.base != b.base or a.array or b.array or b.base not in ("bit", "bit varying"):
        return ""
    if b.base == "bit varying":
        return f"pg_catalog.length({value}) > {b.first}" if b.first is not None else ""
    return f"pg_catalog.length({value}) <> {b.first or 1}"


def through_input(old: str, new: str) -> bool:
    """Tell whether a text becomes a value of another type by being read as one."""
    a, b = _parse(old), _parse(new)
    if (a.base, b.base) == ("json", "jsonb"):
        return not a.array and not b.array
    return a.base in _TEXTS and b.base not in _TEXTS and not a.array and not b.array
