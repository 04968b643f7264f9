"""`schemadiff plan`: what would change, why it is or is not dangerous, and the SQL."""

from __future__ import annotations

from typing import Annotated

import typer

from schemadiff.cli import options, say
from schemadiff.cli.outcome import format_of, outcome
from schemadiff.cli.settings import Flags, settings_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.record import replace

Reverse = Annotated[
    bool,
    typer.Option("--reverse", help="Show the way back: what undoes this plan once it is applied."),
]
Prove = Annotated[
    bool, typer.Option("--prove", help="Rehearse the plan in a scratch copy of the schema first.")
]

Preflight = Annotated[
    bool,
    typer.Option(
        "--preflight", help="Ask the rows what would fail and what would be lost; read-only."
    ),
]


def command(
    *,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    shadow: options.Shadow = None,
    format: options.Format = None,
    out: options.Out = None,
    detailed_exitcode: options.Detailed = False,
    allow: options.Allow = None,
    strict: options.Strict = False,
    offline: options.Offline = False,
    reverse: Reverse = False,
    prove: Prove = False,
    preflight: Preflight = False,
    preflight_timeout: options.PreflightTimeout = None,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Show what would change, why it is or is not dangerous, and the SQL. Changes nothing.

    With --detailed-exitcode the exit code is 0 without changes, 2 with changes, and 3 when
    `apply` would refuse them because of a hazard.

    With --reverse the plan is the one from the files' state to the one of now, with notes on the
    data that it cannot bring back. With --prove the plan is run in scratch copies of the schema of
    now, without rows: by the statement, by `apply` and as a script. It has to run, to converge, to
    run twice, and to take no stronger lock and rewrite no other table than it declares.
    """
    from schemadiff.apply.preflight import refuse
    from schemadiff.cli.output import show
    from schemadiff.cli.work import asked, planned

    say.configure(verbose=verbose, color=not no_color)
    form = format_of(format, out)
    if reverse and (prove or preflight):
        raise _excluded("--prove" if prove else "--preflight")
    flags = Flags(config=config, db=db, env=env, schemas=schemas, shadow=shadow, strict=strict)
    flags = replace(flags, allow=tuple(allow or ()), offline=offline)
    settings = settings_of(replace(flags, preflight_timeout=preflight_timeout))
    with planned(settings, reverse=reverse, brief=not prove) as found:
        if prove:
            from schemadiff.cli.rehearse import rehearsed

            say.line(rehearsed(found, settings))
        plan = asked(found.plan, found.live, settings) if preflight else found.plan
        show(plan, form, out)
        refuse(plan)
        return outcome(plan, settings.allow, detailed=detailed_exitcode)


def _excluded(flag: str) -> ConfigError:
    hint = "ask for the way back by itself"
    message = f"--reverse and {flag} exclude each other"
    return ConfigError(Diagnostic(code="SD200", message=message, hint=hint))
