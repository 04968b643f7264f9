"""`schemadiff.yaml`: what it says, and where in it a mistake stands.

A password has no place in this file: a URL with one in it is refused. The surprising fact: models
are loaded only where there is a file, for they take longer than to read a small database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from schemadiff.cli.config_words import FILE
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ConfigError
from schemadiff.core.record import record

if TYPE_CHECKING:
    from schemadiff.cli.config_spec import ConfigSpec, EnvironmentSpec
    from schemadiff.spec.document import Document

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# What ConfigSpec says where nothing is said; a test compares the two.
SILENT = SimpleNamespace(
    schemas=None,
    layout=None,
    env=None,
    environments={},
    scope=SimpleNamespace(schemas=(), include=(), exclude=()),
    manage=(),
    keep=(),
    shadow=None,
    allow=(),
    hazards={},
    lock_timeout=None,
    statement_timeout=None,
    preflight=None,
    strict=False,
    offline=False,
)


@record(frozen=True)
class Config:
    """The file as it was read; without a file everything is as if it were empty."""

    spec: ConfigSpec = field(default_factory=lambda: cast("ConfigSpec", SILENT))
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
    from schemadiff.cli.config_spec import ConfigSpec
    from schemadiff.spec.document import read_document

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
