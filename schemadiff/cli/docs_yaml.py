"""docs/yaml.md: every section and every key that the YAML knows, from the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from schemadiff.cli.docs_markdown import anchor, code, documented, keys_table, models_in
from schemadiff.core.kind import ObjectKind
from schemadiff.core.spec_model import SCALAR, summary
from schemadiff.kinds import EVERY
from schemadiff.spec.section import needs_no_more

LONGEST = 28  # lines of an example

HEAD = """\
# The YAML

<!-- Written by `make docs` from the models that read the files; do not edit. -->

Any number of files in any folders below `schemas/` are merged; which file says what means nothing.
A section is a mapping of names to objects. Most objects have a short form beside the mapping of
keys that is listed here; what a column's one line says is what SQL says. Editors complete and check
all of it with `schemadiff schema`, which `pull` and `init` put beside the files.

| key of a file | meaning |
| --- | --- |
| `schema` | The schema in which the names of this file live. `public` where it is absent. |
| `mixins` | Sections of tables under names, for the tables that name them in `mixins:`. |
"""

NAMES = """
```yaml
columns:
  id: uuid primary key default gen_random_uuid()      # the short form: as SQL writes it
  email: {type: text, not_null: true, unique: true}   # the long form: one key per property
```

Names are written as they are in the database; a name that needs quotes in SQL needs none as a key
of YAML. Where a key takes an SQL name (`references: app.salons(id)`), SQL's rules hold: `"Quoted"`
where there are capitals, `schema.name` where it is not the file's schema.
"""

FORMS = {
    "string": "text",
    "null": "nothing",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def yaml_page(cases: Path) -> str:
    """Give the page; examples are taken from the test cases."""
    titles = {k.name: _title(k) for k in EVERY if k.section}
    parts = [HEAD]
    for kind in EVERY.within(""):
        title = titles[kind.name]
        parts.append(f"| [{code(kind.section)}](#{anchor(title)}) | {_about(kind)} |\n")
    parts.append(NAMES)
    parts += [_section(kind, titles, cases) for kind in EVERY if kind.section]
    return "".join(parts)


def _title(kind: ObjectKind) -> str:
    same = [k for k in EVERY if k.section == kind.section]
    above = "" if len(same) == 1 or not kind.within[0] else f" of {_a(kind.within[0])}"
    return f"{kind.section}{above}"


def _a(name: str) -> str:
    """Give `a table`, `an index`."""
    noun = name.replace("_", " ")
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def _about(kind: ObjectKind) -> str:
    assert kind.spec is not None
    return summary(kind.spec)


def _section(kind: ObjectKind, titles: dict[str, str], cases: Path) -> str:
    assert kind.spec is not None
    parts = [f"\n## {titles[kind.name]}\n\n{_about(kind)}\n\n{_place(kind)}\n"]
    inline = list(_inline(kind.spec))
    names = {m: _model_title(kind, m) for m in inline}
    parts.append(f"\n{_keys(kind.spec, names)}")
    if nested := EVERY.within(kind.name):
        links = (f"[{code(k.section)}](#{anchor(titles[k.name])})" for k in nested)
        parts.append(f"\nSections inside: {', '.join(links)}.\n")
    parts += [f"\n### {names[m]}\n\n{summary(m)}\n\n{_keys(m, names)}" for m in inline]
    if example := _example(kind, cases):
        parts.append(f"\n```yaml\n{example}```\n")
    return "".join(parts)


def _place(kind: ObjectKind) -> str:
    where = ["at the top of a file" if w == "" else f"inside {_a(w)}" for w in kind.within]
    form = "a mapping of names"
    if kind.unnamed:
        form = "a mapping of names, or a list of what needs no name"
    elif needs_no_more(kind):
        form = "a mapping of names, or a list of those of which nothing more is said"
    if kind.single:
        form = "one of them, without a name"
    assert kind.spec is not None
    short = dict.fromkeys(
        " or ".join(map(code, map(str, s["enum"])))
        if "enum" in s
        else FORMS["string" if s == SCALAR else s["type"]]
        for s in kind.spec.shorthands
    )
    said = f" Short form: {' or '.join(short)}." if short else ""
    return f"`{kind.section}:` stands {' and '.join(where)}; it is {form}.{said}"


def _keys(model: type[BaseModel], names: dict[type[BaseModel], str]) -> str:
    if not any(True for _ in documented(model)):
        if model.model_config.get("extra") == "allow":
            return (
                "Its keys are roles; what each has is written as in the `grants` of any object.\n"
            )
        return "It has no keys of its own.\n"
    return keys_table(model, dict(names))


def _inline(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give the models that keys of this one take, each once."""
    seen: dict[type[BaseModel], None] = {}
    todo = [model]
    while todo:
        for name, *_ in documented(current := todo.pop()):
            for found in models_in(current.model_fields[name].annotation):
                if found not in seen:
                    seen[found] = None
                    todo.append(found)
    return iter(seen)


def _model_title(kind: ObjectKind, model: type[BaseModel]) -> str:
    """Name a model by the key that takes it: `columns: check`."""
    assert kind.spec is not None
    for owner in (kind.spec, *_inline(kind.spec)):
        for name, key, *_ in documented(owner):
            if model in models_in(owner.model_fields[name].annotation):
                return f"{key} of {_a(kind.name)}"
    raise KeyError(model)


# --- examples --------------------------------------------------------------------------------


def _example(kind: ObjectKind, cases: Path) -> str:
    """Choose the case that shows the most keys of a kind on one screen, a key to a line."""
    assert kind.spec is not None
    keys = [key for _, key, *_ in documented(kind.spec)]
    keys += [k.section for k in EVERY.within(kind.name)]
    best: tuple[int, int, int, str] = (0, 0, 0, "")
    own = sorted(cases.glob(f"{kind.name}/*/desired.yaml"))
    for file in own or sorted(cases.glob("*/*/desired.yaml")):
        text = file.read_text(encoding="utf-8")
        if not re.search(rf"^\s*{kind.section}:", text, re.MULTILINE):
            continue
        lines = text.count("\n")
        shown = sum(bool(re.search(rf"\b{key}:", text)) for key in keys)
        found = (shown, -text.count("{"), -lines)
        if (shown or not keys) and lines <= LONGEST and (not best[0] or found > best[:3]):
            best = (*found, text)
    return best[3]
