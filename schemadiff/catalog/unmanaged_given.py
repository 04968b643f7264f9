"""Grants that another role than the owner gave: a plan that grants them anew does so as the owner.

Who gave is told and not compared. The surprising fact: GRANTED BY may only name the role that
grants anyway, so pg_dump has to become the giver for as long as it grants (manual, GRANT).
"""

from __future__ import annotations

from schemadiff.catalog.unmanaged_attributes import Attributes

_SOURCES = (
    ("pg_class", "rel"),
    ("pg_proc", "pro"),
    ("pg_type", "typ"),
    ("pg_namespace", "nsp"),
    ("pg_language", "lan"),
    ("pg_foreign_data_wrapper", "fdw"),
    ("pg_foreign_server", "srv"),
)
_WHOLE = " UNION ALL ".join(
    f"SELECT '{catalog}', oid, 0, NULL::text[], {prefix}acl, {prefix}owner FROM {catalog}"
    for catalog, prefix in _SOURCES
)
# A column that is inherited, or is a view's, is no object: it is told under its relation.
GIVEN = Attributes(
    "x.catalog, x.oid, x.number, x.part",
    f"""({_WHOLE}
        UNION ALL
        SELECT 'pg_class', a.attrelid, CASE WHEN c.own THEN a.attnum ELSE 0 END,
               CASE WHEN NOT c.own THEN ARRAY['column', a.attname::text] END, a.attacl, r.relowner
        FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
        CROSS JOIN LATERAL (SELECT a.attislocal AND r.relkind IN ('r', 'p', 'f') AS own) c
        WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
       ) x (catalog, oid, number, part, acl, owner) WHERE x.acl IS NOT NULL""",
    {"given": "EXISTS (SELECT FROM aclexplode(x.acl) e WHERE e.grantor <> x.owner)"},
)
