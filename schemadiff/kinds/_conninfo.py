"""Connection strings of libpq without their secrets (manual, 34.1.1).

The surprising fact: a password may stand in a URL's authority, among its parameters, or in
keywords. What holds one is taken out before anything else can see it.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

Pairs = tuple[tuple[str, str], ...]

_SECRETS = frozenset(
    """
    password sslpassword oauth_client_secret passfile scram_client_key scram_server_key
    """.split()
)
_PAIR = re.compile(
    r"\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|\Z)", re.DOTALL
)
_URL = re.compile(r"postgres(?:ql)?://(?:([^@/]*)@)?([^/?]*)(?:/([^?]*))?(?:\?(.*))?\Z", re.DOTALL)
_PLAIN = re.compile(r"[^\s'\\]+\Z")


def split(text: str) -> tuple[Pairs, bool]:
    """Give what is no secret, sorted, and whether there was one; ValueError for what is neither."""
    pairs = _of_url(text) if "://" in text[:14] else _of_keywords(text)
    public = {k: v for k, v in pairs.items() if k not in _SECRETS and v}
    secret = any(k in _SECRETS and v for k, v in pairs.items())
    return tuple(sorted(public.items())), secret


def joined(pairs: Pairs) -> str:
    """Write keywords and values."""
    return " ".join(f"{key}={_value(value)}" for key, value in pairs)


def _of_keywords(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    rest = text.rstrip()
    while position < len(rest):
        match = _PAIR.match(rest, position)
        if match is None:
            raise ValueError("it is neither keyword=value nor a URL")
        raw = match[2] if match[2] is not None else match[3]
        found[match[1]] = re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL)
        position = match.end()
    return found


def _of_url(text: str) -> dict[str, str]:
    match = _URL.match(text)
    if match is None:
        raise ValueError("it is neither keyword=value nor a URL")
    user, hosts, name, query = (part or "" for part in match.groups())
    found = dict(parse_qsl(query, keep_blank_values=True))
    user, colon, password = user.partition(":")
    each = [_host(part) for part in hosts.split(",")] if hosts else []
    ports = [port for _, port in each]
    of_url = {
        "user": unquote(user),
        "dbname": unquote(name),
        "host": ",".join(unquote(host) for host, _ in each),
        "port": ",".join(ports) if any(ports) else "",
    }
    found |= {key: value for key, value in of_url.items() if value}
    if colon:
        found["password"] = unquote(password)
    return found


def _host(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = text.partition(":")
    return host, port


def _value(value: str) -> str:
    if _PLAIN.match(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
