"""What the schema files came to is kept for the next run, and never taken for anything else."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from schemadiff.cli.files import VARIABLE, SchemaFiles
from schemadiff.kinds import KINDS
from schemadiff.spec import memory, shelf
from schemadiff.spec.contents import root_of
from schemadiff.spec.folder import Known, build_spec, read_folder
from schemadiff.spec.result import Spec
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

FILES = {
    "a/salons.yaml": """\
enums:
  mood: [good, bad]
mixins:
  audited: {columns: {made: timestamptz not null default now()}}
tables:
  salons:
    mixins: [audited]
    comment: Places
    columns:
      id: bigint generated always as identity primary key
      name: {type: text, not_null: true, unique: true}
      mood: mood not null default 'good'
      word: citext
    checks: [length(name) > 0]
    indexes:
      by_name: {columns: [lower(name) desc], where: name <> ''}
    rows: [{id: 1, name: First}]
    grants: {public: [select]}
""",
    "b.yaml": """\
schema: app
tables:
  visits: {columns: {salon: bigint references public.salons, at: date}}
views: {v: select 1 as a}
functions:
  f(): {returns: integer, language: sql, body_file: f.sql}
""",
    "f.sql": "select 1",
}
EXTENDED: Known = {"type": frozenset({("ext", "citext")})}


@pytest.fixture
def home(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are kept, of any size; the files are in `schemas/`."""
    monkeypatch.setenv("SCHEMADIFF_HOME", str(bare / "home"))
    monkeypatch.setattr(memory, "WORTH", 1)
    for name, text in FILES.items():
        path = bare / "schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return bare / "home" / "specs"


def _built(known: Known = EXTENDED) -> Spec:
    folder = Path("schemas")
    return build_spec(read_folder(folder, KINDS), KINDS, root_of(folder), known)


def _given(known: Known = EXTENDED) -> Spec:
    return SchemaFiles(Path("schemas")).spec(lambda: known)


def _is_kept(spec: Spec) -> bool:
    return type(spec.sources).__name__ == "_Sources"


def _same(one: Spec, other: Spec) -> None:
    # What is added to a Spec has to be kept, too. Schemas are said of what has no source, the
    # config, not the files, says which kinds are kept, and what is unclear is not kept at all.
    parts = {"catalog", "renames", "sources", "spoken", "questions", "schemas", "kept", "unclear"}
    assert one.schemas == other.schemas == {}
    assert one.kept == other.kept == one.unclear == other.unclear == frozenset()
    assert {f.name for f in fields(Spec)} == parts
    assert list(one.catalog.objects.items()) == list(other.catalog.objects.items())
    assert one.renames == other.renames
    assert one.spoken == other.spoken
    assert one.questions == other.questions
    assert set(one.sources) == set(other.sources)
    for identity in one.catalog.objects:
        assert one.place(identity) == other.place(identity)
        assert one.schema_of(identity) == other.schema_of(identity)


@pytest.mark.usefixtures("home")
def test_what_was_kept_is_what_the_files_say() -> None:
    assert not _is_kept(_given())
    again = _given()
    assert _is_kept(again)
    _same(again, _built())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("home")
def test_another_byte_in_a_file_is_seen(name: str) -> None:
    _given()
    path = Path("schemas", name)
    path.write_text(path.read_text().replace("1", "2").replace("Places", "Spots"))
    fresh = _given()
    assert not _is_kept(fresh)
    _same(fresh, _built())
    assert _is_kept(_given())


@pytest.mark.usefixtures("home")
def test_a_file_more_is_seen() -> None:
    _given()
    Path("schemas", "c.yaml").write_text("sequences: {s: {}}")
    assert not _is_kept(_given())


@pytest.mark.usefixtures("home")
def test_another_schema_of_a_type_on_the_server_is_seen() -> None:
    _given()
    moved: Known = {"type": frozenset({("app", "citext")})}
    fresh = _given(moved)
    assert not _is_kept(fresh)
    _same(fresh, _built(moved))
    assert _is_kept(_given({"type": moved["type"] | {("app", "unasked")}}))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"cos\nsystem\n(S'touch broken'\ntR."])
def test_a_damaged_entry_is_nothing(home: Path, data: bytes) -> None:
    _given()
    for entry in home.iterdir():
        entry.write_bytes(data)
    fresh = _given()
    assert not _is_kept(fresh)
    assert not Path("broken").exists()
    _same(fresh, _built())


def test_a_folder_that_others_can_write_is_not_trusted(home: Path) -> None:
    _given()
    home.chmod(0o777)
    assert not _is_kept(_given())
    home.chmod(0o700)
    assert _is_kept(_given())


def test_other_code_reads_the_files_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _given()
    monkeypatch.setattr(shelf, "_code", lambda: "another version")
    assert not _is_kept(_given())
    assert len(list(home.iterdir())) == 2


def test_few_entries_are_kept(home: Path) -> None:
    for number in range(12):
        Path("schemas", "c.yaml").write_text(f"sequences: {{s{number}: {{}}}}")
        _given()
    assert len(list(home.iterdir())) == 8


def test_it_can_be_switched_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    _given()
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_wrong_files_are_wrong_again() -> None:
    Path("schemas", "c.yaml").write_text("tables: {t: {colums: {}}}")
    for _ in range(2):
        with pytest.raises(Exception, match="colums"):
            _given()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.usefixtures("home")
def test_a_file_that_cannot_be_read_is_said() -> None:
    _given()
    Path("schemas", "b.yaml").chmod(0)
    with pytest.raises(Exception, match="cannot be read"):
        _given()


@pytest.mark.usefixtures("home")
def test_plan_and_apply_go_by_what_was_kept(cli: Cli, live: Database) -> None:
    path = Path("schemas", "a/salons.yaml")
    path.write_text(path.read_text().replace("citext", "text"))
    before = cli("plan", "--format", "sql").out
    os.environ[VARIABLE] = "off"
    try:
        plain = cli("plan", "--format", "sql").out
    finally:
        del os.environ[VARIABLE]
    strip = [line for line in before.splitlines() if "Generated" not in line]
    assert strip == [line for line in plain.splitlines() if "Generated" not in line]
    assert cli("apply", "--yes").code == 0
    assert "No changes." in cli("plan").out
    live.execute("alter table salons drop column word")
    assert "word" in cli("plan").out
