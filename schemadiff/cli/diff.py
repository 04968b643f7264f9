"""`schemadiff diff FROM TO`: the same engine between any two sources."""

from __future__ import annotations

from typing import Annotated

import typer

from schemadiff.cli import options, say
from schemadiff.cli.outcome import format_of, outcome
from schemadiff.cli.settings import Flags, settings_of
from schemadiff.core.record import replace

SOURCE = "A YAML folder or file, an SQL file or folder, a database URL, env:NAME, or git:REV:PATH."


def command(
    *,
    from_: Annotated[str, typer.Argument(metavar="FROM", help=SOURCE)],
    to: Annotated[str, typer.Argument(metavar="TO", help="The same; what FROM is to become.")],
    shadow: options.Shadow = None,
    format: options.Format = None,
    out: options.Out = None,
    detailed_exitcode: options.Detailed = False,
    offline: options.Offline = False,
    allow: options.Allow = None,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Show what would bring FROM to TO, as `plan` does. Changes neither.

    SQL and YAML are built in scratch databases: on the server of the database among the two, on
    that of --shadow, or on an embedded one. The tables of files count as tables with rows. SQL
    files run in the order of their names, by the numbers in them; what takes a migration back
    (goose, dbmate, *.down.sql, U files of Flyway and the like) is left out.
    """
    from schemadiff.cli.output import show
    from schemadiff.cli.sources import compared, source_of

    say.configure(verbose=verbose, color=not no_color)
    form = format_of(format, out)
    flags = Flags(config=config, db="", shadow=shadow, allow=tuple(allow or ()), offline=offline)
    settings = settings_of(flags)
    sources = source_of(from_, settings.config), source_of(to, settings.config)
    plan = replace(compared(*sources, settings), allowed=settings.allow).judged(settings.policy)
    show(plan, form, out)
    return outcome(plan, settings.allow, detailed=detailed_exitcode)
