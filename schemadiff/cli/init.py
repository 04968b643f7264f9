"""`schemadiff init`: a config and a first schema file. What is there already is left alone."""

from __future__ import annotations

from pathlib import Path

from schemadiff.cli import options, say

CONFIG = """\
# Settings of schemadiff; environment variables (SCHEMADIFF_…) and flags go before them.

schemas: {schemas}

# Databases by name, for --env NAME. URLs come from the environment, so no password stands here.
environments:
  production:
    url_env: PRODUCTION_URL

# Without a scope the files speak for the whole database.
# scope:
#   schemas: [public]
#   exclude: ["table:public.tmp_*"]

# What `apply` may do without being asked for it with --allow.
# allow: [drop-column:public.tmp_*]

# lock_timeout: 3s
# statement_timeout: 1min
# preflight: 30s
"""

EXAMPLE = """\
# yaml-language-server: $schema=./schemadiff.schema.json
schema: public

tables:
  notes:
    comment: A first table; replace it by your own.
    columns:
      id: bigint generated always as identity primary key
      title: text not null
      body: text
      created_at: timestamptz not null default now()
    checks:
      notes_title_is_not_empty: title <> ''
"""


def command(
    *,
    schemas: options.Schemas = None,
    config: options.Config = None,
) -> int:
    """Write schemadiff.yaml and a first schema file; nothing that exists is overwritten."""
    from schemadiff.cli.config_words import FILE
    from schemadiff.cli.output import write
    from schemadiff.cli.schema import schema_text
    from schemadiff.cli.settings import SCHEMAS
    from schemadiff.spec.page import JSON_SCHEMA
    from schemadiff.spec.whole_file import write_file

    folder = schemas or SCHEMAS
    wanted: dict[Path, str] = {
        # First what can fail, so that no config is left behind that names an impossible folder.
        folder / JSON_SCHEMA: schema_text(),
        config or FILE: CONFIG.format(schemas=folder.as_posix()),
    }
    if not (folder.is_dir() and any(folder.rglob("*.y*ml"))):
        # Beside files that somebody wrote, an example would be a table too many.
        wanted[folder / "notes.yaml"] = EXAMPLE
    written = []
    for path, text in wanted.items():
        if path.exists():
            say.line(f"{path} is there already, and left as it is")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text)
        written.append(path)
    write("".join(f"{path}\n" for path in written))
    say.line("Next: edit the files, then `schemadiff plan`; or `schemadiff pull` what is there.")
    return 0
