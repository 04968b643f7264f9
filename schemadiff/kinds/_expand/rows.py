"""What takes or gives whole rows of a table, and is fit for a column that comes to stand last.

A computed field, `full_name(people)`, finds a column by its name however many there are. What goes
by the order of columns, or hands on the whole row, only the text says: an argument has to be
followed by the name of a column wherever it stands, and rows come from `SELECT *` of that table,
so that they have its order at any time. The surprising fact: an index on such a function is not
told when the columns trade places, and sessions would go on reading the dropped one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.object import attributes
from schemadiff.core.sql import qualified

_LANGUAGES = frozenset({"sql", "plpgsql"})
# What reads the table, and says `people.*` where it reads whole rows.
_READERS = frozenset({"view", "materialized_view", "policy"})
# What is planned with each statement, and so never behind the table.
_PLANNED = frozenset({"policy", "check"})


def why_not_the_rows(table: Identity, side: Catalog) -> Iterator[str]:
    """Say what of a table's rows as a whole keeps its columns where they are."""
    for each in sorted(side.dependents.get(table, ())):
        if not takes_rows(each, table, side):
            continue
        given = _gives_rows(side.objects[each], table)
        for other in sorted(side.dependents.get(each, ())):
            obj: Any = side.objects[other]
            if obj.parent == table and other.kind not in _PLANNED:
                yield f"{other} keeps what {each} makes of whole rows"
            elif given and (other.kind in _READERS or getattr(obj, "sql_body", None)):
                # As it is printed: `FROM f() f(a, b)`, whatever it says itself.
                yield f"{other} names the columns of the rows of {each} in their order"


def why_unfit_rule(rule: Any) -> Iterator[str]:
    """Say why a rule of a table keeps its columns where they are.

    Rows are filled by UPDATE. What a rule says of a column it goes by its name or, as `old.*`, by
    the order; the server prints each of a list by itself.
    """
    if rule.event == "update":
        yield f"{rule.identity} would see each row filled"
    try:
        said = [[t.text for t in code(text)] for text in (rule.where or "", *rule.actions)]
    except LexError:
        said = [[".", "*"]]
    if any((".", "*") in pairwise(words) for words in said):
        yield f"{rule.identity} takes whole rows, and may go by the order of columns"


def takes_rows(identity: Identity, table: Identity, side: Catalog) -> bool:
    """Tell whether something takes or gives rows of a table, and not by the order of columns."""
    obj: Any = side.objects[identity]
    if identity.kind in _READERS:
        return _reads_by_name(obj, table)
    body = getattr(obj, "body", None) or getattr(obj, "sql_body", None)
    if getattr(obj, "language", "") not in _LANGUAGES or not body:
        return False
    row = qualified(*table.path)
    inputs = [a for a in obj.arguments if a.is_input]
    rows = {n: a.name for n, a in enumerate(inputs, 1) if a.type == row and a.mode == "in"}
    if any(_speaks(a.type, table) for a in obj.arguments if a.type != row or a.mode != "in"):
        return False
    names = {f"${number}" for number in rows} | set(filter(None, rows.values()))
    try:
        found = code(body)
    except LexError:
        return False
    if not all(_a_column(found, n) for n, token in enumerate(found) if token.value in names):
        return False
    if _gives_rows(obj, table):
        return all(_as_they_are(each, table.name) for each in _answers(found, obj.language))
    return not _speaks(getattr(obj, "returns", ""), table)


def _gives_rows(obj: Any, table: Identity) -> bool:
    row = qualified(*table.path)
    return getattr(obj, "returns", "") in (row, f"SETOF {row}")


def _reads_by_name(obj: Any, table: Identity) -> bool:
    said = (getattr(obj, name) for name in attributes(type(obj)))
    try:
        tokens = [token.text for text in said if isinstance(text, str) for token in code(text)]
    except LexError:
        return False
    whole = (".", "*") in pairwise(tokens)
    return not whole and not any(_speaks(each[1], table) for each in getattr(obj, "columns", ()))


def _speaks(type_: str, table: Identity) -> bool:
    """Tell whether the words for a type may be of rows of a table: too often, never too rarely."""
    return table.name in {token.value for token in code(type_)}


def _a_column(found: list[Token], number: int) -> bool:
    """Tell whether an argument, maybe in brackets, is followed by the name of a column."""
    after = found[number + 1 : number + 4]
    if number and found[number - 1].text == "(" and after and after[0].text == ")":
        after = after[1:]
    return len(after) > 1 and after[0].text == "." and after[1].kind in (Kind.IDENT, Kind.QUOTED)


def _answers(found: list[Token], language: str) -> Iterator[list[str]]:
    """Give the queries whose rows a function returns, without what is in brackets."""
    flat, depth = list[str](), 0
    for token in found:
        depth -= token.text == ")"
        if not depth:
            flat.append(token.value)
        depth += token.text == "("
    ends = [n for n, word in enumerate(flat) if word == ";"] + [len(flat)]
    if language == "sql":
        whole = [flat[a + 1 : b] for a, b in zip([-1, *ends], ends, strict=False) if b - a > 1]
        yield [w for w in whole if w != ["end"]][-1]  # of BEGIN ATOMIC
    for number, word in enumerate(flat if language != "sql" else ()):
        end = next(n for n in ends if n >= number)
        if word == "return" and end > number + 1:
            yield flat[number + 2 : end] if flat[number + 1] == "query" else []


def _as_they_are(query: list[str], table: str) -> bool:
    """Tell whether a query gives rows of a table in its order: `SELECT *`, `RETURNING *`.

    That it gives as many columns as the table has is certain: else the function would not run.
    """
    starts = [n for n, word in enumerate(query) if word in ("select", "returning")]
    ends = [*starts[1:], len(query)][: len(starts)]
    for start, end in zip(starts, ends, strict=True):
        source = query[start + 2 : end] if query[start] == "select" else query[:start]
        named = query[start + 2 : start + 4] == [".", "*"]
        if not named and query[start + 1 : start + 2] != ["*"]:
            return False
        if not _names(source, table, query[start + 1] if named else ""):
            return False
    return bool(starts)


def _names(source: list[str], table: str, alias: str) -> bool:
    """Tell whether tables are said, and one of them is the table, under the alias where one is."""
    for number, word in enumerate(source):
        if word != table or number == 0 or source[number - 1] not in _BEFORE_A_TABLE:
            continue
        after = source[number + 1 : number + 3]
        if alias in ("", table, *after[:1]) or after == ["as", alias]:
            return True
    return False


_BEFORE_A_TABLE = frozenset({"from", "join", "into", "update", "only", ",", "."})
