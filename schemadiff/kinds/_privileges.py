"""What can be granted on what, and GRANT and REVOKE as statements.

Sets of privileges are kept with `all` where they are everything that the server knows: what that
is depends on its version, and `all` in the files has to mean it everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemadiff.core.expression import split_commas
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.record import record
from schemadiff.core.spec_model import GranteeSpec
from schemadiff.core.sql import comma, ident

ALL = "all"
PUBLIC = "public"
CURRENT_USER = ""  # whoever is connected, as no role is called
MAINTAIN_SINCE = 170000

_TABLE = ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")
COLUMN = ("select", "insert", "update", "references")

EVERYBODYS = Identity("schema", ("public",))  # initdb makes it, and grants on it
_PUBLIC_CREATES_UNTIL = 150000


@record(frozen=True, slots=True)
class Grantable:
    """A class of objects: how GRANT and ALTER DEFAULT PRIVILEGES call it, what can be granted."""

    words: str
    plural: str
    privileges: tuple[str, ...]
    public: frozenset[str] = frozenset()  # what PostgreSQL itself grants to everybody

    def known(self, version: int) -> frozenset[str]:
        """Name the privileges that a server of this version knows."""
        new = {"maintain"} if version < MAINTAIN_SINCE else set()
        return frozenset(self.privileges) - new


TABLES = Grantable("TABLE", "tables", _TABLE)
SEQUENCES = Grantable("SEQUENCE", "sequences", ("usage", "select", "update"))
FUNCTIONS = Grantable("FUNCTION", "functions", ("execute",), frozenset({"execute"}))
TYPES = Grantable("TYPE", "types", ("usage",), frozenset({"usage"}))
SCHEMAS = Grantable("SCHEMA", "schemas", ("usage", "create"))
LARGE_OBJECTS = Grantable("LARGE OBJECT", "large objects", ("select", "update"))

# By the name of the kind.
GRANTABLE: dict[str, Grantable] = {
    "table": TABLES,
    "foreign_table": TABLES,
    "view": TABLES,
    "materialized_view": TABLES,
    "sequence": SEQUENCES,
    "identity_sequence": SEQUENCES,
    "function": FUNCTIONS,
    "procedure": Grantable("PROCEDURE", "functions", ("execute",), frozenset({"execute"})),
    "aggregate": FUNCTIONS,
    "schema": SCHEMAS,
    "enum": TYPES,
    "base_type": TYPES,
    "composite": TYPES,
    "range": TYPES,
    "domain": Grantable("DOMAIN", "types", ("usage",), frozenset({"usage"})),
    "language": Grantable("LANGUAGE", "", ("usage",), frozenset({"usage"})),
    "foreign_data_wrapper": Grantable("FOREIGN DATA WRAPPER", "", ("usage",)),
    "server": Grantable("FOREIGN SERVER", "", ("usage",)),
}


@record(frozen=True, slots=True)
class Rights:
    """Privileges, and those of them that may be granted on; `all` where it is every one."""

    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()

    def sets(self, known: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Give both as sets in which `all` is spelled out."""
        return spelled(self.privileges, known), spelled(self.grantable, known)


def spelled(names: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """Spell out `all`."""
    found = frozenset(names)
    return known if ALL in found else found


def gathered(names: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """Give privileges sorted, `all` where they are every one."""
    found = frozenset(names)
    return (ALL,) if ALL in found or (found and found >= known) else tuple(sorted(found))


def rights(privileges: Iterable[str], grantable: Iterable[str], known: frozenset[str]) -> Rights:
    """Make the rights of sets of privileges."""
    return Rights(gathered(privileges, known), gathered(grantable, known))


def common(one: Rights, other: Rights, known: frozenset[str]) -> Rights:
    """Give what both have."""
    (a, a_option), (b, b_option) = one.sets(known), other.sets(known)
    return rights(a & b, a_option & b_option, known)


def gathered_rights(given: Rights, known: frozenset[str]) -> Rights:
    """Give rights with `all` wherever this server knows no more."""
    return rights(given.privileges, given.grantable, known)


# --- YAML ------------------------------------------------------------------------------------


def read_spec(
    spec: GranteeSpec, allowed: Grantable, at: At, *keys: str
) -> dict[str, tuple[set[str], set[str]]]:
    """Give privileges and grantable ones by column, "" for the whole; reports what is unknown."""
    found: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
    for column, name in _items(spec.privileges, allowed, at, *keys):
        found.setdefault(column, (set(), set()))[0].add(name)
    if spec.grant_option is True:
        found = {column: (both, set(both)) for column, (both, _) in found.items()}
    elif spec.grant_option:
        for column, name in _items(spec.grant_option, allowed, at, *keys, "grant_option"):
            both = found.setdefault(column, (set(), set()))
            both[0].add(name)
            both[1].add(name)
    return found


def _items(
    texts: Iterable[str], allowed: Grantable, at: At, *keys: str
) -> Iterator[tuple[str, str]]:
    # A list in one line is cut at the commas between columns: `[select, insert(a, b)]`.
    for text in filter(None, split_commas(", ".join(texts))):
        word, bracket, rest = text.partition("(")
        name = " ".join(word.lower().split()).removesuffix(" privileges")
        columns = _columns(rest) if bracket else ("",)
        known = COLUMN if bracket else allowed.privileges
        if (bracket and allowed is not TABLES) or name not in (*known, ALL) or not columns:
            where = f"{allowed.words.lower()} column" if bracket else allowed.words.lower()
            hint = f"one of: {comma((*known, ALL))}; [] is nothing"
            at.fail("SD110", f"{text!r} cannot be granted on a {where}", hint, *keys)
            continue
        yield from ((column, name) for column in columns)


def _columns(rest: str) -> tuple[str, ...]:
    from schemadiff.core.sqlname import parse_name_and_columns

    try:
        return parse_name_and_columns(f"x({rest}")[1]
    except ValueError:
        return ()


def written(by_column: dict[str, Rights]) -> YamlValue:
    """Give the YAML of one grantee."""
    privileges = list(_written({c: r.privileges for c, r in by_column.items()}))
    grantable = list(_written({c: r.grantable for c, r in by_column.items()}))
    if not grantable:
        return [*privileges]
    if grantable == privileges:
        return {"privileges": [*privileges], "grant_option": True}
    return {"privileges": [*privileges], "grant_option": [*grantable]}


def _written(by_column: dict[str, tuple[str, ...]]) -> Iterator[str]:
    yield from by_column.get("", ())
    columns: dict[str, list[str]] = {}
    for column in sorted(c for c in by_column if c):
        for name in by_column[column]:
            columns.setdefault(name, []).append(ident(column))
    for name in sorted(columns):
        yield f"{name}({comma(columns[name])})"


# --- statements ------------------------------------------------------------------------------


def grantee(role: str) -> str:
    """Write a role, or PUBLIC for everybody."""
    return {PUBLIC: "PUBLIC", CURRENT_USER: "CURRENT_USER"}.get(role) or ident(role)


def usual_owner(target: Identity) -> str:
    """Name who owns what nobody is said to own: whoever is connected, but for initdb's schema."""
    return "pg_database_owner" if target == EVERYBODYS else CURRENT_USER


@record(frozen=True, slots=True)
class Subject:
    """Who has privileges on what: what stands behind ON, the role, a column of it."""

    on: str
    role: str
    column: str = ""


def statements(
    have: Rights, want: Rights, known: frozenset[str], subject: Subject
) -> Iterator[tuple[str, bool]]:
    """Give the statements from what a role has to what it shall have, and which take away."""
    had, had_option = have.sets(known)
    wanted, wanted_option = want.sets(known)

    def said(names: frozenset[str]) -> str:
        place = f" ({ident(subject.column)})" if subject.column else ""
        words = "ALL" if names == known and len(known) > 1 else None
        return comma(f"{n}{place}" for n in ([words] if words else map(str.upper, sorted(names))))

    who = grantee(subject.role)
    if gone := had - wanted:
        yield f"REVOKE {said(gone)} ON {subject.on} FROM {who}", True
    if less := (had_option - wanted_option) & wanted:
        yield f"REVOKE GRANT OPTION FOR {said(less)} ON {subject.on} FROM {who}", True
    if more := wanted - had - wanted_option:
        yield f"GRANT {said(more)} ON {subject.on} TO {who}", False
    if more := wanted_option - had_option:
        yield f"GRANT {said(more)} ON {subject.on} TO {who} WITH GRANT OPTION", False


def usual_rights(target: Identity, role: str, version: int) -> frozenset[str]:
    """Name what PostgreSQL itself grants to a role that owns nothing."""
    if role != PUBLIC:
        return frozenset()
    if target == EVERYBODYS:
        return frozenset({"usage", *(["create"] if version < _PUBLIC_CREATES_UNTIL else [])})
    return GRANTABLE[target.kind].public


def grant_lock(target: Identity) -> LockMode:
    """Give the lock that GRANT and REVOKE take on a relation."""
    relation = GRANTABLE[target.kind].words in ("TABLE", "SEQUENCE")
    return LockMode.ACCESS_SHARE if relation else LockMode.NONE
