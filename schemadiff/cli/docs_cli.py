"""docs/cli.md: every command and flag, every setting, from what the command line itself says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from schemadiff.cli.app import COMMANDS, make_command
from schemadiff.cli.config_spec import AllowanceSpec, ConfigSpec, EnvironmentSpec, ScopeSpec
from schemadiff.cli.docs_markdown import code, keys_table, table
from schemadiff.core.hazard_class import GROUPS

HEAD = """\
# The command line

<!-- Written by `make docs` from the commands themselves; do not edit. -->

Standard output carries the result alone; questions, progress, notes and errors go to standard
error. `schemadiff COMMAND --help` says the same as this page.

"""

EXITS = """
## Exit codes

| code | meaning |
| --- | --- |
| 0 | done; with `--detailed-exitcode`: no changes |
| 1 | an error; of `verify` also: a difference |
| 2 | with `--detailed-exitcode`: changes are pending; of `drift`: drift |
| 3 | with `--detailed-exitcode`: refused because of a hazard |
| 130 | interrupted |
"""

VARIABLES = """
## Environment variables

| variable | the same as |
| --- | --- |
| `SCHEMADIFF_DB`, `DATABASE_URL` | `--db`; the first that is set |
| `PGHOST`, `PGDATABASE`, `PGSERVICE`, … | what libpq makes of them, where there is no URL |
| `SCHEMADIFF_ENV` | `--env` |
| `SCHEMADIFF_CONFIG` | `--config` |
| `SCHEMADIFF_SCHEMAS` | `--schemas` |
| `SCHEMADIFF_SHADOW` | `--shadow` |
| `SCHEMADIFF_LAYOUT` | `--layout` |
| `SCHEMADIFF_LOCK_TIMEOUT` | `--lock-timeout` |
| `SCHEMADIFF_STATEMENT_TIMEOUT` | `--statement-timeout` |
| `SCHEMADIFF_ALLOW` | `--allow`, several with spaces or commas between them |
| `SCHEMADIFF_HOME` | the folder of embedded servers and of what is kept of large schemas |
| `SCHEMADIFF_CACHE` | `off`: keep nothing of large schemas for the next run |
| `SCHEMADIFF_DEBUG` | shows the traceback of an internal error |

Flags go before variables, variables before the file; allowances of all three add up. Where nothing
names a database, schemadiff starts an embedded PostgreSQL with a database for the current folder.
"""

FILE = """
## schemadiff.yaml

Every key may be absent; `schemadiff init` writes a file to start from. `${NAME}` stands for an
environment variable, and a URL with a password in it is refused.

"""

ALLOW = """
## Hazards

`--allow` and `allow:` take `CLASS` or `CLASS:PATTERN`; a pattern is a name, with `*` for any part
of it, and `public.` may be left out. `data-loss` stands for every class that loses data, `all` for
everything, a code or a group for what [hazards.md](hazards.md) says. The groups: {classes}.
"""


def cli_page() -> str:
    """Give the page."""
    parts = [HEAD, table(("command", "what it does"), _commands())]
    parts += [_command(name) for name in COMMANDS]
    parts += [EXITS, ALLOW.format(classes=", ".join(map(code, GROUPS))), VARIABLES, FILE]
    titles: dict[type[BaseModel], str] = {
        EnvironmentSpec: "environments",
        ScopeSpec: "scope",
        AllowanceSpec: "allow",
    }
    parts.append(keys_table(ConfigSpec, titles))
    for model, title in titles.items():
        parts.append(f"\n### {title}\n\n{keys_table(model, titles)}")
    return "".join(parts)


def _commands() -> Iterator[tuple[str, str]]:
    for name, text in COMMANDS.items():
        yield f"[`{name}`](#schemadiff-{name})", text


def _command(name: str) -> str:
    command = make_command(name)
    arguments = " ".join(_argument(p) for p in command.params if p.param_type_name == "argument")
    usage = f"schemadiff {name} {arguments}".strip()
    text = "\n\n".join(" ".join(p.split()) for p in (command.help or "").split("\n\n"))
    rows = [_row(p) for p in command.params]
    return f"\n## schemadiff {name}\n\n```\n{usage} [OPTIONS]\n```\n\n{text}\n\n" + (
        table(("flag", "meaning", "default"), rows) if rows else ""
    )


def _argument(param: Any) -> str:
    name = (param.metavar or param.name.upper()).strip("[]")
    return name if param.required else f"[{name}]"


def _row(param: Any) -> tuple[str, str, str]:
    help_, _, default = (param.help or "").partition("  [default: ")
    default = default.removesuffix("]")
    if param.param_type_name == "argument":
        return code(_argument(param)), help_, default
    metavar = f" {param.metavar}" if param.metavar else ""
    flags = ", ".join(code(f"{opt}{metavar if opt.startswith('--') else ''}") for opt in param.opts)
    if not default and param.default and not param.is_flag:
        default = str(param.default)
    return flags, help_, default
