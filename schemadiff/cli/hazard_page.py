"""The page of a class of hazards, in Markdown and for a terminal, and docs/hazards.md.

`docs/errors.md` is not part of the installed package, so `explain` knows hazards alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemadiff.cli.docs_markdown import anchor, code, table
from schemadiff.core.hazard_class import GROUPS, HazardClass
from schemadiff.core.hazards import TABLE

_SEVERITY = {
    "error": "error: refused until it is allowed",
    "warning": "warning: it does not stop `apply`",
    "info": "info: worth knowing",
}
_HEAD = """\
# Hazards

<!-- Written by `make docs` from the table in schemadiff/core/hazards.py; do not edit. -->

What an operation may do to a running system has a code, a class (the word of `--allow`), a group,
and a severity. An `error` stops `apply` until it is allowed; the others are said in the plan.
`schemadiff explain CODE` prints one of these pages; a class or a group will do as well.

Whether a table is large enough to matter is decided by its size when the plan is made: an empty
table is none, and one up to 1 MB is read or written in a moment. A size that nobody knows counts as
large. Times are guesses to an order of magnitude: 200 MB a second to read, 40 MB to write or sort.

"""
_TAIL = """
## Allowing, and other severities

`--allow CLASS[:PATTERN]` on the command line, or in `schemadiff.yaml`, for all environments or one:

```yaml
hazards:
  rewrite: error                    # a code, class or group, with :PATTERN if need be
  SD127:public.queue: warning
allow:
  - drop-column:salons.fax
  - {hazard: rewrite, objects: [public.audit_*], reason: small table, until: 2027-01-31}
environments:
  production:
    url_env: PROD_URL
    hazards: {availability: error}
```

Of several severities that fit the last one counts, and those of an environment go before those of
the file. An allowance counts up to and with its last day; a plan that it would have covered says
that it has ended.
"""


def hazards_page() -> str:
    """Give the page of all."""
    parts = [_HEAD, table(("code", "class", "group", "severity", "what"), _rows())]
    for group, words in GROUPS.items():
        parts.append(f"\n## {group}\n\n{words[0].upper()}{words[1:]}.\n")
        parts += [_section(each) for each in TABLE if each.group == group]
    return "".join([*parts, _TAIL])


def _rows() -> Iterator[tuple[str, ...]]:
    for each in TABLE:
        link = f"[{each.code}](#{anchor(_title(each))})"
        yield link, code(each.cls), each.group, each.severity, each.title


def _title(each: HazardClass) -> str:
    return f"{each.code} {each.cls}"


def _section(each: HazardClass) -> str:
    rows = "".join(f"- **{head}**: {text}\n" for head, text in _parts(each))
    return f"\n### {_title(each)}\n\n{each.title[0].upper()}{each.title[1:]}.\n\n{rows}"


def _parts(each: HazardClass) -> Iterator[tuple[str, str]]:
    yield "Severity", _SEVERITY[each.severity]
    yield "What happens", each.happens
    yield "Why", each.why
    yield "How long", each.lasts
    yield "Safer", f"{each.advice[0].upper()}{each.advice[1:]}."
    yield "Versions", each.versions
    yield "Allow", f"`--allow {each.cls}`, for one object `--allow {each.cls}:NAME`"


def terminal_page(each: HazardClass, width: int) -> str:
    """Give the page of one as text."""
    import textwrap

    rows = [f"{_title(each)} ({each.group})", each.title, ""]
    for head, text in _parts(each):
        said = f"{head}: {text}".replace("`", "")
        rows += textwrap.wrap(said, width, subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(rows) + "\n"


def terminal_list() -> str:
    """Give a line for each class."""
    wide = max(len(each.cls) for each in TABLE)
    rows = (f"{e.code}  {e.cls:<{wide}}  {e.severity:<7}  {e.title}\n" for e in TABLE)
    return "".join(rows)
