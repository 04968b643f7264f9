"""No column of a catalog in silence: each is read, told as unmanaged, or here with the reason.

A column of a new version of PostgreSQL fails the test until somebody has looked at it. That a name
stands in the code of the kinds or of the inspection counts as read; what becomes of it is for the
cases and for `test_unmanaged.py` to prove.
"""

from __future__ import annotations

import re
from pathlib import Path

import schemadiff
from tests.plugins.postgres import Database

ROOT = Path(schemadiff.__file__).parent
LOOKED_AT = ("kinds", "catalog")
COLUMNS = """
SELECT c.relname::text, a.attname::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY 1, a.attnum"""

# Why a column is not read by its name; `catalog.*` is all that are not.
REASONS = {
    "its name is put together from a prefix, where the catalogs are asked alike": """
        pg_foreign_data_wrapper.fdwacl pg_foreign_server.srvacl
        pg_language.lanacl pg_ts_dict.dictnamespace
        pg_ts_parser.prsnamespace pg_ts_template.tmplnamespace pg_opclass.opcmethod
        pg_opfamily.opfmethod pg_amop.amoplefttype pg_amop.amoprighttype pg_amop.amopmethod
        pg_amproc.amproclefttype pg_amproc.amprocrighttype""",
    "it is in what a function of the server says of the object (pg_get_ruledef and the like)": """
        pg_constraint.conexclop pg_rewrite.ev_qual pg_rewrite.ev_action pg_partitioned_table.*
        pg_statistic_ext.stxexprs""",
    "it follows from something else that is read": """
        pg_attribute.attndims pg_attribute.attbyval pg_attribute.attalign
        pg_class.relnatts pg_class.relchecks pg_class.relhasindex pg_class.relhasrules
        pg_class.relhastriggers pg_class.relisshared
        pg_constraint.conpfeqop pg_constraint.conppeqop
        pg_constraint.conffeqop pg_collation.collencoding pg_index.indisexclusion
        pg_index.indimmediate pg_language.lanispl pg_operator.oprkind pg_operator.oprresult
        pg_proc.provariadic pg_trigger.tgconstrindid pg_trigger.tgnargs
        pg_type.typndims pg_database.dathasloginevt
        pg_user_mapping.umserver""",
    "it is the state of rows, files or processes, and no statement of a schema sets it": """
        pg_attribute.attcacheoff pg_attribute.atthasmissing pg_attribute.attmissingval
        pg_class.relfilenode pg_class.relallvisible pg_class.relallfrozen
        pg_class.relrewrite pg_class.relfrozenxid pg_class.relminmxid
        pg_collation.collversion pg_index.indcheckxmin pg_index.indisready pg_index.indislive
        pg_statistic.* pg_statistic_ext_data.* pg_subscription_rel.* pg_subscription.subskiplsn
        pg_replication_origin.* pg_database.datfrozenxid pg_database.datminmxid
        pg_database.datlastsysoid pg_database.datcollversion pg_shdepend.dbid""",
    "it is told by number, as data that no schema holds": """
        pg_largeobject.* pg_largeobject_metadata.*""",
    "it is the extension's own, from its control file and script": """
        pg_extension.extconfig pg_extension.extcondition
        pg_init_privs.privtype""",
    "it is chosen when the database is made, or is the cluster's, as pg_dumpall has it": """
        pg_database.datcollate pg_database.datctype pg_database.datlocprovider
        pg_database.datlocale pg_database.daticulocale pg_database.daticurules
        pg_database.datistemplate pg_database.datallowconn pg_database.datconnlimit
        pg_tablespace.spcowner pg_tablespace.spcacl pg_tablespace.spcoptions
        pg_parameter_acl.*""",
    "a secret, which is never read": "pg_authid.rolpassword",
}


def mentioned() -> frozenset[str]:
    """Give every word in the code that reads catalogs."""
    files = (file for folder in LOOKED_AT for file in (ROOT / folder).rglob("*.py"))
    return frozenset(w for f in files for w in re.findall(r"[a-z_0-9]+", f.read_text("utf-8")))


def reasoned() -> frozenset[str]:
    """Give the columns that have a reason, each once."""
    listed = [column for columns in REASONS.values() for column in columns.split()]
    assert len(listed) == len(set(listed)), "a column has one reason"
    return frozenset(listed)


def test_every_column_of_every_catalog_is_read_or_has_a_reason(database: Database) -> None:
    read, listed = mentioned(), reasoned()
    silent = [
        f"{catalog}.{column}"
        for catalog, column in database.execute(COLUMNS)
        if column not in read and not {f"{catalog}.*", f"{catalog}.{column}"} & listed
    ]
    assert not silent


def test_no_reason_is_given_for_what_is_read() -> None:
    read = mentioned()
    assert not [c for c in reasoned() if c.partition(".")[2] in read]
