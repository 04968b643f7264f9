"""What operator classes and families share: their members as text, and their names.

A member reads as CREATE OPERATOR CLASS takes it, with the types of both sides always said:
`operator 1 app.<(a, a)`, `operator 9 <->(a, a) for order by float_ops`,
`function 1 (a, a) cmp(a, a)`.
"""

from __future__ import annotations

from schemadiff.core.expression import split_commas
from schemadiff.core.kind import At
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._form import named, operator

SOURCE = (
    "pg_catalog.{catalog} x JOIN pg_catalog.pg_namespace n ON n.oid = x.{prefix}namespace "
    "JOIN pg_catalog.pg_am m ON m.oid = x.{prefix}method"
)
_OF_CLASS = (
    "EXISTS (SELECT 1 FROM pg_catalog.pg_depend d "
    "WHERE d.classid = 'pg_catalog.{catalog}'::regclass AND d.objid = p.oid "
    "AND d.refclassid = 'pg_catalog.pg_opclass'::regclass{which})"
)


def _types(prefix: str) -> str:
    return (
        f"pg_catalog.format_type(p.{prefix}lefttype, NULL) || ', ' || "
        f"pg_catalog.format_type(p.{prefix}righttype, NULL)"
    )


def _members(operators: str, functions: str) -> str:
    family = named("pg_opfamily", "opf", "p.amopsortfamily")
    return (
        "ARRAY(SELECT u.member FROM (SELECT 'operator ' || p.amopstrategy || ' ' || "
        f"{operator('p.amopopr')} || '(' || {_types('amop')} || ')' || CASE p.amoppurpose "
        f"WHEN 'o' THEN ' for order by ' || {family} ELSE '' END AS member "
        f"FROM pg_catalog.pg_amop p WHERE {operators} "
        f"UNION ALL SELECT 'function ' || p.amprocnum || ' (' || {_types('amproc')} || ') ' "
        f"|| p.amproc::regprocedure::text FROM pg_catalog.pg_amproc p WHERE {functions}) u "
        'ORDER BY u.member COLLATE "C")'
    )


def loose_sql(family: str) -> str:
    """Give the SQL of the members of a family that belong to no class."""
    return _members(
        f"p.amopfamily = {family} AND NOT {_OF_CLASS.format(catalog='pg_amop', which='')}",
        f"p.amprocfamily = {family} AND NOT {_OF_CLASS.format(catalog='pg_amproc', which='')}",
    )


def class_sql(class_: str) -> str:
    """Give the SQL of the members of a class."""
    which = f" AND d.refobjid = {class_}"
    return _members(
        _OF_CLASS.format(catalog="pg_amop", which=which),
        _OF_CLASS.format(catalog="pg_amproc", which=which),
    )


def member_name(member: str) -> str:
    """Give what ALTER OPERATOR FAMILY … DROP calls a member: its number and its types."""
    found = code(member)
    opening = next(i for i, t in enumerate(found) if t.text == "(")
    closing = next(i for i, t in enumerate(found) if t.text == ")" and i > opening)
    types = member[found[opening].end : found[closing].start]
    left, right = split_commas(types)
    return f"{found[0].text} {found[1].text} ({left}, {right})"


def method_path(at: At) -> tuple[str, str, str] | None:
    """Split the key `name using method`; reports what is not one."""
    try:
        found = code(at.name or "")
    except LexError:
        found = []
    names = (Kind.IDENT, Kind.QUOTED)
    if len(found) == 1 and found[0].kind in names:
        return at.schema, found[0].value, "btree"
    if [t.value for t in found[1:-1]] != ["using"] or found[0].kind not in names:
        at.fail("SD098", f"{at.name!r} does not name a method", "write name using btree")
        return None
    return at.schema, found[0].value, found[2].value


def subject(path: tuple[str, ...]) -> str:
    """Write the name, and USING with the method."""
    return f"{qualified(*path[:2])} USING {ident(path[2])}"
