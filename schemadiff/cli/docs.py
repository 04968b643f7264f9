"""`make docs`: the pages of docs/ that are made of the registry, the options and the test cases.

Run from a checkout; `docs.py yaml cli` writes these two alone. The page of coverage needs an
embedded server, which says what each case changes; the others need nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from schemadiff.cli.docs_cli import cli_page
from schemadiff.cli.docs_coverage import coverage_page
from schemadiff.cli.docs_yaml import yaml_page
from schemadiff.cli.hazard_page import hazards_page
from schemadiff.core.errors import SchemaDiffError

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"

PAGES: Mapping[str, Callable[[], str]] = {
    "cli": cli_page,
    "hazards": hazards_page,
    "coverage": lambda: coverage_page(CASES),
    "yaml": lambda: yaml_page(CASES),
}


def main(names: list[str]) -> int:
    """Write the pages of these names, or all; 1 where one cannot be made."""
    for name in names or PAGES:
        if name not in PAGES:
            print(f"there is no page {name}; known: {', '.join(PAGES)}", file=sys.stderr)
            return 1
        try:
            text = PAGES[name]()
        except SchemaDiffError as error:
            print(error, file=sys.stderr)
            return 1
        (ROOT / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
        print(f"docs/{name}.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
