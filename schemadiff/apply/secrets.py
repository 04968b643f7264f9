"""Values that only the environment knows, filled in when a statement is sent and never before.

Plans, scripts and reports show the name of the variable. What the server says about such a
statement may quote its words, so the secrets are taken out of that too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import quote

from schemadiff.catalog.session import HIDDEN, redact
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError
from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan
from schemadiff.core.sql import literal

_SECRETS = ("password", "sslpassword", "oauth_client_secret")


def check_secrets(plan: Plan, variables: Mapping[str, str] = os.environ) -> None:
    """Raise ApplyError for variables that are not set, before anything has run."""
    wrong = [
        Diagnostic(
            code="SD512",
            message=f"{operation.target}: the environment variable {name} is not set",
            hint=f"export {name}=…",
        )
        for operation in plan.operations()
        for name in operation.secrets
        if not variables.get(name)
    ]
    if wrong:
        raise ApplyError(*wrong)


def hidden(operation: Operation, text: str, variables: Mapping[str, str] = os.environ) -> str:
    """Take the values, and the passwords in them, out of a message."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    for value in (variables.get(name, "") for name in operation.secrets):
        try:
            parts = conninfo_to_dict(value)
        except (psycopg.Error, UnicodeError, ValueError):
            return "(the server's words may hold a secret; they are in its log)"
        secrets = [str(parts[k]) for k in _SECRETS if parts.get(k)]
        for each in (value, *secrets, *(quote(s, safe="") for s in secrets)):
            text = text.replace(each, HIDDEN) if each else text
    return redact(text)


def filled(operation: Operation, sql: str, variables: Mapping[str, str] = os.environ) -> str:
    """Put the values in, as string constants."""
    for name in operation.secrets:
        sql = sql.replace(f"'${{{name}}}'", literal(variables.get(name, "")))
    return sql
