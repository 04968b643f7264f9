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


def test_what_is_missing_is_told_unless_a_bad_part_may_have_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "mixins:\n  m:\n    columns: {made: int nott, at: timestamptz}\n"
        "tables:\n"
        "  a: {columns: {id: int}, colors: 1, primary_key: [perhaps]}\n"
        "  b: {columns: {id: int}, primary_key: [nowhere], mixins: [none]}\n"
        "  c: {columns: {id: int}, mixins: [m], unique: {u: [id, made]}}\n"
    )
    with pytest.raises(SpecError) as caught:
        read_folder(tmp_path, KINDS)
    found = [(d.place.line, d.code) for d in caught.value.diagnostics if d.place]
    assert found == [(3, "SD013"), (5, "SD011"), (6, "SD058"), (6, "SD021")]
    assert caught.value.diagnostics[0].hint == "write the long form: {type: text, not_null: true}"
