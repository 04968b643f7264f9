"""`schemadiff validate`: are the files well-formed and consistent. Needs no database."""

from __future__ import annotations

from schemadiff.cli import options, say
from schemadiff.cli.settings import Flags, settings_of


def command(
    schemas: options.Schemas = None,
    config: options.Config = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
) -> int:
    """Check the files without a database; every mistake in all of them is shown."""
    from schemadiff.cli.managed import requested
    from schemadiff.cli.output import write
    from schemadiff.core.catalog import Catalog
    from schemadiff.kinds import EVERY
    from schemadiff.spec.contents import root_of
    from schemadiff.spec.folder import build_spec, read_folder

    say.configure(verbose=verbose, color=not no_color)
    # Which database it is does not matter here, so an unset variable of one must not either.
    settings = settings_of(Flags(config=config, schemas=schemas, db=""))
    documents = read_folder(settings.schemas, EVERY)
    whole = settings.scope.everything
    spec = build_spec(documents, EVERY, root_of(settings.schemas), whole=whole)
    spec = requested(spec, Catalog({}), settings.manage)
    files, objects = len(documents), len(spec.catalog.objects)
    write(f"OK: {_count(files, 'file')}, {_count(objects, 'object')}\n")
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
