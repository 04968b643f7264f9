"""`schemadiff version`."""

from __future__ import annotations

import platform

import typer

from schemadiff import __version__


def command() -> int:
    """Print the version of schemadiff, and of the Python that runs it."""
    typer.echo(f"schemadiff {__version__} (Python {platform.python_version()})")
    return 0
