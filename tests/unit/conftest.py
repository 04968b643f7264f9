"""How the tests by properties run: the machines of CI are too uneven for deadlines."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("schemadiff", deadline=None)
settings.load_profile("schemadiff")
