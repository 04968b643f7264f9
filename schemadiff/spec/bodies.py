"""Bodies in files of their own: `body_file:` beside `body:`, `query_file:` beside `query:`.

The surprising fact: several objects may share one file. Then it is left as it is, and what changed
gets its text into the YAML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from schemadiff.core.kind import ObjectKind, YamlValue
from schemadiff.spec.document import Document

_FILE = "_file"


class Bodies:
    """The files that the files of before name, and what they are to hold afterwards."""

    def __init__(self, documents: Sequence[Document], folder: Path) -> None:
        """Count who names which file."""
        self._folder = folder.resolve()
        self._named = Counter(
            (document.folder / name).resolve()
            for document in documents
            for name in _names(document.root)
        )
        self.texts: dict[PurePosixPath, str | None] = {}

    def kept(self, value: YamlValue, node: Any, document: Document, kind: ObjectKind) -> YamlValue:
        """Put a text into the file that held it; gives the value of the entry that names it."""
        if not isinstance(node, dict):
            return value
        long = kind.long_form(value) if kind.spec is not None and value is not None else {}
        for key in [k for k in long if isinstance(node.get(k + _FILE), str)]:
            name, text = node[key + _FILE], long[key]
            path = (document.folder / name).resolve()
            alone = self._named[path] == 1 and path.is_relative_to(self._folder)
            # A file is read with plain line ends, whatever it holds.
            if alone and isinstance(text, str) and "\r" not in text:
                self.texts[PurePosixPath(path.relative_to(self._folder).as_posix())] = text
                long = {
                    k + _FILE if k == key else k: name if k == key else v for k, v in long.items()
                }
                value = long
        return value

    def forget(self, node: Any, document: Document) -> None:
        """Let go of the files that nothing names any more but the entry of what is gone."""
        for name in _names(node):
            path = (document.folder / name).resolve()
            if self._named[path] == 1 and path.is_relative_to(self._folder):
                self.texts[PurePosixPath(path.relative_to(self._folder).as_posix())] = None


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and str(key).endswith(_FILE):
                yield value
            yield from _names(value)
    elif isinstance(node, list):
        for each in node:
            yield from _names(each)
