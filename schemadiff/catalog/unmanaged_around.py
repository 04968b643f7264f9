"""What is around the objects of a schema and no kind manages: members of extensions, the server's.

CREATE EXTENSION makes its members in one transaction, ALTER EXTENSION … UPDATE more of them in
another. The surprising fact: nothing says what a member was like, so what was done to it by hand is
told by its row alone, which is younger than all that the extension itself did.
"""

from __future__ import annotations

# Rows keep the transaction that wrote them, also when they are frozen. Where nearly each member has
# one of its own, pg_upgrade made them one by one: then it is the last that counts.
_MEMBERS = """
WITH extension AS (
    SELECT e.oid, e.extowner, age(e.xmin) AS age,
           CASE WHEN count(DISTINCT d.xmin::text) * 2 > count(*) THEN min(age(d.xmin)) END AS last
    FROM pg_extension e
    JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
         AND d.deptype = 'e'
    WHERE e.oid >= 16384 GROUP BY e.oid),
member AS (
    SELECT d.classid, d.objid, e.extowner, least(e.age, e.last, age(d.xmin)) AS age
    FROM extension e
    JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
         AND d.deptype = 'e'),
said AS (
    SELECT m.classid, m.objid, c.objsubid, 'comment on' AS words, '{foreign}' AS reason
    FROM member m
    JOIN pg_description c ON c.classoid = m.classid AND c.objoid = m.objid
    WHERE age(c.xmin) < m.age
    UNION ALL
    SELECT m.classid, m.objid, 0, NULL,
           CASE WHEN x.owner NOT IN (m.extowner, 10) THEN 'owned by another role than its extension'
                ELSE '{changed}' END
    FROM member m
    JOIN ({rows}) x ON x.classid = m.classid AND x.oid = m.objid
    WHERE x.owner NOT IN (m.extowner, 10) OR x.plain AND age(x.written) < m.age
    UNION ALL
    SELECT m.classid, m.objid, a.attnum, NULL, '{changed}'
    FROM member m JOIN pg_attribute a ON a.attrelid = m.objid AND a.attnum > 0
    WHERE m.classid = 'pg_class'::regclass AND NOT a.attisdropped AND a.attacl IS NULL
      AND age(a.xmin) < m.age
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 0, NULL, '{changed}'
    FROM member m JOIN pg_constraint c ON c.contypid = m.objid
    WHERE m.classid = 'pg_type'::regclass AND age(c.xmin) < m.age)
SELECT coalesce(s.words, o.type), o.identity, s.reason
FROM said s, LATERAL pg_identify_object(s.classid, s.objid, s.objsubid) o"""
# Grants are told by themselves. A table's own row is also written when something else touches it.
_ROWS = " UNION ALL ".join(
    f"SELECT '{catalog}'::regclass AS classid, oid, {prefix}owner AS owner,"
    f" xmin AS written, {plain} AS plain FROM {catalog}"
    for catalog, prefix, plain in (
        ("pg_proc", "pro", "proacl IS NULL"),
        ("pg_type", "typ", "typacl IS NULL"),
        ("pg_operator", "opr", "true"),
        ("pg_class", "rel", "false"),
        ("pg_namespace", "nsp", "false"),
    )
)
_CHANGED = "changed since its extension made it"

# A slot of the physical kind, for a copy of the whole server, is of no database; and origins with
# these names belong to subscriptions.
_SERVER = """
SELECT 'replication slot', slot_name::text,
       CASE WHEN database IS NULL THEN 'of the whole server' ELSE '' END
FROM pg_replication_slots
WHERE NOT temporary AND (database = current_database() OR database IS NULL)
UNION ALL
SELECT 'replication origin', roname, 'of the whole server' FROM pg_replication_origin
WHERE roname !~ '^pg_[0-9]+(_[0-9]+)?$'"""
_PARAMETERS = """
UNION ALL
SELECT 'grant on', 'parameter ' || parname, 'of the whole server' FROM pg_parameter_acl"""
_PARAMETERS_SINCE = 150000


def around(version: int, foreign: str, *, extended: bool) -> list[str]:
    """Give queries of words, name and reason; `foreign` is the reason for what is not ours.

    Where there is no extension, nothing is asked of their members.
    """
    members = _MEMBERS.replace("{rows}", _ROWS).replace("{changed}", _CHANGED)
    asked = [members.replace("{foreign}", foreign)] * extended
    return [*asked, _SERVER + _PARAMETERS * (version >= _PARAMETERS_SINCE)]
