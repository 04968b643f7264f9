"""The table of all classes of hazards, and how words lead to them.

A code is never given to another class again: people have it in their settings.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemadiff.core.hazard_class import GROUPS, HazardClass
from schemadiff.core.hazard_pages_data import DATA_PAGES
from schemadiff.core.hazard_pages_load import LOAD_PAGES
from schemadiff.core.hazard_pages_meaning import MEANING_PAGES

TABLE: tuple[HazardClass, ...] = tuple(
    sorted((*DATA_PAGES, *LOAD_PAGES, *MEANING_PAGES), key=lambda each: each.code)
)
BY_CLASS: Mapping[str, HazardClass] = {each.cls: each for each in TABLE}
BY_CODE: Mapping[str, HazardClass] = {each.code: each for each in TABLE}
DATA_LOSS: Mapping[str, str] = {e.cls: e.code for e in TABLE if e.group == "data-loss"}
WORDS: tuple[str, ...] = ("all", *GROUPS, *BY_CLASS, *BY_CODE)


def words_of(cls: str) -> tuple[str, ...]:
    """Give the words, beside code and class, by which a class is called."""
    found = BY_CLASS.get(cls)
    return (found.group,) if found else ()


def page_of(word: str) -> tuple[HazardClass, ...]:
    """Give the pages that a code, a class or a group names, in any case; none for another word."""
    wanted = word.strip().lower()
    return tuple(e for e in TABLE if wanted in (e.code.lower(), e.cls, e.group))
