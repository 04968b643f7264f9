"""OPTIONS (name 'value') of foreign data wrappers, servers, user mappings and foreign tables.

Kept as a tuple of `name=value`, as the catalogs hold them; secrets are never among them.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.secrets import SECRETS
from schemadiff.core.sql import comma, ident, literal


def options_sql(column: str) -> str:
    """Give the SQL of the options without secrets."""
    secrets = comma(map(literal, SECRETS))
    return (
        f"ARRAY(SELECT o FROM unnest({column}) o WHERE lower(split_part(o, '=', 1)) "
        f"NOT IN ({secrets}))"
    )


def secret_sql(column: str) -> str:
    """Give the condition that options hold a secret."""
    secrets = comma(map(literal, SECRETS))
    return (
        f"EXISTS (SELECT 1 FROM unnest({column}) o WHERE lower(split_part(o, '=', 1)) "
        f"IN ({secrets}))"
    )


def stored(options: Mapping[str, str]) -> tuple[str, ...]:
    """Give options as they are kept."""
    kept = (f"{k}={v}" for k, v in options.items() if k.lower() not in SECRETS)
    return AnyOrder(kept)


def pairs(options: tuple[str, ...]) -> dict[str, str]:
    """Give the options as a mapping."""
    return {name: value for name, _, value in (o.partition("=") for o in options)}


def clause(options: tuple[str, ...]) -> str:
    """Write the OPTIONS clause of a CREATE, with a space before it, or nothing."""
    if not options:
        return ""
    return f" OPTIONS ({comma(f'{ident(k)} {literal(v)}' for k, v in pairs(options).items())})"


def changes(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """Write the OPTIONS clause of an ALTER."""
    before, after = pairs(old), pairs(new)
    parts = [f"DROP {ident(k)}" for k in before if k not in after]
    parts += [
        f"{'SET' if k in before else 'ADD'} {ident(k)} {literal(v)}"
        for k, v in after.items()
        if before.get(k) != v
    ]
    return f"OPTIONS ({comma(parts)})"
