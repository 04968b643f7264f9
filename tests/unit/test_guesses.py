"""What people write who have not read the documentation, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import SpecError
from schemadiff.kinds import KINDS
from schemadiff.spec.folder import build_spec, read_folder

T = "tables: {{t: {{columns: {{a: int, b: int}}, {}}}}}"
COLUMN = "tables: {{t: {{columns: {{a: {}}}}}}}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (COLUMN.format("{type: int, null: false}"), "did you mean not_null, which says the opp"),
        (COLUMN.format("{type: text, default: ''}"), "an empty text is \"''\""),
        (COLUMN.format("{type: text collate x}"), "what is said behind a type has a key of its"),
        (COLUMN.format("{type: int, primary_key: true, virtual: yes}"), "yes is a text here"),
        (T.format("foreign_keys: {f: {columns: a, ref_table: u}}"), "did you mean references: tab"),
        (T.format("exclusions: {e: {elements: [a with =], method: hash}}"), "did you mean using?"),
        (T.format("persistence: unlogged"), "did you mean unlogged?"),
        (T.format("storage: {fillfactor: 70}"), "did you mean with?"),
        (
            T.format("triggers: {g: before insert on t execute function f()}"),
            "execute function f()",
        ),
        (
            T.format("triggers: {g: {timing: after, events: insert, function: f, new_table: n}}"),
            "did you mean referencing: {new_table: …}?",
        ),
        (T.format("grants: {r: none}"), "[] is nothing"),
        ("enums: {e: a b}", "write a list: [one, two], or one key per property"),
        ("sequences: {s: {as: smallint}}", "did you mean type?"),
        ("functions: {f(): {returns: int, body: x, settings: {a: b}}}", "did you mean set?"),
        ("publications: {p: {publish_via_partition_root: true}}", "did you mean via_root?"),
        ("conversions: {c: {from: LATIN1, to: UTF8, function: f}}", "did you mean source?"),
    ],
)
def test_a_hint_names_the_key(text: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        build_spec(read_folder(tmp_path, KINDS), KINDS, tmp_path)
    assert hint in " ".join(d.hint for d in caught.value.diagnostics)


def test_the_table_of_a_trigger_goes_without_saying(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        T.format("triggers: {g: before insert on t for each row execute function f()}")
    )
    with pytest.raises(SpecError, match="'on' does not belong here: the table is the one that it"):
        read_folder(tmp_path, KINDS)
