"""The catalog query for privileges: every ACL that is set beside PostgreSQL's own default."""

from __future__ import annotations

SCOPE = """EXISTS (SELECT 1 FROM pg_namespace n
                   WHERE n.oid <> pg_my_temp_schema() AND {namespaces})"""

# Privileges by role; `found` has acl, usual and owner. Those of the owner are never grantable.
BY_ROLE = """
    CROSS JOIN LATERAL (
        SELECT e.grantee,
               array_agg(DISTINCT lower(e.privilege_type)) FILTER (WHERE e.actual) AS privileges,
               array_agg(DISTINCT lower(e.privilege_type))
                   FILTER (WHERE e.actual AND e.is_grantable) AS grantable,
               array_agg(DISTINCT ARRAY[pg_get_userbyid(e.grantor)::text, lower(e.privilege_type)])
                   FILTER (WHERE e.actual AND e.grantor <> f.owner) AS passed_on
        FROM (SELECT *, true AS actual FROM aclexplode(f.acl)
              UNION ALL SELECT *, false FROM aclexplode(f.usual)) e
        GROUP BY e.grantee
        HAVING array_agg(DISTINCT e.privilege_type) FILTER (WHERE e.actual)
               IS DISTINCT FROM array_agg(DISTINCT e.privilege_type) FILTER (WHERE NOT e.actual)
            OR bool_or(e.actual AND e.is_grantable AND e.grantee <> f.owner)
    ) g
    LEFT JOIN pg_roles r ON r.oid = g.grantee"""

# The schema that was public has another name, and an OID of initdb's.
_SCHEMAS = "x.nspname <> 'public' AND x.nspname !~ '^pg_' AND x.nspname <> 'information_schema'"
# Catalog, prefix of its columns, the code for acldefault, which rows.
_CATALOGS = (
    (
        "pg_class",
        "rel",
        """CASE WHEN x.relkind = 'S' THEN 's' ELSE 'r' END::"char\"""",
        "x.oid >= 16384 AND x.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')",
    ),
    ("pg_proc", "pro", "'f'", "x.oid >= 16384"),
    ("pg_type", "typ", "'T'", "x.oid >= 16384"),
    ("pg_namespace", "nsp", "'n'", _SCHEMAS),
    ("pg_language", "lan", "'l'", "x.oid >= 16384"),
    ("pg_foreign_data_wrapper", "fdw", "'F'", "x.oid >= 16384"),
    ("pg_foreign_server", "srv", "'S'", "x.oid >= 16384"),
)
_PUBLIC_CREATES_UNTIL = 150000


def grants_sql(version: int) -> str:
    """Give OID, catalog, number, role, whether it owns the object, privileges, more about these."""
    parts = [
        f"""SELECT '{catalog}' AS catalog, x.oid, 0 AS number, x.{prefix}owner AS owner,
                   x.{prefix}acl AS acl, acldefault({code}, x.{prefix}owner) AS usual
            FROM {catalog} x WHERE x.{prefix}acl IS NOT NULL AND {which}"""
        for catalog, prefix, code, which in _CATALOGS
    ]
    # What initdb grants on the schema public; one that was made again has none of it.
    words = ["USAGE", "CREATE"] if version < _PUBLIC_CREATES_UNTIL else ["USAGE"]
    more = "".join(f" || makeaclitem(0, x.nspowner, '{w}', false)" for w in words)
    parts.append(
        f"""SELECT 'pg_namespace', x.oid, 0, x.nspowner,
                   coalesce(x.nspacl, acldefault('n', x.nspowner)),
                   acldefault('n', x.nspowner){more}
            FROM pg_namespace x WHERE x.nspname = 'public'"""
    )
    parts.append(
        """SELECT 'pg_class', x.oid, a.attnum, x.relowner, a.attacl, NULL
            FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid
            WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384 AND NOT a.attisdropped
              AND x.relkind IN ('r', 'p', 'v', 'm', 'f')"""
    )
    return f"""
        SELECT f.oid, f.catalog, f.number,
               CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname END,
               g.grantee = f.owner, g.privileges, g.grantable, g.passed_on
        FROM ({" UNION ALL ".join(parts)}) f {BY_ROLE}
        WHERE (g.grantee = 0 OR r.rolname IS NOT NULL) AND {SCOPE}"""
