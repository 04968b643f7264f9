"""The one place where names and values become SQL text.

The surprising fact: `quote_ident` also quotes keywords that are not reserved but cannot stand
everywhere (`between`, `position`); the list here is the union over the supported versions, so
that one spelling serves them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 63  # NAMEDATALEN - 1, in bytes; the server cuts what is longer

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")

# Keywords whose category is not "unreserved" in any of PostgreSQL 14 to 18 (manual, appendix C).
_KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user dec decimal default deferrable desc distinct do else end except
    exists extract false fetch float for foreign freeze from full grant greatest group grouping
    having ilike in initially inner inout int integer intersect interval into is isnull join json
    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay placing position precision primary
    real references returning right row select session_user setof similar smallint some substring
    symmetric system_user table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
    xmltable
    """.split()
)


def ident(name: str) -> str:
    """Quote one identifier where it must be (manual, 4.1.1), as `quote_ident` does."""
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(*names: str) -> str:
    """Join the parts of a name, each quoted where it must be."""
    return ".".join(map(ident, names))


def search(schemas: Iterable[str], *, local: bool) -> str:
    """Write the call that sets search_path to the session's own, and some schemas after it."""
    own = "nullif((SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'), '')"
    more = literal(comma(map(ident, schemas)))
    path = f"pg_catalog.concat_ws(', ', {own}, {more})"
    return f"pg_catalog.set_config('search_path', {path}, {str(local).lower()})"


def literal(value: str) -> str:
    """Write a string constant as `quote_literal` does (manual, 4.1.2.1 and 4.1.2.2)."""
    quoted = "'" + value.replace("'", "''") + "'"
    if "\\" in value:
        return "E" + quoted.replace("\\", "\\\\")
    return quoted


def dollar(body: str, tag: str = "") -> str:
    """Write a string constant between dollar quotes whose tag does not occur in it."""
    mark = f"${tag}$"
    number = 0
    # A body that ends with the beginning of the mark would close the quote early.
    while mark[:-1] in body:
        number += 1
        mark = f"${tag or 'q'}{number}$"
    return f"{mark}{body}{mark}"


def lines(*parts: str | None, separator: str = "\n") -> str:
    """Join what is there, leaving out what is empty."""
    return separator.join(p for p in parts if p)


def comma(parts: Iterable[str]) -> str:
    """Join with commas."""
    return ", ".join(parts)
