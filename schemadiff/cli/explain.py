"""`schemadiff explain CODE`: what a hazard means, and what can be done about it."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError

Word = Annotated[
    str | None,
    typer.Argument(
        metavar="[CODE]", help="A code such as SD121, a class such as rewrite, or a group."
    ),
]


def command(*, word: Word = None) -> int:
    """Say what a hazard means, why, how long it lasts, and how it is done more safely.

    Without a code it lists all of them.
    """
    from schemadiff.cli.hazard_page import terminal_list, terminal_page
    from schemadiff.cli.output import write
    from schemadiff.core.hazards import page_of

    if word is None:
        write(terminal_list())
        return 0
    found = page_of(word)
    if not found:
        raise ConfigError(
            Diagnostic(
                code="SD213",
                message=f"no hazard is called {word!r}",
                hint="schemadiff explain lists them; the other codes stand in docs/errors.md",
            )
        )
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 100))
    write("\n".join(terminal_page(each, width) for each in found))
    return 0
