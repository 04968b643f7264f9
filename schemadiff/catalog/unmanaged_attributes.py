"""What objects have that their kind does not carry: the conditions, and the words for them.

An attribute is managed as soon as the model of the object's kind has a field of one of its names,
or the registry has a kind of one of the names that make it an object. What belongs to a part that
is no object (a column of a view, an index of a partition) is told under the object.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemadiff.core.online import PREFIX
from schemadiff.core.record import record
from schemadiff.core.secrets import SECRETS
from schemadiff.core.sql import comma, literal
from schemadiff.core.versions import PG17


@record(frozen=True, slots=True)
class Attribute:
    """The words for an attribute; `fields` of a model or `kinds` of the registry that manage it.

    `holds` is what such a field holds, where a field of the name may also mean something else.
    """

    words: str
    fields: str = ""
    kinds: str = ""
    holds: type = object


@record(frozen=True, slots=True)
class Attributes:
    """One query: `select` gives catalog, OID, number, part; `conditions` say which attributes.

    A part is empty, or ARRAY[what it is, its name] for a part of the addressed object.
    """

    select: str
    source: str
    conditions: Mapping[str, str]

    def sql(self, version: int) -> str:
        """Give the query; its last column is the list of the attributes that are set."""
        tests = {k: c for k, c in self.conditions.items() if version >= SINCE.get(k, 0)}
        cases = ", ".join(f"CASE WHEN {c} THEN '{k}' END" for k, c in tests.items())
        return f"""
            SELECT {self.select}, array_remove(ARRAY[{cases}], NULL)
            FROM {self.source} AND ({" OR ".join(f"({c})" for c in tests.values())})
            """.replace("{no_target}", no_target(version))


def no_target(version: int) -> str:
    """Give the condition "has no statistics target", which was -1 before PostgreSQL 17."""
    return "a.attstattarget IS NULL" if version >= PG17 else "a.attstattarget = -1"


_BOUND_WORDS = "DEPENDS ON EXTENSION: it goes with the extension"
# Where a kind is meant, two spellings stand together, so that no word here is the name of a kind.
ATTRIBUTES: Mapping[str, Attribute] = {
    "parameters": Attribute("storage parameters", "parameters storage storage_parameters"),
    "other_parameters": Attribute(
        "other storage parameters than its index", kinds="part_index part_indexes"
    ),
    "other_class": Attribute("another operator class than its index"),
    "toast": Attribute("storage parameters of its toast table", "storage parameters"),
    "lies": Attribute("TABLESPACE", kinds="tablespace tablespaces"),
    "explicit": Attribute("in pg_default, which is not the tablespace of the database"),
    "apart": Attribute("another tablespace than its index", kinds="tablespace tablespaces"),
    "method": Attribute("access method", "using access_method"),
    "replica": Attribute("replica identity", kinds="replica_identity replica_identities"),
    "security": Attribute(
        "row security enabled", "row_security row_level_security", "row_security row_level_security"
    ),
    "forced": Attribute(
        "row security forced",
        "row_security_forced force_row_security forced_row_security row_security_force",
        "row_security row_level_security force_row_security",
    ),
    "cluster": Attribute("CLUSTER ON", kinds="cluster_on clustered"),
    "owned": Attribute("owned by another role", "owner owned_by_role", "owner owners", str),
    "target": Attribute(
        "statistics target", "statistics statistics_target", "column_setting column_settings"
    ),
    "storage": Attribute("STORAGE", "storage", "column_setting column_settings"),
    "compression": Attribute("COMPRESSION", "compression", "column_setting column_settings"),
    "options": Attribute(
        "attribute options", "options attribute_options", "column_setting column_settings"
    ),
    "granted": Attribute("grants", "grants privileges acl", "grant grants privilege privileges"),
    "given": Attribute("granted by another role than the owner"),
    "unattached": Attribute("not attached to an index of every partition", "valid"),
    "not_valid": Attribute("NOT VALID", "valid not_valid"),
    "not_enforced": Attribute("NOT ENFORCED", "enforced not_enforced"),
    "period": Attribute("WITHOUT OVERLAPS or PERIOD", "without_overlaps period temporal"),
    "set_columns": Attribute("SET NULL or SET DEFAULT (columns)", "delete_columns"),
    "no_inherit": Attribute("NO INHERIT", "no_inherit"),
    "disabled": Attribute("disabled: its triggers do not fire as they were made"),
    "own_not_null": Attribute(
        "NOT NULL though its parent is not", kinds="part_not_null part_not_nulls"
    ),
    "own_generated": Attribute("generated from another expression than in the table above"),
    "own_identity": Attribute("an identity though that of the table above is none"),
    "no_identity": Attribute("no identity though that of the table above is one"),
    "bound": Attribute(_BOUND_WORDS, kinds="extension_dependency extension_dependencies"),
    "bound_too": Attribute(_BOUND_WORDS),
    "secret": Attribute("an option that holds a secret"),
    "label": Attribute("security label", "security_labels", "security_label security_labels"),
}

# The first version whose catalogs can answer.
SINCE = {"set_columns": 150000, "not_enforced": 180000, "period": 180000}

# Of the database, or of whoever reads; and PostgreSQL's own choice for the schema public.
_USUAL = """(SELECT datdba FROM pg_database WHERE datname = current_database()),
    (SELECT oid FROM pg_roles WHERE rolname = current_user)"""

_STORED = "x.relkind IN ('r', 'p', 'm')"
_RELATIONS = Attributes(
    """CASE WHEN con.oid IS NULL THEN 'pg_class' ELSE 'pg_constraint' END,
       CASE WHEN clone THEN i.indrelid ELSE coalesce(con.oid, x.oid) END, 0,
       CASE WHEN clone THEN ARRAY['index', x.relname::text] END""",
    """(SELECT c.*, c.relispartition AND c.relkind IN ('i', 'I') AS clone FROM pg_class c) x
       LEFT JOIN pg_index i ON i.indexrelid = x.oid
       LEFT JOIN pg_constraint con ON con.conindid = x.oid AND con.contype IN ('p', 'u', 'x')
            AND con.conparentid = 0
       LEFT JOIN pg_am m ON m.oid = x.relam
       WHERE x.oid >= 16384 AND x.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'I')""",
    {
        "owned": f"x.relkind NOT IN ('i', 'I') AND x.relowner NOT IN ({_USUAL})",
        "parameters": "x.reloptions IS NOT NULL AND x.relkind <> 'v' AND NOT clone",
        "other_parameters": """clone AND x.reloptions IS DISTINCT FROM (SELECT p.reloptions
            FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = x.oid)""",
        "lies": "x.reltablespace >= 16384 AND NOT clone",
        "explicit": "x.reltablespace = 1663",
        "apart": """clone AND EXISTS (SELECT FROM pg_tablespace WHERE oid >= 16384)
            AND x.reltablespace <> (SELECT p.reltablespace FROM pg_inherits h
                JOIN pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = x.oid)""",
        "other_class": """clone AND i.indclass::text <> (SELECT p.indclass::text
            FROM pg_inherits h JOIN pg_index p ON p.indexrelid = h.inhparent
            WHERE h.inhrelid = x.oid)""",
        "method": f"{_STORED} AND m.amname <> 'heap'",
        "replica": "x.relkind IN ('r', 'p') AND x.relreplident <> 'd'",
        "security": "x.relrowsecurity",
        "forced": "x.relforcerowsecurity",
    },
)
_TOAST = Attributes(
    "'pg_class', x.oid, 0, NULL::text[]",
    "pg_class t JOIN pg_class x ON x.reltoastrelid = t.oid WHERE t.relkind = 't'",
    {"toast": "t.reloptions IS NOT NULL"},
)
_CLUSTERED = Attributes(
    "'pg_class', i.indrelid, 0, NULL::text[]",
    "pg_index i WHERE i.indrelid >= 16384",
    {"cluster": "i.indisclustered"},
)
_UNATTACHED = Attributes(
    """CASE WHEN con.oid IS NULL THEN 'pg_class' ELSE 'pg_constraint' END,
       coalesce(con.oid, i.indexrelid), 0, NULL::text[]""",
    """pg_index i JOIN pg_class x ON x.oid = i.indexrelid AND x.relkind = 'I'
       LEFT JOIN pg_constraint con ON con.conindid = x.oid AND con.contype IN ('p', 'u', 'x')
       WHERE true""",
    {"unattached": "NOT i.indisvalid"},
)
# A column that is inherited, or is a view's, is no object: it is told under its relation.
_COLUMNS = Attributes(
    """'pg_class', a.attrelid,
       CASE WHEN x.relkind IN ('r', 'p', 'f') AND a.attislocal THEN a.attnum ELSE 0 END,
       CASE WHEN x.relkind = 'i' THEN ARRAY['', 'column ' || a.attnum]
            WHEN x.relkind NOT IN ('r', 'p', 'f') OR NOT a.attislocal
            THEN ARRAY['column', a.attname::text] END""",
    """(SELECT * FROM pg_attribute a
        WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
          AND (NOT ({no_target}) OR a.attcompression <> '' OR a.attoptions IS NOT NULL
               OR a.attacl IS NOT NULL OR a.attlen < 0 AND
                  (a.atttypid, a.attstorage) NOT IN (SELECT t.oid, t.typstorage FROM pg_type t))
        OFFSET 0) a
       JOIN pg_class x ON x.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
       WHERE x.relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I')""",
    {
        "target": "NOT ({no_target})",
        "storage": "a.attstorage <> t.typstorage AND x.relkind IN ('r', 'p', 'm', 'f')",
        "compression": "a.attcompression <> ''",
        "options": "a.attoptions IS NOT NULL AND x.relkind IN ('r', 'p', 'm', 'f')",
        "granted": "cardinality(a.attacl) > 0",
    },
)
_CONSTRAINTS = Attributes(
    "'pg_constraint', x.oid, 0, NULL::text[]",
    "pg_constraint x WHERE x.oid >= 16384 AND x.contype <> 'n'",
    {
        "not_valid": f"NOT x.convalidated AND NOT starts_with(x.conname, '{PREFIX}')",
        "no_inherit": "x.connoinherit AND x.contype = 'c'",
        "set_columns": "x.confdelsetcols IS NOT NULL",
        "not_enforced": "NOT x.conenforced",
        "period": "x.conperiod",
    },
)
# ALTER TABLE … DISABLE TRIGGER ALL also silences what enforces foreign keys.
_ENFORCERS = Attributes(
    "'pg_constraint', t.tgconstraint, 0, NULL::text[]",
    "pg_trigger t WHERE t.tgisinternal AND t.tgconstraint <> 0",
    {"disabled": "t.tgenabled <> 'O'"},
)
_OWN, _ABOVE = (
    "(SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
    f" WHERE d.adrelid = {each}.attrelid AND d.adnum = {each}.attnum)"
    for each in "ab"
)
_INHERITED = Attributes(
    "'pg_class', a.attrelid, 0, ARRAY['column', a.attname::text]",
    """pg_inherits i
       JOIN pg_class x ON x.oid = i.inhrelid AND x.relkind IN ('r', 'p', 'f')
       JOIN pg_attribute a ON a.attrelid = i.inhrelid AND a.attnum > 0 AND NOT a.attislocal
       JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname
       WHERE NOT a.attisdropped""",
    {
        "own_not_null": "a.attnotnull AND NOT b.attnotnull",
        "own_identity": "a.attidentity <> '' AND b.attidentity = '' AND x.relispartition",
        # ATTACH of a table with parts leaves those without (17).
        "no_identity": f"""a.attidentity = '' AND b.attidentity <> '' AND x.relispartition
            AND current_setting('server_version_num')::int >= {PG17}""",
        # What can be changed is managed.
        "own_generated": f"""a.attgenerated <> '' AND {_OWN} IS DISTINCT FROM {_ABOVE}
            AND current_setting('server_version_num')::int < {PG17}""",
    },
)
_LABELS = Attributes(
    """c.relname, l.objoid, 0,
       CASE WHEN a.attname IS NOT NULL THEN ARRAY['column', a.attname::text] END""",
    """pg_seclabel l JOIN pg_class c ON c.oid = l.classoid
       LEFT JOIN pg_attribute a ON l.classoid = 'pg_class'::regclass
            AND a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
       WHERE l.objoid >= 16384""",
    {"label": "true"},
)
# What DROP EXTENSION takes along though it is no member (manual, ALTER FUNCTION). Of a trigger that
# a partition has from the whole it is told under the partition.
_BOUND = Attributes(
    """CASE WHEN t.oid IS NULL THEN c.relname ELSE 'pg_class' END,
       coalesce(t.tgrelid, i.indrelid, d.objid), 0,
       CASE WHEN t.oid IS NOT NULL THEN ARRAY['trigger', t.tgname::text]
            WHEN i.indexrelid IS NOT NULL THEN ARRAY['index', x.relname::text] END""",
    """pg_depend d JOIN pg_class c ON c.oid = d.classid
       LEFT JOIN pg_trigger t ON c.relname = 'pg_trigger' AND t.oid = d.objid AND t.tgparentid <> 0
       LEFT JOIN pg_class x ON c.relname = 'pg_class' AND x.oid = d.objid AND x.relispartition
       LEFT JOIN pg_index i ON i.indexrelid = x.oid
       WHERE d.objid >= 16384 AND d.deptype = 'x'""",
    {"bound": "t.oid IS NULL", "bound_too": "t.oid IS NOT NULL"},
)

# pg_user_mappings shows the options only to whoever owns the server or is the user mapped.
_SECRET = Attributes(
    "x.catalog, x.oid, 0, NULL::text[]",
    """(SELECT 'pg_foreign_data_wrapper', oid, fdwoptions FROM pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_foreign_server', oid, srvoptions FROM pg_foreign_server
        UNION ALL SELECT 'pg_user_mapping', umid, umoptions FROM pg_user_mappings
        UNION ALL SELECT 'pg_class', ftrelid, ftoptions FROM pg_foreign_table
       ) x (catalog, oid, options) WHERE x.oid >= 16384""",
    {
        "secret": f"""EXISTS (SELECT FROM unnest(x.options) o WHERE lower(split_part(o, '=', 1))
            IN ({comma(map(literal, SECRETS))}))""",
    },
)


def _owned(catalog: str, prefix: str, more: str = "") -> Attributes:
    """Make the query for the owners in a catalog."""
    return Attributes(
        f"'{catalog}', x.oid, 0, NULL::text[]",
        f"{catalog} x WHERE x.oid >= 16384{more}",
        {"owned": f"x.{prefix}owner NOT IN ({_USUAL})"},
    )


QUERIES: tuple[Attributes, ...] = (
    _RELATIONS,
    _TOAST,
    _CLUSTERED,
    _UNATTACHED,
    _COLUMNS,
    _CONSTRAINTS,
    _ENFORCERS,
    _INHERITED,
    _LABELS,
    _BOUND,
    _SECRET,
    _owned("pg_namespace", "nsp"),
    _owned("pg_proc", "pro"),
    _owned("pg_type", "typ", " AND x.typrelid = 0 AND x.typtype IN ('d', 'e')"),
)


def _granted(catalog: str, prefix: str, type_: str, name: str, joins: str = "") -> str:
    """Make the query for the objects whose grants are others than PostgreSQL's own.

    What initdb granted is in pg_init_privs, but for the information schema, which is made later.
    """
    if "pg_namespace n" in joins:
        joins += " AND n.nspname <> 'information_schema'"
    usual = f"coalesce(p.initprivs, acldefault({type_}, x.{prefix}owner))"
    return f"""
        SELECT '{catalog}', x.oid, {name}
        FROM {catalog} x {joins}
        LEFT JOIN pg_init_privs p
            ON p.classoid = '{catalog}'::regclass AND p.objoid = x.oid AND p.objsubid = 0
        WHERE x.{prefix}acl IS NOT NULL
          AND NOT (x.{prefix}acl @> {usual} AND {usual} @> x.{prefix}acl)"""


_SCHEMA = "JOIN pg_namespace n ON n.oid = x.{}namespace"
_KIND = """CASE x.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
           WHEN 'S' THEN 'sequence ' ELSE 'table ' END"""
# Catalog, OID, what is granted on; of columns only those that are not asked with the others.
GRANTS: tuple[str, ...] = (
    _granted(
        "pg_namespace",
        "nsp",
        "'n'",
        "'schema ' || x.nspname",
        "JOIN pg_namespace n ON n.oid = x.oid",
    ),
    _granted(
        "pg_class",
        "rel",
        """CASE x.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END""",
        f"{_KIND} || n.nspname || '.' || x.relname",
        _SCHEMA.format("rel"),
    ),
    _granted(
        "pg_proc",
        "pro",
        "'f'",
        """'function ' || n.nspname || '.' || x.proname || '('
           || oidvectortypes(x.proargtypes) || ')'""",
        _SCHEMA.format("pro"),
    ),
    _granted(
        "pg_type",
        "typ",
        "'T'",
        "'type ' || n.nspname || '.' || x.typname",
        _SCHEMA.format("typ"),
    ),
    _granted("pg_language", "lan", "'l'", "'language ' || x.lanname"),
    _granted("pg_foreign_data_wrapper", "fdw", "'F'", "'foreign data wrapper ' || x.fdwname"),
    _granted("pg_foreign_server", "srv", "'S'", "'server ' || x.srvname"),
    """
    SELECT 'pg_class', x.oid, 'column ' || n.nspname || '.' || x.relname || '.' || a.attname
    FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = x.relnamespace
    LEFT JOIN pg_init_privs p
        ON p.classoid = 'pg_class'::regclass AND p.objoid = x.oid AND p.objsubid = a.attnum
    WHERE (a.attrelid < 16384 OR a.attrelid = ANY (ARRAY(
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass
                AND d.deptype = 'e')))
      AND cardinality(a.attacl) > 0 AND a.attacl IS DISTINCT FROM p.initprivs""",
)

# Comments that the kind of comments may not have read: those on parts that are no objects.
COMMENTS = """
SELECT c.relname, d.objoid, d.objsubid,
       coalesce(n.nspname || '.' || x.relname || coalesce('.' || a.attname, ''), o.identity)
FROM pg_description d
JOIN pg_class c ON c.oid = d.classoid
LEFT JOIN pg_class x ON d.classoid = 'pg_class'::regclass AND x.oid = d.objoid
LEFT JOIN pg_namespace n ON n.oid = x.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = x.oid AND a.attnum = d.objsubid AND d.objsubid > 0
LEFT JOIN LATERAL pg_identify_object(d.classoid, d.objoid, 0) o ON x.oid IS NULL
WHERE d.objoid >= 16384 AND (d.objoid = ANY ('{known}'::oid[])) IS NOT TRUE"""
# What is set on the database: catalog and OID by which it is managed, what it is, of what.
DATABASE = """
SELECT 'pg_database', d.oid, f.words, d.datname
FROM pg_database d CROSS JOIN LATERAL (
    SELECT 'settings of the database' AS words
    WHERE EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0)
    UNION ALL SELECT 'comment on the database'
    WHERE shobj_description(d.oid, 'pg_database') IS NOT NULL
    ) f
WHERE d.datname = current_database()
UNION ALL
SELECT '', 0, 'security label on the database', d.datname
FROM pg_database d JOIN pg_shseclabel l
     ON l.classoid = 'pg_database'::regclass AND l.objoid = d.oid
WHERE d.datname = current_database()
UNION ALL
SELECT '', 0, 'grants on the database', d.datname
FROM pg_database d
WHERE d.datname = current_database() AND d.datacl IS NOT NULL
  AND NOT (d.datacl @> acldefault('d', d.datdba) AND acldefault('d', d.datdba) @> d.datacl)
UNION ALL
SELECT 'pg_authid', r.oid, 'settings in this database of role', r.rolname
FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"""
LARGE_OBJECTS = "SELECT count(*) FROM pg_largeobject_metadata"
