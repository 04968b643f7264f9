"""How much is run: `make test` has ten minutes, `make test-matrix` as long as it takes."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("SCHEMADIFF_ALL_PAIRS"))
