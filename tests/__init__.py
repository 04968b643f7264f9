"""Tests: a package, so that no `tests` of somebody else on the path is taken for it."""
