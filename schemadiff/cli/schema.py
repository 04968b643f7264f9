"""`schemadiff schema`: the JSON Schema of the files, from the models that read them."""

from __future__ import annotations

import json
from typing import Any

from schemadiff.cli import options

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "schemadiff"
DESCRIPTION = (
    "The desired schema of a PostgreSQL database. Any number of files in any folders are merged."
)


def command(out: options.Out = None) -> int:
    """Print the JSON Schema (draft 2020-12) that editors complete and check the files with."""
    from schemadiff.cli.output import write
    from schemadiff.spec.whole_file import write_file

    if out is None:
        write(schema_text())
    else:
        write_file(out, schema_text())
    return 0


def schema_text() -> str:
    """Give the JSON Schema of a file as it is written."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def known_text() -> str:
    """Give the same for who asks again and again: it is kept for as long as the code is the same.

    To make it takes as long as to read a thousand tables.
    """
    from schemadiff.cli.files import keeping, shelf_of
    from schemadiff.spec.shelf import key_of

    if not keeping():
        return schema_text()
    shelf, key = shelf_of("schema"), key_of("schema")
    if isinstance(found := shelf.take(key), str):
        return found
    text = schema_text()
    shelf.keep(key, text)
    return text


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of a file as a value."""
    from schemadiff.kinds import EVERY
    from schemadiff.spec.document import models

    made = models(EVERY).root.model_json_schema(by_alias=True)
    head = {"$schema": DIALECT, "title": TITLE, "description": DESCRIPTION}
    return {**head, **{key: value for key, value in made.items() if key not in head}}
