"""`schemadiff plan`: what would change, why it is or is not dangerous, and the SQL."""

from __future__ import annotations

from schemadiff.cli import options, say
from schemadiff.cli.outcome import check_format, outcome
from schemadiff.cli.settings import Flags, settings_of


def command(
    *,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    shadow: options.Shadow = None,
    format: options.Format = "text",
    out: options.Out = None,
    detailed_exitcode: options.Detailed = False,
    allow: options.Allow = None,
    strict: options.Strict = False,
    offline: options.Offline = False,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Show what would change, why it is or is not dangerous, and the SQL. Changes nothing.

    With --detailed-exitcode the exit code is 0 without changes, 2 with changes, and 3 when
    `apply` would refuse them because of a hazard.
    """
    from schemadiff.cli.output import show
    from schemadiff.cli.work import planned

    say.configure(verbose=verbose, color=not no_color)
    check_format(format)
    settings = settings_of(
        Flags(
            config=config,
            db=db,
            env=env,
            schemas=schemas,
            shadow=shadow,
            allow=tuple(allow or ()),
            strict=strict,
            offline=offline,
        )
    )
    with planned(settings) as found:
        show(found.plan, format, out)
        return outcome(found.plan, settings.allow, detailed=detailed_exitcode)
