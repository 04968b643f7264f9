"""Everything that is wrong is told in one run, in the bad files and in the good ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import SpecError
from schemadiff.kinds import KINDS
from schemadiff.spec.folder import read_folder

FILES = {
    "a.yaml": "tables:\n  a:\n    colums: {}\n  b:\n    columns: {x: 12 foo}\n",
    "b.yaml": "tables:\n  c:\n    columns: {x: int)}\n    checks: {k: a > 0; drop table x}\n",
    "c.yaml": "enums:\n  e: [a]\n  e: [b]\n",
    "d.yaml": "tables:\n  d:\n    columns: {a: int}\n    checks: {k: (a}\n",
    "e.yaml": "tables:\n  m:\n    mixins: [of_a_bad_file]\n    columns: {a: int}\n",
}


def test_all_mistakes_of_all_files(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(SpecError) as caught:
        read_folder(tmp_path, KINDS)
    found = [(Path(d.place.file).name, d.code) for d in caught.value.diagnostics if d.place]
    assert found == [
        ("a.yaml", "SD011"),
        ("a.yaml", "SD013"),
        ("b.yaml", "SD013"),
        ("b.yaml", "SD031"),
        ("c.yaml", "SD002"),
        ("d.yaml", "SD031"),
    ]
