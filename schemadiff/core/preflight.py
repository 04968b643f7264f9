"""What is asked of the rows before anything runs: questions by kinds, answers by a server.

A question is put to the database as it is, so it speaks of tables and columns by the names that
they have before the plan's renames. The surprising fact: what cannot be asked is a question as
well, with the reason, since silence would read as "nothing is wrong".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.record import record, replace

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.kind import Context


class Meaning(StrEnum):
    """What it means that rows are found."""

    FAILS = "fails"  # the plan is certain to stop there
    LOSES = "loses"


class Outcome(StrEnum):
    """What a question came to."""

    PASSED = "passed"
    FAILS = "fails"
    LOSES = "loses"
    NOT_CHECKED = "not-checked"


@record(frozen=True, slots=True, kw_only=True)
class Question:
    """`count` counts the rows that are meant, `examples` gives names and values of some of them.

    `trial` is run before: an error in the values is the answer, in the server's own words.
    One that `computes` what the plan will compute as well takes such an error while it counts so.
    `makes` is one statement that makes something temporary to be asked, which is never committed.
    What is `maintained`, an index or a materialized view, finds what functions name without its
    schema in pg_catalog alone since 17 (release notes of 17).
    What is `named` are names: found as the session finds them, and no value where there is none.
    `guess` says why the plan may find it otherwise: what is found is told, and refuses nothing.
    """

    subject: Identity
    meaning: Meaning
    text: str  # "rows of public.t that violate check public.t.c"
    count: str = ""
    examples: str = ""  # SELECT of one text[]: name, value, name, value …
    trial: str = ""
    makes: str = ""
    computes: bool = False
    maintained: bool = False
    named: bool = False
    guess: str = ""
    unasked: str = ""  # why it cannot be asked
    tables: tuple[Identity, ...] = ()  # whose rows must not be changed by the plan itself


@record(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said; `count` is None where nobody could count."""

    question: Question
    outcome: Outcome
    count: int | None = None
    examples: tuple[str, ...] = ()
    said: str = ""  # the server's own error, or why nothing was asked

    @property
    def losing(self) -> bool:
        """Tell whether it was asked what is lost."""
        return self.question.meaning is Meaning.LOSES

    @property
    def text(self) -> str:
        """Say the answer in a sentence."""
        about = self.question.text
        if self.outcome is Outcome.NOT_CHECKED:
            return f"{about}: not checked, because {self.said}"
        said = f"{self.count:,}" if self.count is not None else "at least one"
        said = "none" if self.count == 0 else said
        shown = f" ({'; '.join(self.examples)}{_more(self)})" if self.examples else ""
        server = f": {self.said}" if self.said else ""
        return f"{about}: {said}{shown}{server}"


def _more(answer: Answer) -> str:
    return "; …" if (answer.count or 0) > len(answer.examples) else ""


@record(frozen=True, slots=True)
class Asking:
    """What a kind may look at while it asks; `live` gives the name before the plan's renames.

    What is asked of the `untouched` rows alone, which the plan does not write, holds at any time.
    """

    context: Context
    live: Callable[[Identity], Identity]
    untouched: bool = False


class Cast(NamedTuple):
    """What a value is cast from at last, and to; `through` says that it was cast before."""

    source: str
    target: str
    through: bool

    @property
    def by_itself(self) -> bool:
        """Tell whether a value becomes an array of its type, or an array a value of it."""
        source, target = (t.removesuffix("[]") for t in (self.source, self.target))
        return source == target


def last_of(casts: Sequence[str]) -> Cast:
    """Give the last of several casts, since any value becomes a text."""
    *before, source, target = casts
    return Cast(source, target, through=bool(before))


class PreflightKind:
    """The part of the contract of a kind that asks the rows."""

    compares: bool = False  # what it makes may be what a key compares its values by
    cast_hint: str = "say with `using:` how a value becomes one of the new type"
    changes_rows: bool = False  # what it does changes rows: who looks at them later is not asked

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask what a change may fail on, or lose; `old` or `new` is None as for hazards."""
        del old, new, changed, asking
        return ()

    def is_judged_otherwise(self, old: Any, new: Any) -> bool:
        """Tell whether a condition may say otherwise of the same value of a type that changes."""
        del old, new
        return False

    def asked_again(self, obj: Any, asking: Asking) -> Iterable[Question]:
        """Ask what an object may fail on that is made anew for the sake of others."""
        del obj, asking
        return ()

    def comparing(self, new: Any, desired: Catalog) -> Iterable[str]:
        """Give queries that the server has to understand, for a new object needs an operator."""
        del new, desired
        return ()

    def castable(
        self, old: Any, new: Any, changed: frozenset[str], sides: Sequence[Catalog]
    ) -> Iterable[Cast]:
        """Give the casts that the server has to have for an alteration in place."""
        del old, new, changed, sides
        return ()

    def conversion(self, old: Any, new: Any) -> str:
        """Give an example of `using:` for what the server does not understand."""
        del old, new
        return ""

    def naming(self, new: Any, changed: frozenset[str], sides: Sequence[Catalog]) -> Iterable[str]:
        """Give queries that the server refuses where a text names a column that neither side has.

        `sides` are the catalog after the renames, and the desired one.
        """
        del new, changed, sides
        return ()


def unasked(question: Question, reason: str) -> Question:
    """Give a question that cannot be put."""
    return replace(question, unasked=reason, count="", examples="", trial="", makes="")
