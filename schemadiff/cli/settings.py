"""Settings of one run: the file, then environment variables, then flags.

Later ones win; only allowances add up, for each of them names what it allows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path

from schemadiff.catalog.scope import Scope
from schemadiff.cli.config import Config, environment_of, expanded, read_config, url_of
from schemadiff.cli.config_words import (
    FILE,
    OFF,
    check_duration,
    check_hazard,
    check_layout,
    flat,
    severities,
)
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.hazard import Allowance, Policy
from schemadiff.core.record import record

SCHEMAS = Path("schemas")
PREFIX = "SCHEMADIFF_"
_LIBPQ = """
    PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE
    """.split()


@record(frozen=True, slots=True)
class Target:
    """A database and who named it; no URL is the embedded server, "" the variables of libpq."""

    url: str | None
    origin: str


@record(frozen=True, slots=True, kw_only=True)
class Flags:
    """What was said on the command line; None and () are what was not said."""

    config: Path | None = None
    db: str | None = None
    env: str | None = None
    schemas: Path | None = None
    shadow: str | None = None
    layout: str | None = None
    allow: tuple[str, ...] = ()
    lock_timeout: str | None = None
    statement_timeout: str | None = None
    preflight_timeout: str | None = None
    strict: bool = False
    offline: bool = False


@record(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a command needs to know about its surroundings."""

    schemas: Path
    target: Target
    scope: Scope
    manage: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    shadow: str | None = None
    layout: str = "by-table"
    allow: tuple[str, ...] = ()
    lock_timeout: str | None = None
    statement_timeout: str | None = None
    preflight: bool = True
    preflight_timeout: str | None = None
    strict: bool = False
    offline: bool = False
    policy: Policy = field(default_factory=Policy)
    config: Config


def settings_of(flags: Flags, variables: Mapping[str, str] = os.environ) -> Settings:
    """Put the three sources together; raises ConfigError for what is wrong in any of them."""
    if flags.db is not None and flags.env is not None:
        raise _wrong("--db and --env exclude each other", "name one of them")
    said = _Said(variables)
    path = flags.config or (Path(said["CONFIG"]) if said["CONFIG"] else None)
    config = read_config(path)
    spec = config.spec
    target, name = _target(flags, said, config, variables)
    environment = environment_of(config, name) if name else None
    in_file = Path(spec.schemas) if spec.schemas else None
    variable = Path(said["SCHEMAS"]) if said["SCHEMAS"] else None
    shadow = flags.shadow or said["SHADOW"]
    if shadow is None and (written := (environment and environment.shadow) or spec.shadow):
        at = ("environments", name or "", "shadow") if environment and environment.shadow else ()
        shadow = expanded(written, variables, config.place(*(at or ("shadow",))))
    layout = _first(flags.layout, said, "layout", check_layout)
    timeout = _first(flags.lock_timeout, said, "lock-timeout", check_duration)
    limit = _first(flags.statement_timeout, said, "statement-timeout", check_duration)
    asking = _first(flags.preflight_timeout, said, "preflight-timeout", check_duration)
    asking = asking or (environment and environment.preflight) or spec.preflight
    policy = _policy(flags, said, config, name)
    return Settings(
        schemas=flags.schemas or variable or (config.folder / in_file if in_file else SCHEMAS),
        target=target,
        manage=spec.manage,
        keep=spec.keep,
        scope=Scope(spec.scope.schemas, spec.scope.include, spec.scope.exclude),
        shadow=shadow,
        layout=layout or spec.layout or "by-table",
        allow=tuple(flat(policy.allowances, policy.day)),
        policy=policy,
        lock_timeout=timeout or (environment and environment.lock_timeout) or spec.lock_timeout,
        statement_timeout=limit
        or (environment and environment.statement_timeout)
        or spec.statement_timeout,
        preflight=asking != OFF,
        preflight_timeout=None if asking == OFF else asking,
        strict=flags.strict or spec.strict,
        offline=flags.offline or spec.offline or (environment is not None and environment.offline),
        config=config,
    )


class _Said:
    """The variables that begin with our name; an empty one is as good as none."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str | None:
        return self._variables.get(PREFIX + name) or None


def _target(
    flags: Flags, said: _Said, config: Config, variables: Mapping[str, str]
) -> tuple[Target, str | None]:
    """Decide which database it is, and the name of its environment if it has one."""
    if flags.db is not None:
        return Target(flags.db, "--db"), None
    named = flags.env or (None if variables.get(f"{PREFIX}DB") else said["ENV"])
    if named is not None:
        return Target(url_of(config, named, variables), f"environment {named}"), named
    for variable in (f"{PREFIX}DB", "DATABASE_URL"):
        if url := variables.get(variable, ""):
            return Target(url, variable), None
    if found := next((v for v in _LIBPQ if variables.get(v)), None):
        return Target("", f"{found} and what else libpq reads"), None
    if name := config.spec.env:
        return Target(url_of(config, name, variables), f"environment {name}"), name
    return Target(None, "embedded"), None


def _checked(value: str | None, origin: str, check: Callable[[str], str]) -> str | None:
    if value is None:
        return None
    try:
        return check(value)
    except ValueError as error:
        message, _, hint = str(error).partition("\nhint: ")
        raise _wrong(f"{origin}: {message}", hint) from None


def _first(flag: str | None, said: _Said, name: str, check: Callable[[str], str]) -> str | None:
    """Give what the flag says, else what its variable says."""
    variable = name.upper().replace("-", "_")
    found = _checked(flag, f"--{name}", check)
    return found or _checked(said[variable], f"{PREFIX}{variable}", check)


def _policy(flags: Flags, said: _Said, config: Config, name: str | None) -> Policy:
    """Put together how hazards are taken: an environment's severities go before the file's."""
    spec, environment = config.spec, environment_of(config, name) if name else None
    keys: tuple[str, ...] = ("allow",)
    at = [(spec.allow, keys, spec.hazards)]
    if environment is not None and name is not None:
        at.append((environment.allow, ("environments", name, "allow"), environment.hazards))
    found = [
        a.allowance(str(config.place(*where) or FILE)) for specs, where, _ in at for a in specs
    ]
    variable = (said["ALLOW"] or "").replace(",", " ").split()
    found += _allowances(variable, f"{PREFIX}ALLOW")
    found += _allowances(flags.allow, "--allow")
    return Policy(severities(*(s for *_, s in at)), tuple(found))


def _allowances(values: Iterable[str], origin: str) -> list[Allowance]:
    checked = (_checked(each, origin, check_hazard) for each in values)
    return [Allowance.of(value, origin) for value in checked if value]


def _wrong(message: str, hint: str) -> ConfigError:
    return ConfigError(Diagnostic(code="SD201", message=message, hint=hint))


def seconds(duration: str) -> float:
    """Give a duration such as `3s` or `500ms` in seconds; a bare number is milliseconds."""
    number = duration.rstrip(" abcdefghijklmnopqrstuvwxyz")
    unit = duration[len(number) :].strip()
    factors = {"": 0.001, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
    return float(number) * factors[unit]
