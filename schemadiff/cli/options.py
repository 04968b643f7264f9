"""The options that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="The database: postgresql://USER@HOST/NAME."),
]
Env = Annotated[
    str | None, typer.Option("--env", metavar="NAME", help="An environment of schemadiff.yaml.")
]
Schemas = Annotated[
    Path | None,
    typer.Option("--schemas", metavar="DIR", help="The folder of YAML files.  [default: schemas]"),
]
Shadow = Annotated[
    str | None,
    typer.Option(
        "--shadow",
        metavar="URL",
        help="A server for scratch databases.  [default: that of the database]",
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="text|sql|json|markdown",
        help="The form of the plan; else as the name of --out ends, or text.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write to a file, all or nothing.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="CLASS[:PATTERN]",
        help="Allow a hazard, for example drop-column:salons.fax, data-loss, or all; repeatable.",
    ),
]
Detailed = Annotated[
    bool,
    typer.Option(
        "--detailed-exitcode", help="End with 0: no changes, 2: changes pending, 3: refused."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The settings.  [default: schemadiff.yaml]"),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="What is in the database and is not managed is an error."),
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline", help="Nobody uses the tables: shorter statements that lock them longer."
    ),
]
PreflightTimeout = Annotated[
    str | None,
    typer.Option(
        "--preflight-timeout",
        metavar="TIME",
        help="Ask the rows so long, all questions together.  [default: 30s]",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Never use colour.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more on standard error.")]
