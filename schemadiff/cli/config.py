"""`schemadiff.yaml`: what it may say, and where in it a mistake stands.

A password has no place in this file: a URL with one in it is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from schemadiff.cli.config_hazards import Allowances, Severities
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ConfigError
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, SpecModel, Text, Texts
from schemadiff.spec.document import Document, read_document

FILE = Path("schemadiff.yaml")
OFF = "off"
MANAGED = ("database", "roles", "security_labels", "subscriptions")
LAYOUTS = ("by-table", "by-schema", "single")

_DURATION = re.compile(r"(\d+)\s*(ms|s|min|h)?")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def check_layout(value: str) -> str:
    """Refuse a layout that does not exist; ValueError."""
    if value not in LAYOUTS:
        raise ValueError(f"no layout {value!r}: it is {', '.join(LAYOUTS)}")
    return value


def check_duration(value: str) -> str:
    """Refuse what PostgreSQL would not take for a time with a unit; ValueError."""
    if _DURATION.fullmatch(value) is None:
        raise ValueError(f"{value!r} is not a duration: write 3s, 500ms or 1min")
    return value


def check_managed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a word that stands for nothing; only roles can be named by a pattern; ValueError."""
    for each in values:
        word, colon, pattern = each.partition(":")
        if word not in MANAGED:
            raise ValueError(f"nothing is called {word!r}\nhint: known: {', '.join(MANAGED)}")
        if colon and (word != "roles" or not pattern.strip()):
            raise ValueError(f"{each!r} cannot be so\nhint: a pattern of names: roles:app_*")
    return values


def _switch(value: object) -> object:
    """Take what YAML may make of `off` for the word."""
    return OFF if value is False else value


def check_preflight(value: str) -> str:
    """Refuse what is neither a time nor `off`; ValueError."""
    return value if value == OFF else check_duration(value)


Duration = Annotated[Text, AfterValidator(check_duration)]
Preflight = Annotated[Text, BeforeValidator(_switch), AfterValidator(check_preflight)]
Managed = Annotated[Texts, AfterValidator(check_managed)]
Layout = Annotated[Text, AfterValidator(check_layout)]


class EnvironmentSpec(SpecModel):
    """A database under a name: `url: ${PROD_URL}` or `url_env: PROD_URL`."""

    url: Text | None = None
    """The database; `${NAME}` stands for an environment variable."""
    url_env: Text | None = None
    """The environment variable that holds the URL."""
    shadow: Text | None = None
    """A server for scratch databases; absent is that of the database."""
    allow: Allowances = ()
    """Hazards that are allowed here: `CLASS[:PATTERN]`, or a mapping with reason and last day."""
    hazards: Severities = Field(default={})
    """How hazards are taken here: `{CLASS[:PATTERN]: info | warning | error}`."""
    lock_timeout: Duration | None = None
    """How long a statement waits for a lock: `3s`; `0` is no limit."""
    statement_timeout: Duration | None = None
    """How long a statement may keep others out: `1min`; `0` is no limit."""
    preflight: Preflight | None = None
    """How long `apply` asks the rows what would fail or be lost: `30s`; `off` is not at all."""
    offline: Flag = False
    """Whether nobody uses this database while schemadiff does."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Take a lone text for the URL."""
        return {"url": value} if isinstance(value, str) else value


class ScopeSpec(SpecModel):
    """What schemadiff may touch: schemas, and patterns such as `table:public.tmp_*`."""

    schemas: Texts = ()
    """The schemas; absent is all."""
    include: Texts = ()
    """Patterns of what belongs to it: `table:public.*`."""
    exclude: Texts = ()
    """Patterns of what does not: `table:public.tmp_*`."""


class ConfigSpec(SpecModel):
    """The whole of `schemadiff.yaml`; every key may be absent."""

    schemas: Text | None = None
    """The folder of YAML files, relative to this file."""
    layout: Layout | None = None
    """How `pull` writes: `by-table`, `by-schema` or `single`."""
    env: Text | None = None
    """The environment that is used where none is named."""
    environments: dict[str, EnvironmentSpec] = Field(default_factory=dict)
    """Databases under names."""
    scope: ScopeSpec = Field(default_factory=ScopeSpec)
    """What schemadiff may touch; absent is the whole database."""
    manage: Managed = ()
    """What is managed only on request: `database`, `roles`, `roles:PATTERN`, `security_labels`,
    `subscriptions`."""
    shadow: Text | None = None
    """A server for scratch databases; absent is that of the database."""
    allow: Allowances = ()
    """Hazards that are allowed everywhere: `CLASS[:PATTERN]`, or with reason and last day."""
    hazards: Severities = Field(default={})
    """How hazards are taken: `{CLASS[:PATTERN]: info | warning | error}`; an error is refused."""
    lock_timeout: Duration | None = None
    """How long a statement waits for a lock: `3s`; `0` is no limit."""
    statement_timeout: Duration | None = None
    """How long a statement may keep others out: `1min`; `0` is no limit."""
    preflight: Preflight | None = None
    """How long `apply` asks the rows what would fail or be lost: `30s`; `off` is not at all."""
    strict: Flag = False
    """Whether what is in the database and is not managed is an error."""
    offline: Flag = False
    """Whether nobody uses the tables meanwhile: shorter statements that lock them longer."""


@record(frozen=True)
class Config:
    """The file as it was read; without a file everything is as if it were empty."""

    spec: ConfigSpec = field(default_factory=ConfigSpec)
    document: Document | None = None

    @property
    def folder(self) -> Path:
        """The folder to which paths in the file are relative."""
        return self.document.folder if self.document else Path()

    def place(self, *keys: str) -> Place | None:
        """Give the place of a key."""
        return self.document.place(keys) if self.document else None


def read_config(path: Path | None) -> Config:
    """Read the file; the usual one may be absent, one that was named may not.

    Raises ConfigError with everything that is wrong.
    """
    if path is None and not FILE.exists():
        return Config()
    chosen = path or FILE
    document, wrong = read_document(chosen, str(chosen), ConfigSpec)
    if document is None or wrong:
        raise ConfigError(*wrong)
    assert isinstance(document.model, ConfigSpec)
    return Config(document.model, document)


def environment_of(config: Config, name: str) -> EnvironmentSpec:
    """Give an environment by its name; ConfigError when there is none."""
    found = config.spec.environments.get(name)
    if found is not None:
        return found
    known = ", ".join(config.spec.environments) or "none"
    hint = f"known environments: {known}; add it under `environments:` in {FILE}"
    place = config.place("environments") if config.spec.environments else config.place()
    raise ConfigError(
        Diagnostic(code="SD202", message=f"no environment {name!r}", hint=hint, place=place)
    )


def url_of(config: Config, name: str, variables: Mapping[str, str] = os.environ) -> str:
    """Give the URL of an environment; ConfigError for a variable that is not set."""
    environment = environment_of(config, name)
    at = ("environments", name)
    if (environment.url is None) == (environment.url_env is None):
        raise _wrong(
            config.place(*at),
            f"environment {name!r} needs either url or url_env",
            f"url_env: {name.upper().replace('-', '_')}_URL",
        )
    if environment.url_env is not None:
        return _variable(environment.url_env, variables, config.place(*at, "url_env"))
    return expanded(environment.url or "", variables, config.place(*at, "url"))


def expanded(text: str, variables: Mapping[str, str], place: Place | None) -> str:
    """Fill in `${NAME}`; ConfigError for one that is not set, and for a password in the file."""
    bare = _VARIABLE.sub("", text)
    if re.search(r"://[^/@?#]*:[^/@?#]+@|\bpassword\s*=\s*\S", bare, re.IGNORECASE):
        hint = "keep it in the environment: url: ${DATABASE_URL}, PGPASSWORD, or ~/.pgpass"
        raise _wrong(place, "there is a password in this URL", hint)
    return _VARIABLE.sub(lambda match: _variable(match[1], variables, place), text)


def _variable(name: str, variables: Mapping[str, str], place: Place | None) -> str:
    value = variables.get(name)
    if value:
        return value
    raise _wrong(place, f"the environment variable {name} is not set", f"export {name}=…")


def _wrong(place: Place | None, message: str, hint: str) -> ConfigError:
    return ConfigError(Diagnostic(code="SD203", message=message, hint=hint, place=place))
