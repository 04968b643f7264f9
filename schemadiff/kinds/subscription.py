"""Subscriptions: CREATE SUBSCRIPTION (manual, 29.2). Managed only on request.

Passwords are never shown, written or compared: `connection` must hold none, and `connection_env`
names the environment variable whose value goes to the server when the subscription is made. The
surprising fact: with a slot on the publisher nothing of this can run in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, OwnedSpec, Text, Texts
from schemadiff.core.sql import comma, ident, literal
from schemadiff.core.versions import PG16
from schemadiff.kinds._conninfo import Pairs, joined, split
from schemadiff.kinds._grants_sql import SCOPE
from schemadiff.kinds._here import HERE
from schemadiff.kinds._subscription_rest import at_rest

NONE = "none"
_STREAMING = {"f": "off", "t": "on", "p": "parallel", "false": "off", "true": "on"}
# The option, the column that holds it, and the version since which there is one.
_OPTIONS: Mapping[str, tuple[str, int]] = {
    "synchronous_commit": ("subsynccommit", 140000),
    "binary": ("subbinary", 140000),
    "streaming": ("substream", 140000),
    "two_phase": ("subtwophasestate", 150000),
    "disable_on_error": ("subdisableonerr", 150000),
    "password_required": ("subpasswordrequired", 160000),
    "run_as_owner": ("subrunasowner", 160000),
    "origin": ("suborigin", 160000),
    "failover": ("subfailover", 170000),
}
_TWO_PHASE_ALTERS_SINCE = 180000


class SubscriptionSpec(OwnedSpec):
    """A subscription; managed with `manage: [subscriptions]` in the config, by a superuser."""

    connection: Text | None = None
    """The publisher, without a password: `host=db1 dbname=shop user=replicator`."""
    connection_env: Text | None = None
    """The environment variable with the publisher, read when the subscription is made, never
    compared; the way for passwords."""
    publications: Texts
    """The publications on the publisher."""
    enabled: Flag = True
    """Whether it replicates."""
    slot_name: Text | None = None
    """The replication slot; absent is the subscription's name, `none` is no slot."""
    synchronous_commit: Text = "off"
    """The setting of that name for the workers."""
    binary: Flag = False
    """Whether values are sent in binary."""
    streaming: Text | None = None
    """`off`, `on` or `parallel` (PostgreSQL 16); absent is the server's default."""
    two_phase: Flag = False
    """Whether prepared transactions are replicated as such (PostgreSQL 15)."""
    disable_on_error: Flag = False
    """Whether an error disables it (PostgreSQL 15)."""
    password_required: Flag = True
    """Whether a connection by an owner who is no superuser needs a password (PostgreSQL 16)."""
    run_as_owner: Flag = False
    """Whether changes are applied as the owner of the subscription (PostgreSQL 16)."""
    origin: Text = "any"
    """`any` or `none`: whether the publisher sends what it replicated itself (PostgreSQL 16)."""
    failover: Flag = False
    """Whether the slot is synchronised to standbys (PostgreSQL 17)."""
    connect: Flag = True
    """Whether CREATE SUBSCRIPTION connects to the publisher; only then is a slot made."""
    create_slot: Flag = True
    """Whether CREATE SUBSCRIPTION makes the slot."""
    copy_data: Flag = True
    """Whether CREATE SUBSCRIPTION copies the rows that are there."""


@record(frozen=True, slots=True)
class Subscription(DbObject):
    """A subscription; no connection is one that is not compared."""

    publications: tuple[str, ...]
    connection: Pairs | None = None
    enabled: bool = True
    slot_name: str | None = None
    synchronous_commit: str = "off"
    binary: bool = False
    streaming: str | None = None
    two_phase: bool = False
    disable_on_error: bool = False
    password_required: bool = True
    run_as_owner: bool = False
    origin: str = "any"
    failover: bool = False
    secret: bool = field(default=False, compare=False)
    environment: str = field(default="", compare=False)
    connect: bool = field(default=True, compare=False)
    create_slot: bool = field(default=True, compare=False)
    copy_data: bool = field(default=True, compare=False)


class SubscriptionKind(ObjectKind):
    """CREATE SUBSCRIPTION."""

    name = "subscription"
    order = 940
    model = Subscription
    classid = "pg_subscription"
    section = "subscriptions"
    within = ("",)
    spec = SubscriptionSpec
    alters = frozenset({"publications", "connection", "enabled", "slot_name", *_OPTIONS})
    manage = "subscriptions"
    comment_on = "SUBSCRIPTION"

    def catalog_sql(self, version: int) -> str:
        """Read the subscriptions of this database; the connection is for superusers alone."""
        options = comma(
            f"to_jsonb(x) ->> '{column}'" if version >= since else "NULL::text"
            for column, since in _OPTIONS.values()
        )
        return f"""
            SELECT x.oid, x.subname, x.subpublications::text[], x.subconninfo, x.subenabled,
                   x.subslotname, {options}
            FROM pg_subscription x
            WHERE x.subdbid = {HERE} AND {SCOPE}"""

    def read(self, row: Row, names: Names) -> Subscription:
        """Make the subscription, and forget the secrets of its connection."""
        del names
        _, name, publications, conninfo, enabled, slot, *values = row
        try:
            connection, secret = split(conninfo)
        except ValueError:
            connection, secret = (), True
        found = dict(zip(_OPTIONS, values, strict=True))
        return Subscription(
            Identity("subscription", (name,)),
            tuple(sorted(publications)),
            connection,
            enabled,
            slot,
            found["synchronous_commit"],
            found["binary"] == "true",
            _STREAMING[found["streaming"]],
            found["two_phase"] in ("p", "e"),
            found["disable_on_error"] == "true",
            found["password_required"] in ("true", None),
            found["run_as_owner"] == "true",
            found["origin"] or "any",
            found["failover"] == "true",
            secret,
        )

    def expand(self, spec: SubscriptionSpec, at: At) -> Iterable[Subscription]:
        """Make the subscription of its name."""
        name = at.name or ""
        if (spec.connection is None) == (spec.connection_env is None):
            at.fail(
                "SD038",
                f"subscription {name} needs either connection or connection_env",
                f"connection_env: {name.upper()}_URL",
            )
            return
        slot = name if spec.slot_name is None else spec.slot_name
        yield Subscription(
            Identity("subscription", (name,)),
            tuple(sorted(spec.publications)),
            _connection(spec, at),
            spec.enabled,
            None if slot == NONE else slot,
            streaming=_word("streaming", spec.streaming, ("off", "on", "parallel"), at),
            origin=_word("origin", spec.origin, ("any", NONE), at) or "any",
            environment=spec.connection_env or "",
            **{n: getattr(spec, n) for n in _OPTIONS if n not in ("streaming", "origin")},
            connect=spec.connect,
            create_slot=spec.create_slot,
            copy_data=spec.copy_data,
        )

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave what the YAML does not speak of."""
        assert isinstance(raw, Subscription)
        assert isinstance(current, Subscription)
        return replace(
            raw,
            connection=current.connection if raw.connection is None else raw.connection,
            streaming=current.streaming if raw.streaming is None else raw.streaming,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default, without secrets."""
        del style
        assert isinstance(obj, Subscription)
        fresh = Subscription(obj.identity, ())
        values: dict[str, YamlValue] = {
            "connection": joined(obj.connection or ()),
            "publications": list(obj.publications),
        }
        if not obj.enabled:
            values["enabled"] = False
        if obj.slot_name != obj.identity.name:
            values["slot_name"] = obj.slot_name or NONE
        values |= {n: getattr(obj, n) for n in _OPTIONS if getattr(obj, n) != getattr(fresh, n)}
        return values | nested

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: Subscription, context: Context) -> Iterable[Operation]:
        """CREATE SUBSCRIPTION; one that is made without connecting is enabled afterwards."""
        known = _known(new, context)
        makes_slot = new.connect and new.create_slot and new.slot_name is not None
        options = {
            "connect": _flag(new.connect),
            "enabled": _flag(new.enabled and new.connect),
            "create_slot": _flag(makes_slot),
            "slot_name": literal(new.slot_name) if new.slot_name is not None else "NONE",
            "copy_data": _flag(new.copy_data and new.connect),
            **known,
        }
        if new.environment:
            connection = f"'${{{new.environment}}}'"
        else:
            connection = literal(joined(new.connection or ()))
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=(
                f"CREATE SUBSCRIPTION {new.identity.sql} CONNECTION {connection} "
                f"PUBLICATION {comma(map(ident, new.publications))} "
                f"WITH ({comma(f'{k} = {v}' for k, v in options.items())})"
            ),
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=LockMode.NONE,
            # psql fills in no variable inside of a block.
            transaction=_outside(when=makes_slot or bool(new.environment)),
            secrets=(new.environment,) if new.environment else (),
        )
        if new.enabled and not new.connect and new.slot_name is not None:
            yield replace(
                self._alter(new, "ENABLE"), requires=frozenset({new.identity}), bound=False
            )

    def alter(
        self, old: Subscription, new: Subscription, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """DISABLE before and ENABLE after what needs it to rest; each may be said again."""
        # PostgreSQL alters these while it is at rest only (manual, ALTER SUBSCRIPTION).
        rests = old.enabled and bool(changed & {"failover", "two_phase"})
        if rests or ("enabled" in changed and not new.enabled):
            yield self._alter(new, "DISABLE")
        if rests:
            yield at_rest(new.identity)
        if "connection" in changed:
            yield self._reconnected(old, new)
        if "publications" in changed:
            refresh = "" if new.enabled and new.connect else " WITH (refresh = false)"
            action = f"SET PUBLICATION {comma(map(ident, new.publications))}{refresh}"
            yield self._alter(new, action, outside=not refresh)
        known = _known(new, context)
        if "two_phase" in changed and context.version < _TWO_PHASE_ALTERS_SINCE:
            hint = "drop it, and make it anew with copy_data: false: its slot is made with this"
            raise _cannot(new, "two_phase cannot be altered before PostgreSQL 18", hint)
        options = {n: v for n, v in known.items() if n in changed}
        if "slot_name" in changed:
            name = literal(new.slot_name) if new.slot_name is not None else "NONE"
            options["slot_name"] = name
        if options:
            # These reach out for the slot on the publisher.
            outside = bool({"failover", "two_phase"} & options.keys()) and bool(new.slot_name)
            setting = comma(f"{k} = {v}" for k, v in options.items())
            yield self._alter(new, f"SET ({setting})", outside=outside)
        if new.enabled and (rests or "enabled" in changed):
            yield self._alter(new, "ENABLE")

    def _reconnected(self, old: Subscription, new: Subscription) -> Operation:
        if old.secret:
            raise _cannot(
                new, "its connection has a password, which a new one without it would lose"
            )
        return self._alter(new, f"CONNECTION {literal(joined(new.connection or ()))}")

    def _alter(self, new: Subscription, action: str, *, outside: bool = False) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER SUBSCRIPTION {new.identity.sql} {action}",
            lock=LockMode.NONE,
            transaction=_outside(when=outside),
        )

    def drop(self, old: Subscription, context: Context) -> Iterable[Operation]:
        """DROP SUBSCRIPTION, which drops its slot on the publisher as well."""
        del context
        name = old.identity.sql
        said = f"{name} ends, and with it what the publisher keeps for it."
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP SUBSCRIPTION IF EXISTS {name}",
            lock=LockMode.NONE,
            transaction=_outside(when=old.slot_name is not None),
            hazards=(data_loss("drop-object", old.identity, said),),
        )

    def rename(self, old: Subscription, new: Subscription, context: Context) -> Iterable[Operation]:
        """ALTER SUBSCRIPTION … RENAME TO."""
        del context
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER SUBSCRIPTION {old.identity.sql} RENAME TO {new.identity.sql}",
            guard=Guard(self.exists(old)),
            lock=LockMode.NONE,
        )

    def exists(self, obj: Subscription) -> str:
        """Ask pg_subscription, of which another database may have one of the same name."""
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_subscription "
            f"WHERE subname = {literal(obj.identity.name)} AND subdbid = {HERE})"
        )


def _connection(spec: SubscriptionSpec, at: At) -> Pairs | None:
    if spec.connection is None:
        return None
    try:
        pairs, secret = split(spec.connection)
    except ValueError as error:
        hint = "host=db1 dbname=shop user=replicator"
        at.fail("SD013", f"connection cannot be read: {error}", hint, "connection")
        return ()
    if secret:
        hint = "connection_env: NAME, an environment variable that holds the whole of it"
        at.fail("SD039", "there is a password in this connection", hint, "connection")
    return pairs


def _word(key: str, value: str | None, known: tuple[str, ...], at: At) -> str | None:
    if value is not None and value.lower() not in known:
        at.fail("SD098", f"{key} cannot be {value!r}", f"{key}: {' | '.join(known)}", key)
    return None if value is None else value.lower()


def _known(new: Subscription, context: Context) -> dict[str, str]:
    """Write the options that the server knows; PlanError for one that it does not and has to."""
    fresh: Any = Subscription(new.identity, ())
    found: dict[str, str] = {}
    for name, (_, since) in _OPTIONS.items():
        value = getattr(new, name)
        if context.version < since:
            if value != getattr(fresh, name):
                raise _cannot(new, f"{name} is known to PostgreSQL {since // 10000} and later")
        elif value is not None:
            found[name] = _flag(value) if isinstance(value, bool) else literal(value)
    if new.streaming == "parallel" and context.version < PG16:
        raise _cannot(new, "streaming: parallel is known to PostgreSQL 16 and later")
    return found


def _cannot(
    new: Subscription, why: str, hint: str = "alter it by hand (ALTER SUBSCRIPTION), then pull"
) -> PlanError:
    message, about = f"{new.identity}: {why}", (new.identity,)
    return PlanError(Diagnostic(code="SD088", message=message, hint=hint, about=about))


def _flag(value: object) -> str:
    return "true" if value else "false"


def _outside(*, when: bool) -> Transaction:
    return Transaction.OUTSIDE if when else Transaction.INSIDE
