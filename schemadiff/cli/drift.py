"""`schemadiff drift`: tell whether the database is as the files say, for people and monitors.

The surprising fact: it is the engine of `plan` and nothing else, so that it never sees a difference
that `plan` would not mend; only the SQL is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from schemadiff.cli import options, say
from schemadiff.cli.app import DONE, PENDING
from schemadiff.cli.settings import Flags, settings_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.plan import Plan

FORMAT_VERSION = 1
_WIDEST = 500  # characters of a cell
FORMATS = ("text", "json", "markdown")
_WHAT = {"create": "missing", "drop": "unexpected"}
Form = Annotated[
    str, typer.Option("--format", metavar="text|json|markdown", help="The form of the report.")
]
Json = dict[str, Any]


def command(
    *,
    db: options.Db = None,
    env: options.Env = None,
    schemas: options.Schemas = None,
    shadow: options.Shadow = None,
    format: Form = "text",
    out: options.Out = None,
    strict: options.Strict = False,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Tell whether the database is as the files say, without any SQL. Changes nothing.

    The exit code is 0 without drift, 1 after an error, and 2 with drift.

    The JSON has format_version (1), database, drift (true or false), objects and unmanaged. An
    object has kind, name, what (missing: the database lacks it; unexpected: the files lack it;
    different), and attributes: by name, old as in the database and new as in the files. Its form
    is docs/drift.schema.json.
    """
    from schemadiff.cli.output import deliver
    from schemadiff.cli.work import planned

    say.configure(verbose=verbose, color=not no_color)
    if format not in FORMATS:
        hint = f"--format {'|'.join(FORMATS)}"
        raise ConfigError(Diagnostic(code="SD204", message=f"no format {format!r}", hint=hint))
    flags = Flags(config=config, db=db, env=env, schemas=schemas, shadow=shadow, strict=strict)
    with planned(settings_of(flags), brief=True) as found:
        report = drift_of(found.plan)
    text = {"json": _json, "text": _text, "markdown": _markdown}[format](report)
    deliver(text, out)
    return PENDING if report["drift"] else DONE


def drift_of(plan: Plan) -> Json:
    """Give what differs, as the JSON says it."""
    objects = sorted(_objects(plan), key=lambda o: (o["name"], o["kind"]))
    return {
        "format_version": FORMAT_VERSION,
        "database": plan.database,
        "drift": not plan.empty or bool(objects),
        "objects": objects,
        "unmanaged": [{"kind": u.kind, "name": u.name, "reason": u.reason} for u in plan.unmanaged],
    }


def _objects(plan: Plan) -> Iterator[Json]:
    from schemadiff.render.entries import entry

    for each in map(entry, plan.changes):
        what = _WHAT.get(each.verb, "different")
        values: Json = {}
        if what == "different":
            values = {a.name: {"old": a.old, "new": a.new} for a in each.attributes}
        if each.before is not None:
            values["name"] = {
                "old": ".".join(each.before.path),
                "new": ".".join(each.identity.path),
            }
        name = ".".join(each.identity.path)
        yield {"kind": each.identity.kind, "name": name, "what": what, "attributes": values}


def _json(report: Json) -> str:
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _head(report: Json) -> str:
    count = len(report["objects"])
    about = f"database {report['database']}"
    if not report["drift"]:
        return f"No drift: {about} is as the files say."
    what = "object differs" if count == 1 else "objects differ"
    return f"Drift: {count} {what} from the files in {about}."


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _text(report: Json) -> str:
    from schemadiff.render.values import one_line

    rows = [_head(report)]
    for each in report["objects"]:
        rows.append(f"  {each['what']:<10}  {_named(each)}")
        rows += [
            f"    {name}: {_said(v['old'])} in the database, {_said(v['new'])} in the files"
            for name, v in each["attributes"].items()
        ]
    if report["unmanaged"]:
        rows.append(f"Not managed: {len(report['unmanaged'])}")
        rows += [f"  {u['kind']} {u['name']}" for u in report["unmanaged"]]
    return "\n".join(map(one_line, rows)) + "\n"


def _named(each: Json) -> str:
    return f"{each['kind'].replace('_', ' ')} {each['name'].rstrip('.')}"


def _markdown(report: Json) -> str:
    from schemadiff.render.markdown import LIMIT, escape, mono

    rows = [f"# {escape(_head(report))}", ""]
    if report["objects"]:
        rows += ["| | object | in the database | in the files |", "| --- | --- | --- | --- |"]
    for each in report["objects"]:
        values = each["attributes"].items()
        old, new = ("; ".join(f"{n}: {_said(v[k])}" for n, v in values) for k in ("old", "new"))
        title = mono(_named(each))
        rows.append(f"| {each['what']} | {title} | {_cell(old)} | {_cell(new)} |")
    if report["unmanaged"]:
        rows += ["", "Not managed:", ""]
        rows += [f"- {escape(u['kind'])} {mono(u['name'])}" for u in report["unmanaged"]]
    return "\n".join(_fitting(rows, LIMIT)).rstrip() + "\n"


def _fitting(rows: list[str], room: int) -> Iterator[str]:
    """Count what does not fit: hosts refuse comments beyond 65,536 characters."""
    for number, row in enumerate(rows):
        room -= len(row) + 1
        if room < 0:
            yield f"\n… and {len(rows) - number} more lines, left out for their length."
            return
        yield row


def _cell(text: str) -> str:
    """Write a value so that it ends no cell, and neither Markdown nor HTML finds anything."""
    from schemadiff.render.markdown import mono
    from schemadiff.render.values import one_line

    plain = one_line(text)
    return mono(plain if len(plain) <= _WIDEST else plain[:_WIDEST] + "…") if plain else ""
