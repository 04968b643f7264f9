"""What `schemadiff.yaml` may say, key by key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from schemadiff.cli.config_words import (
    OFF,
    check_day,
    check_duration,
    check_hazard,
    check_kept,
    check_layout,
    check_managed,
    check_preflight,
    check_severity,
)
from schemadiff.core.hazard import Allowance, Rule
from schemadiff.core.spec_model import SCALAR, Flag, OrOne, SpecModel, Text, Texts


def _switch(value: object) -> object:
    """Take what YAML may make of `off` for the word."""
    return OFF if value is False else value


Duration = Annotated[Text, AfterValidator(check_duration)]
Preflight = Annotated[Text, BeforeValidator(_switch), AfterValidator(check_preflight)]
Managed = Annotated[Texts, AfterValidator(check_managed)]
Kept = Annotated[Texts, AfterValidator(check_kept)]
Layout = Annotated[Text, AfterValidator(check_layout)]
HazardWord = Annotated[Text, AfterValidator(check_hazard)]
Day = Annotated[Text, AfterValidator(check_day)]
SeverityWord = Annotated[Text, AfterValidator(check_severity)]


class AllowanceSpec(SpecModel):
    """A hazard that is allowed; `CLASS` or `CLASS:PATTERN` is the short form."""

    shorthands: ClassVar = (SCALAR,)

    hazard: HazardWord
    """Its code, class or group; `all` is every one."""
    objects: Texts = ()
    """Patterns of names: `public.audit_*`; none is every object."""
    reason: Text | None = None
    """Why; the plan shows it."""
    until: Day | None = None
    """The last day on which it counts: `2027-01-31`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Take `CLASS:PATTERN` apart."""
        if not isinstance(value, str):
            return value
        word, _, pattern = check_hazard(value).partition(":")
        return {"hazard": word, "objects": [pattern] if pattern else []}

    def allowance(self, origin: str) -> Allowance:
        """Give the value that it stands for."""
        until = date.fromisoformat(self.until) if self.until else None
        return Allowance(Rule(self.hazard, self.objects), self.reason or "", until, origin)


Allowances = Annotated[tuple[AllowanceSpec, ...], OrOne()]
Severities = dict[HazardWord, SeverityWord]


class LimitsSpec(SpecModel):
    """How long things may take: of the file, or of one environment."""

    lock_timeout: Duration | None = None
    """How long a statement waits for a lock: `3s`; `0` is no limit."""
    statement_timeout: Duration | None = None
    """How long a statement may keep others out: `1min`; `0` is no limit."""
    preflight: Preflight | None = None
    """How long `apply` asks the rows what would fail or be lost: `30s`; `off` is not at all."""


class EnvironmentSpec(LimitsSpec):
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


class ConfigSpec(LimitsSpec):
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
    keep: Kept = ()
    """What stays as it is where no file names it, for something else sees to it: `grants` on the
    objects whose file names none, `default_privileges`."""
    shadow: Text | None = None
    """A server for scratch databases; absent is that of the database."""
    allow: Allowances = ()
    """Hazards that are allowed everywhere: `CLASS[:PATTERN]`, or with reason and last day."""
    hazards: Severities = Field(default={})
    """How hazards are taken: `{CLASS[:PATTERN]: info | warning | error}`; an error is refused."""
    strict: Flag = False
    """Whether what is in the database and is not managed is an error."""
    offline: Flag = False
    """Whether nobody uses the tables meanwhile: shorter statements that lock them longer."""
