"""Without a file of settings nothing is read that only a file needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from schemadiff.cli.config import SILENT
from schemadiff.cli.config_spec import ConfigSpec

HEAVY = ("pydantic", "yaml", "schemadiff.kinds")


def test_silence_is_an_empty_file() -> None:
    empty = ConfigSpec()
    assert vars(SILENT).keys() == ConfigSpec.model_fields.keys()
    for name in ConfigSpec.model_fields:
        said, meant = getattr(SILENT, name), getattr(empty, name)
        if name == "scope":
            said, meant = vars(said), meant.model_dump()
        assert said == meant, name


def test_settings_need_no_model(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "import schemadiff.cli.plan, schemadiff.cli.work, schemadiff.cli.remembered\n"
        "from schemadiff.cli.settings import Flags, settings_of\n"
        "settings_of(Flags())\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
