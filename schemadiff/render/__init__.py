"""A plan in the forms that people and programs read.

Each form is a module of its own and imported when it is asked for.
"""

from __future__ import annotations

from datetime import datetime

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.plan import Plan

FORMATS = ("text", "sql", "json", "markdown")


def render(
    plan: Plan,
    fmt: str,
    *,
    color: bool = False,
    width: int = 100,
    generated: datetime | None = None,
) -> str:
    """Give a plan as text, sql, json or markdown, with a line end at its end.

    `color` and `width` bear on the text alone; `generated` is the moment that the output names.
    Raises ConfigError for another format.
    """
    if fmt == "text":
        from schemadiff.render.text import render_text

        return render_text(plan, color=color, width=width, generated=generated)
    if fmt == "sql":
        from schemadiff.render.sql_script import render_sql

        return render_sql(plan, generated=generated)
    if fmt == "json":
        from schemadiff.render.json_plan import render_json

        return render_json(plan, generated=generated)
    if fmt == "markdown":
        from schemadiff.render.markdown import render_markdown

        return render_markdown(plan, generated=generated)
    hint = "--format " + "|".join(FORMATS)
    raise ConfigError(Diagnostic(code="SD204", message=f"no format {fmt!r}", hint=hint))
