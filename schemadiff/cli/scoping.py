"""`pull --scope`: from patterns to a scope, and the scope into the config.

The config belongs to the person who wrote it: a scope is added to it, and one that stands there
already is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from schemadiff.catalog.scope import Scope
from schemadiff.cli import say
from schemadiff.cli.config import Config
from schemadiff.cli.config_words import FILE
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.spec.whole_file import write_file


def scope_of(patterns: Iterable[str]) -> Scope:
    """Sort patterns: `app` is a schema, `table:app.*` is included, `!table:app.tmp_*` is not."""
    schemas: list[str] = []
    include: list[str] = []
    exclude: list[str] = []
    for pattern in patterns:
        kind, colon, name = pattern.lstrip("!").partition(":")
        if not kind or (colon and not name):
            hint = "a schema (app), a pattern (table:app.*), or what is left out (!table:app.tmp_*)"
            message = f"--scope {pattern!r} names nothing"
            raise ConfigError(Diagnostic(code="SD209", message=message, hint=hint))
        if pattern.startswith("!"):
            exclude.append(pattern[1:])
        elif colon or "." in pattern:
            include.append(pattern)
        else:
            schemas.append(pattern)
    return Scope(tuple(schemas), tuple(include), tuple(exclude))


def check_scope(scope: Scope, catalog: Catalog) -> None:
    """Refuse what matches nothing, or mere parts: the files that are there would go."""
    wrong = [
        Diagnostic(
            code="SD209",
            message=f"--scope {pattern}: nothing in the database is called so",
            hint="a schema (app), a pattern (table:app.*), or what is left out (!table:app.tmp_*)",
        )
        for pattern in scope.idle(catalog)
    ]
    wrong += [
        Diagnostic(
            code="SD209",
            message=f"--scope {pattern} is of parts alone: {whole} is out of scope",
            hint=f"name the whole: {whole.kind}:{whole.called}",
        )
        for pattern, whole in scope.pieces(catalog)
    ]
    if wrong:
        raise ConfigError(*wrong)


def write_scope(scope: Scope, config: Config) -> None:
    """Add a scope to the config; ConfigError when another one is there."""
    spec = config.spec.scope
    before = Scope(spec.schemas, spec.include, spec.exclude)
    if before == scope:
        return
    if not before.everything:
        message = "there is another scope in the config already"
        hint = "change it there, and leave out --scope"
        place = config.place("scope")
        raise ConfigError(Diagnostic(code="SD209", message=message, hint=hint, place=place))
    document = config.document
    path = document.folder / document.file.rpartition("/")[2] if document else FILE
    text = path.read_text(encoding="utf-8") if document else ""
    text = text.rstrip("\n") + "\n\n" if text.strip() else ""
    write_file(path, text + "".join(f"{line}\n" for line in _lines(scope)))
    say.line(f"the scope was written to {path}")


def _lines(scope: Scope) -> Iterator[str]:
    yield "scope:"
    for key in ("schemas", "include", "exclude"):
        if values := getattr(scope, key):
            # Quoted as JSON does, which is YAML too.
            yield f"  {key}: [{', '.join(json.dumps(v, ensure_ascii=False) for v in values)}]"
