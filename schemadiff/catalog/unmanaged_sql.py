"""The queries that find what no kind manages; they know catalogs, never the kinds of the registry.

The surprising fact: which objects are managed is not asked by kind at all. Each query leaves out
the OIDs that the kinds have read (`{unknown}`), so that an entry falls silent by itself when a
kind comes to read its objects.
"""

from __future__ import annotations

from schemadiff.core.record import record

# OIDs below are the server's own. Nobody else's temporary objects are ours.
FIRST = 16384
_LASTING = "n.nspname !~ '^pg_(temp|toast)'"
# What PostgreSQL made as a part of something else, or as the clone of a partitioned object.
_WHOLE = """NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = '{catalog}'::regclass AND d.objid = x.oid AND d.deptype IN ('i', 'P', 'S'))"""
_SYSTEM = """CASE WHEN n.nspname ~ '^pg_' OR n.nspname = 'information_schema'
             THEN 'in a schema of the server' ELSE '' END"""


@record(frozen=True, slots=True)
class Objects:
    """One query over the rows of a catalog, in the alias `x`.

    Its columns: the OID, the OID of the relation (else 0) that the object is a part of, the words
    for the kind, the name, the reason.
    """

    catalog: str
    sql: str


def unknown(known: str) -> str:
    """Give the condition "not the server's own and in no kind"; `known` are OIDs with commas."""
    missing = f"x.oid >= {FIRST}"
    if known:
        # Said so because `= ANY` is hashed, while `<> ALL` is not before PostgreSQL 15.
        missing += f" AND (x.oid = ANY ('{{{known}}}'::oid[])) IS NOT TRUE"
    return missing


def _plain(catalog: str, words: str, name: str, joins: str = "") -> Objects:
    """Make the query for a catalog in which every row is an object."""
    return Objects(
        catalog,
        f"SELECT x.oid, 0::oid, {words}, {name}, '' FROM {catalog} x {joins} WHERE {{unknown}}",
    )


def _named(catalog: str, prefix: str, words: str) -> Objects:
    """Make the query for a catalog of names that live in schemas."""
    return _plain(
        catalog,
        words,
        f"n.nspname || '.' || x.{prefix}name",
        f"JOIN pg_namespace n ON n.oid = x.{prefix}namespace",
    )


# Names are looked up for what is left: joins would be made with all of the tables before.
_RELATION = """(SELECT n.nspname || '.' || c.relname FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = {})"""
_TEMPORARY = "(SELECT n.oid FROM pg_namespace n WHERE n.nspname ~ '^pg_(temp|toast)')"
_RELATIONS = f"""
SELECT x.oid, coalesce((SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = x.oid), 0),
       CASE x.relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence'
            WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
            ELSE CASE WHEN x.reloftype <> 0 THEN 'typed table' ELSE 'table' END END,
       {_RELATION.format("x.oid")}, ''
FROM pg_class x
WHERE x.relkind NOT IN ('t', 'c') AND x.relnamespace NOT IN {_TEMPORARY}
  AND NOT (x.relkind IN ('i', 'I') AND x.relispartition)
  AND {{unknown}}
  AND CASE WHEN x.relkind IN ('i', 'I') THEN x.oid NOT IN (
                SELECT con.conindid FROM pg_constraint con WHERE con.contype IN ('p', 'u', 'x'))
           WHEN x.relkind = 'S' THEN x.oid NOT IN (
                SELECT d.objid FROM pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'i')
           ELSE true END"""

# A constraint that is inherited or cloned, or the shadow of a constraint trigger, is no object; one
# of an extension's domain is the extension's.
_CONSTRAINTS = f"""
SELECT x.oid, x.conrelid,
       CASE x.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint'
            WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion constraint'
            ELSE 'check constraint' END,
       coalesce({_RELATION.format("x.conrelid")}, format_type(x.contypid, NULL))
       || '.' || x.conname, ''
FROM pg_constraint x
WHERE x.contype NOT IN ('n', 't') AND x.conparentid = 0 AND (x.coninhcount = 0 OR x.conislocal)
  AND NOT (x.contypid <> 0 AND EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.contypid
           AND d.classid = 'pg_type'::regclass AND d.deptype = 'e'))
  AND {{unknown}}"""

# What the script of an extension puts on its own relations (keys, indexes, rules, triggers) is no
# member itself; it was made in a transaction that made members.
BORN = """
SELECT DISTINCT d.classid::regclass::text, d.objid
FROM pg_depend m
JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype IN ('a', 'i')
WHERE m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e'
  AND m.classid = 'pg_class'::regclass
  AND EXISTS (SELECT FROM pg_depend s
              WHERE s.refclassid = m.refclassid AND s.refobjid = m.refobjid AND s.deptype = 'e'
                AND s.xmin = d.xmin)"""

# NOT NULL is an object of its own only where it is not the usual one. Nearly all are, so that
# their names go out bare, and are compared with the names that the inspection has read anyway.
_PROVEN = """x.convalidated AND x.coninhcount > 0 AND (x.conrelid, x.conname) IN (
    SELECT h.inhrelid, w.conname FROM pg_constraint w JOIN pg_inherits h ON h.inhparent = w.conrelid
    WHERE w.contype = 'n' AND NOT w.convalidated)"""
NOT_NULL = f"""
SELECT x.oid, CASE x.contypid WHEN 0 THEN x.conrelid ELSE x.contypid END, x.conkey[1], x.conname,
       CASE WHEN NOT x.convalidated THEN 'not valid' WHEN x.connoinherit THEN 'no inherit'
            WHEN {_PROVEN} THEN 'valid, though that of the table above is not'
            ELSE '' END,
       CASE WHEN x.contypid <> 0 THEN (
           SELECT ARRAY[n.nspname::text, t.typname::text] FROM pg_type t
           JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = x.contypid) END
FROM pg_constraint x
WHERE x.contype = 'n' AND {{unknown}} AND (x.coninhcount = 0 OR x.conislocal AND EXISTS (
    SELECT FROM pg_class c WHERE c.oid = x.conrelid AND NOT c.relispartition) OR NOT EXISTS (
    SELECT FROM pg_inherits h JOIN pg_constraint w ON w.conrelid = h.inhparent
    WHERE h.inhrelid = x.conrelid AND w.contype = 'n' AND w.conname = x.conname) OR {_PROVEN})"""
NOT_NULL_SINCE = 170000

_TRIGGERS = """
SELECT x.oid, x.tgrelid, 'trigger', n.nspname || '.' || c.relname || '.' || x.tgname, ''
FROM pg_trigger x
JOIN pg_class c ON c.oid = x.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT x.tgisinternal AND x.tgparentid = 0 AND {unknown}"""
_RULES = """
SELECT x.oid, x.ev_class, 'rule', n.nspname || '.' || c.relname || '.' || x.rulename, ''
FROM pg_rewrite x
JOIN pg_class c ON c.oid = x.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT (x.rulename = '_RETURN' AND c.relkind IN ('v', 'm')) AND {unknown}"""
_POLICIES = """
SELECT x.oid, x.polrelid, 'policy', n.nspname || '.' || c.relname || '.' || x.polname, ''
FROM pg_policy x
JOIN pg_class c ON c.oid = x.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {unknown}"""

_ROUTINES = f"""
SELECT x.oid, 0::oid,
       CASE x.prokind WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function'
            WHEN 'p' THEN 'procedure' ELSE 'function' END,
       n.nspname || '.' || x.proname || '(' || oidvectortypes(x.proargtypes) || ')', {_SYSTEM}
FROM pg_proc x JOIN pg_namespace n ON n.oid = x.pronamespace
WHERE {{unknown}} AND {_LASTING} AND {_WHOLE.format(catalog="pg_proc")}"""

# Row types and array types follow something else, and so does the multirange of a range.
_TYPES = f"""
SELECT x.oid, 0::oid,
       CASE WHEN NOT x.typisdefined THEN 'shell type' ELSE CASE x.typtype
            WHEN 'r' THEN 'range type' WHEN 'm' THEN 'multirange type' WHEN 'e' THEN 'enum'
            WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' ELSE 'base type' END END,
       n.nspname || '.' || x.typname, {_SYSTEM}
FROM pg_type x
JOIN pg_namespace n ON n.oid = x.typnamespace
WHERE (x.typrelid = 0 OR x.typrelid IN (SELECT c.oid FROM pg_class c WHERE c.relkind = 'c'))
  AND x.typinput <> 'array_in'::regproc AND {{unknown}} AND {_LASTING}
  AND {_WHOLE.format(catalog="pg_type")}"""

_SCHEMAS = f"""
SELECT x.oid, 0::oid, 'schema', x.nspname, '' FROM pg_namespace x
WHERE {{unknown}} AND {_LASTING.replace("n.", "x.")}"""
SHELL = "a shell that another operator names"
_OPERATORS = f"""
SELECT x.oid, 0::oid, 'operator', n.nspname || '.' || x.oprname || '('
       || CASE WHEN x.oprleft = 0 THEN 'none' ELSE format_type(x.oprleft, NULL) END || ', '
       || CASE WHEN x.oprright = 0 THEN 'none' ELSE format_type(x.oprright, NULL) END || ')',
       CASE WHEN x.oprcode <> 0 THEN '' WHEN EXISTS (SELECT FROM pg_operator o
           WHERE o.oprcode <> 0 AND x.oid IN (o.oprcom, o.oprnegate)) THEN '{SHELL}'
           ELSE 'a shell that no operator names' END
FROM pg_operator x JOIN pg_namespace n ON n.oid = x.oprnamespace
WHERE {{unknown}}"""


def _by_method(catalog: str, prefix: str, words: str) -> Objects:
    """Make the query for operator classes or families, whose names are unique per method."""
    return _plain(
        catalog,
        words,
        f"n.nspname || '.' || x.{prefix}name || ' using ' || m.amname",
        f"JOIN pg_namespace n ON n.oid = x.{prefix}namespace "
        f"JOIN pg_am m ON m.oid = x.{prefix}method",
    )


def _loose(catalog: str, prefix: str, number: str, words: str) -> Objects:
    """Make the query for what ALTER OPERATOR FAMILY added to a family of the server's own."""
    return Objects(
        catalog,
        f"""SELECT x.oid, 0::oid, {words}, n.nspname || '.' || f.opfname || ' ' || x.{number}
                   || ' (' || format_type(x.{prefix}lefttype, NULL) || ', '
                   || format_type(x.{prefix}righttype, NULL) || ')', ''
            FROM {catalog} x JOIN pg_opfamily f ON f.oid = x.{prefix}family
            JOIN pg_namespace n ON n.oid = f.opfnamespace
            WHERE f.oid < {FIRST} AND {{unknown}} AND {_WHOLE.format(catalog=catalog)}""",
    )


# A range type brings the cast to its multirange.
_CASTS = f"""
SELECT x.oid, 0::oid, 'cast',
       format_type(x.castsource, NULL) || ' as ' || format_type(x.casttarget, NULL), ''
FROM pg_cast x WHERE {{unknown}} AND {_WHOLE.format(catalog="pg_cast")}"""
_TRANSFORM = "format_type(x.trftype, NULL) || ' for ' || l.lanname"
_DEFAULT_ACL = """
SELECT x.oid, 0::oid, 'default privileges',
       r.rolname || coalesce(' in ' || n.nspname, '') || ' on ' || CASE x.defaclobjtype
               WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'T' THEN 'types'
               WHEN 'f' THEN 'functions' WHEN 'n' THEN 'schemas' ELSE 'large objects' END, ''
FROM pg_default_acl x JOIN pg_roles r ON r.oid = x.defaclrole
LEFT JOIN pg_namespace n ON n.oid = x.defaclnamespace
WHERE {unknown}"""
# Of pg_user_mapping itself, and of subconninfo, an ordinary user may read nothing.
_MAPPINGS = """
SELECT x.oid, 0::oid, 'user mapping', x.usename || ' on ' || x.srvname, ''
FROM (SELECT umid AS oid, usename, srvname FROM pg_user_mappings) x WHERE {unknown}"""
_SUBSCRIPTIONS = """
SELECT x.oid, 0::oid, 'subscription', x.subname, ''
FROM pg_subscription x
WHERE x.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND {unknown}"""

OBJECTS: tuple[Objects, ...] = (
    Objects("pg_class", _RELATIONS),
    Objects("pg_constraint", _CONSTRAINTS),
    Objects("pg_trigger", _TRIGGERS),
    Objects("pg_rewrite", _RULES),
    Objects("pg_policy", _POLICIES),
    Objects("pg_proc", _ROUTINES),
    Objects("pg_type", _TYPES),
    Objects("pg_namespace", _SCHEMAS),
    Objects("pg_operator", _OPERATORS),
    Objects("pg_default_acl", _DEFAULT_ACL),
    Objects("pg_user_mapping", _MAPPINGS),
    Objects("pg_subscription", _SUBSCRIPTIONS),
    _plain("pg_extension", "'extension'", "x.extname"),
    _plain("pg_event_trigger", "'event trigger'", "x.evtname"),
    _named("pg_statistic_ext", "stx", "'extended statistics'"),
    _named("pg_collation", "coll", "'collation'"),
    _named("pg_conversion", "con", "'conversion'"),
    Objects("pg_cast", _CASTS),
    _by_method("pg_opclass", "opc", "'operator class'"),
    _by_method("pg_opfamily", "opf", "'operator family'"),
    _loose("pg_amop", "amop", "amopstrategy", "'operator in an operator family'"),
    _loose("pg_amproc", "amproc", "amprocnum", "'function in an operator family'"),
    _plain("pg_am", "'access method'", "x.amname"),
    _plain("pg_language", "'language'", "x.lanname"),
    _named("pg_ts_config", "cfg", "'text search configuration'"),
    _named("pg_ts_dict", "dict", "'text search dictionary'"),
    _named("pg_ts_parser", "prs", "'text search parser'"),
    _named("pg_ts_template", "tmpl", "'text search template'"),
    _plain("pg_transform", "'transform'", _TRANSFORM, "JOIN pg_language l ON l.oid = x.trflang"),
    _plain("pg_foreign_data_wrapper", "'foreign-data wrapper'", "x.fdwname"),
    _plain("pg_foreign_server", "'foreign server'", "x.srvname"),
    _plain("pg_publication", "'publication'", "x.pubname"),
)
