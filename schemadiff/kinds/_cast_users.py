"""What may use a cast, of which the server notes no dependency: only that on its function.

The surprising fact: the function itself may use the cast that it implements, in a body or a default
that PostgreSQL has parsed. So something stands in for it until the cast is there.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import code
from schemadiff.kinds._routine import Routine

_CAST = "cast"


def with_users(desired: Catalog) -> Catalog:
    """Say that what rests on the function of a cast, or may need the cast, comes after it."""
    if not (casts := desired.of(_CAST)):
        return desired
    more: dict[Identity, set[Identity]] = defaultdict(set)
    for identity in casts:
        cast: Any = desired.objects[identity]
        for each in desired.depends_on(identity):
            if isinstance(obj := desired.objects.get(each), Routine):
                users = desired.dependents.get(each, frozenset())
                more |= {i: more[i] | {identity} for i in users if i.kind != _CAST}
                if _may_use(obj, cast):
                    more[each].add(identity)
            elif cast.function is None:
                users = desired.dependents.get(each, frozenset())
                parsed = (i for i in users if is_parsed(desired.objects[i]))
                more |= {i: more[i] | {identity} for i in parsed}
    if not more:
        return desired
    edges = {i: desired.dependencies.get(i, frozenset()) | found for i, found in more.items()}
    return desired.with_objects(desired.objects.values(), {**desired.dependencies, **edges})


def is_parsed(obj: Any) -> bool:
    """Tell whether PostgreSQL looks into what a routine says when it is made."""
    return isinstance(obj, Routine) and bool(obj.sql_body is not None or obj.defaults)


def _may_use(routine: Routine, cast: Any) -> bool:
    """Tell whether what is parsed of the function of a cast has a cast to its target.

    One that is not asked for is not printed.
    """
    if not is_parsed(routine):
        return False
    if cast.context != "explicit":
        return True
    asked = ["::", *_words(cast.identity.path[1])]
    said = map(_words, (routine.sql_body or "", *routine.defaults))
    return any(words[n : n + len(asked)] == asked for words in said for n in range(len(words)))


def _words(text: str) -> list[str]:
    return [token.text for token in code(text)]
