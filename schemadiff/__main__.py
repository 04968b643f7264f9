"""`python -m schemadiff` is the same as `schemadiff`."""

from __future__ import annotations

from schemadiff.cli.app import main

main()
