"""The part of the contract of a kind that PostgreSQL does not let everybody make.

Who may do that no catalog says: providers of servers let roles of theirs do some of it. So a kind
gives statements for the server to refuse, each for the right alone: where the right is there they
fail for another reason, since what they speak of does not exist, or would make what is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar

from schemadiff.core.identity import Identity

NOTHING = "schemadiff_nothing"  # there is no such function, and no such type
Said = Callable[[str], Any]  # gives an attribute of the new form, of a saved one in JSON's words


class PrivilegedKind:
    """What a kind says of the rights that it takes to make its objects, beside those on schemas."""

    attempt: ClassVar[str] = ""  # a statement that asks for the right to make any of the kind
    # Its statements touch no relation and keep nobody waiting, so they are attempted themselves.
    attempts_all: ClassVar[bool] = False

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Give what is said behind the name of what is made, and the statement that is attempted.

        `changed` is None where it is made, else the attributes that are altered in place. Each
        statement is run in a transaction that never commits, before the plan: it must not wait for
        anybody, and an error other than a missing right means nothing.
        """
        del identity, said
        if self.attempt and changed is None:
            yield "", self.attempt
