"""The catalog query for privileges on what the server or an extension brings.

What they gave themselves is in pg_init_privs; where that has no entry, PostgreSQL's own default is
what everybody began with. Objects with the one or the other are read, changed or not, since a
grant can be compared only with what was given.
"""

from __future__ import annotations

from schemadiff.kinds._grants_sql import SCOPE

_NAMED = "n.nspname, x.{}name, NULL"
_BARE = "NULL, x.{}name, NULL"
# Catalog, prefix of its columns, the code for acldefault, the word, the name, which rows.
_CATALOGS = (
    (
        "pg_class",
        "rel",
        """CASE WHEN x.relkind = 'S' THEN 's' ELSE 'r' END::"char\"""",
        "CASE WHEN x.relkind = 'S' THEN 'sequence' ELSE 'table' END",
        _NAMED,
        "x.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')",
    ),
    (
        "pg_proc",
        "pro",
        "'f'",
        "CASE WHEN x.prokind = 'p' THEN 'procedure' ELSE 'function' END",
        "n.nspname, x.proname, oidvectortypes(x.proargtypes)",
        "true",
    ),
    (
        "pg_type",
        "typ",
        "'T'",
        "'type'",
        _NAMED,
        "x.typtype <> 'm'",
    ),
    (
        "pg_namespace",
        "nsp",
        "'n'",
        "'schema'",
        _BARE,
        "x.nspname NOT IN ('public', 'information_schema')",
    ),
    ("pg_language", "lan", "'l'", "'language'", _BARE, "true"),
    ("pg_foreign_data_wrapper", "fdw", "'F'", "'foreign data wrapper'", _BARE, "true"),
    ("pg_foreign_server", "srv", "'S'", "'foreign server'", _BARE, "true"),
)
_JOINED = ("pg_class", "pg_proc", "pg_type")


def _of(source: tuple[str, str, str, str, str, str]) -> str:
    catalog, prefix, code, word, name, which = source
    joined = catalog in _JOINED
    if joined:
        which += " AND n.nspname <> 'information_schema'"
    home = f"JOIN pg_namespace n ON n.oid = x.{prefix}namespace" if joined else ""
    return f"""
        SELECT '{catalog}', x.oid, ''::name, x.{prefix}owner, x.{prefix}acl,
               coalesce(p.initprivs, acldefault({code}, x.{prefix}owner)),
               {word}, {name.format(prefix)}, m.extname, m.home
        FROM {catalog} x {home}
        LEFT JOIN member m ON m.classid = '{catalog}'::regclass AND m.objid = x.oid
        LEFT JOIN pg_init_privs p
            ON p.classoid = '{catalog}'::regclass AND p.objoid = x.oid AND p.objsubid = 0
        WHERE x.{prefix}acl IS NOT NULL AND (x.oid < 16384 OR m.objid IS NOT NULL) AND {which}"""


_COLUMNS = """
        SELECT 'pg_class', x.oid, a.attname, x.relowner, a.attacl, p.initprivs,
               'table', n.nspname, x.relname, NULL, m.extname, m.home
        FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = x.relnamespace
        LEFT JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = x.oid
        LEFT JOIN pg_init_privs p
            ON p.classoid = 'pg_class'::regclass AND p.objoid = x.oid AND p.objsubid = a.attnum
        WHERE (a.attacl IS NOT NULL OR p.initprivs IS NOT NULL) AND NOT a.attisdropped
          AND (x.oid < 16384 OR m.objid IS NOT NULL) AND n.nspname <> 'information_schema'"""
# What owners have is compared only while they are who gave it.
_BY_ROLE = """
    CROSS JOIN LATERAL (
        SELECT e.grantee,
               array_agg(lower(e.privilege_type)) FILTER (WHERE NOT e.given) AS privileges,
               array_agg(lower(e.privilege_type))
                   FILTER (WHERE NOT e.given AND e.is_grantable) AS grantable,
               array_agg(lower(e.privilege_type)) FILTER (WHERE e.given) AS given,
               array_agg(lower(e.privilege_type))
                   FILTER (WHERE e.given AND e.is_grantable) AS given_grantable,
               array_agg(ARRAY[pg_get_userbyid(e.grantor)::text, lower(e.privilege_type)])
                   FILTER (WHERE NOT e.own AND NOT e.given) AS passed_on
        FROM (SELECT *, grantor = f.owner AS own, false AS given FROM aclexplode(f.acl)
              UNION ALL SELECT *, false, true FROM aclexplode(f.usual)) e
        WHERE (e.grantee = f.owner)
            = (e.grantee = ANY (ARRAY(SELECT u.grantor FROM aclexplode(f.usual) u)))
        GROUP BY e.grantee
    ) g
    LEFT JOIN pg_roles r ON r.oid = g.grantee"""


def brought_sql() -> str:
    """Give OID, catalog, extension, its schema, how GRANT calls it, rights by role and column."""
    parts = [_of(each) for each in _CATALOGS]
    return f"""
        WITH member AS (
            SELECT d.classid, d.objid, e.extname, h.nspname AS home
            FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
            JOIN pg_namespace h ON h.oid = e.extnamespace
            WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
        SELECT f.oid, f.catalog, f.extname, f.home, f.word, f.schema, f.name, f.arguments,
               jsonb_agg(jsonb_build_array(
                   CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname END, f.part,
                   g.privileges, g.grantable, g.given, g.given_grantable, g.passed_on))
        FROM ({" UNION ALL ".join((*parts, _COLUMNS))})
            AS f (catalog, oid, part, owner, acl, usual,
                  word, schema, name, arguments, extname, home)
        {_BY_ROLE}
        WHERE (g.grantee = 0 OR r.rolname IS NOT NULL) AND {SCOPE}
        GROUP BY f.oid, f.catalog, f.extname, f.home, f.word, f.schema, f.name, f.arguments"""
