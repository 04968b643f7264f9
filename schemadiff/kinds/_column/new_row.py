"""What the values of a column are asked that become rows of a type which is not there yet.

The surprising fact: a type of the session's own, which is never committed, reads texts as the one
will that the plan makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemadiff.core.kind import Context
from schemadiff.core.moving import types_below
from schemadiff.core.preflight import Question
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.core.versions import PG16  # pg_input_is_valid()
from schemadiff.kinds._asked_rows import cast
from schemadiff.kinds._moving import changing_types, element
from schemadiff.kinds._type_change import is_words, type_change

_LIKE = "pg_temp.schemadiff_asked"


def read_as_new_row(
    old: Any, new: Any, ask: Callable[[str], Question], source: str, context: Context
) -> Question | None:
    """Ask whether texts are values of a composite type that is made; None for any other type."""
    made = _made(new, context)
    if made is None or new.using is not None or _may_read_otherwise(old, context):
        return None
    name, many = ident(new.identity.name), element(new.type)[1]
    like = replace(new, type=f"{_LIKE}[]" if many else _LIKE)
    if not (many or is_words(old.type) or "text" in type_change(old.type, like.type).using):
        return None  # by a cast of its own, if there is one
    soft = f"NOT pg_catalog.pg_input_is_valid({name}::text, {literal(_LIKE)})"
    told = context.version >= PG16 and not many
    question = ask(soft if told else "true")
    return replace(
        question,
        makes=f"CREATE TYPE {_LIKE} AS ({comma(a.sql for a in made.attributes)})",
        trial=f"SELECT pg_catalog.count({cast(name, old, like)}) FROM {source}",
        count=question.count if told else "",
        examples=question.examples if told else "",
    )


def _may_read_otherwise(old: Any, context: Context) -> bool:
    """Tell whether a value has another text by then: that of a label which is renamed."""
    current, desired = context.current, context.desired
    below = types_below(old.identity, current, context)
    return any(i in desired and desired.get(i) != current.get(i) for i in below)


def _made(new: Any, context: Context) -> Any | None:
    """Give the composite type, alone of what changes below the column, where no cast leads to it.

    One that stays is altered before or after, and a value is then read by what it is at that time.
    """
    changing = changing_types(new.identity, context)
    found: Any = context.desired.get(changing[0]) if len(changing) == 1 else None
    if found is None or found.identity.kind != "composite":
        return None
    anew = found.identity not in context.current or found.identity in context.replaced
    direct = element(new.type)[0] == found.identity.sql
    users = context.desired.dependents.get(found.identity, frozenset())
    return found if anew and direct and not any(i.kind == "cast" for i in users) else None
