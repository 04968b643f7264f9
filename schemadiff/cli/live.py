"""A live database, read in a thread while the files are parsed.

The two wait for each other only where names of the one have to be known to the other. What was
asked the last time is asked first of all, and may show that everything is as it was.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from schemadiff.cli import remembered, say
from schemadiff.cli.settings import Settings
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.errors import InspectError
from schemadiff.core.record import record, replace

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.catalog.inspector import Inspection, Known
    from schemadiff.catalog.transcript import Answer, Asked, Transcript
    from schemadiff.core.diagnostic import Diagnostic
    from schemadiff.core.kind import Registry


@record(frozen=True)
class Live:
    """An open database, what is in it, and what of that no kind manages."""

    connection: Connection[Any]
    seen: Inspection | None = None
    unmanaged: tuple[Unmanaged, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    scratch: bool = False  # made from files: its tables have no rows, which says nothing
    manage: tuple[str, ...] = ()
    transcript: Transcript | None = None  # of the inspection
    excerpt: bool = False  # what is known of it is a part

    @cached_property
    def inspection(self) -> Inspection:
        """What is in it, read now where it was known to be as before and nobody has looked."""
        if self.seen is not None:
            return self.seen
        from schemadiff.cli.managed import registry_of

        return inspect_now(self.connection, registry_of(self.manage))


@contextmanager
def live(settings: Settings) -> Iterator[Live]:
    """Open a database and read it."""
    with being_read(settings) as reading:
        yield reading.found.result()


@record(frozen=True)
class Expected:
    """What a database was like; the `files` of then are those of now, or some have changed."""

    told: str  # the digest of what it was asked, and said
    unmanaged: tuple[Unmanaged, ...]  # also out of scope
    files: bool


@record(frozen=True)
class Reading:
    """A database that is being read: first comes which names there are, then everything.

    Before that it may turn out to be `as_expected`, and then nothing else of it is known.
    """

    known: Future[Known] = field(default_factory=Future)
    found: Future[Live] = field(default_factory=Future)
    expected: Future[Expected | None] = field(default_factory=Future)
    as_expected: Future[bool] = field(default_factory=Future)
    others: threading.Event = field(default_factory=threading.Event)  # than were told at first

    def expect(self, expected: Expected | None) -> None:
        """Say what the database was like in the last run, unless that was said."""
        if not self.expected.done():
            self.expected.set_result(expected)

    def tell(self, known: Known) -> None:
        """Say which names there are; it is noted where others were told before."""
        if not self.known.done():
            self.known.set_result(known)
        elif self.known.result() != known:
            self.others.set()

    def fail(self, error: BaseException) -> None:
        """Raise an error wherever something is waited for."""
        for each in (self.known, self.found, self.as_expected):
            if not each.done():
                each.set_exception(error)


class _HeldByTwo:
    """The connection of who reads and who waits for it: whoever leaves last closes it."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self._first = threading.Lock()

    def leave(self) -> None:
        """Say that one of the two needs it no more."""
        if not self._first.acquire(blocking=False):
            self.stack.close()


@contextmanager
def being_read(settings: Settings, *, brief: bool = False) -> Iterator[Reading]:
    """Begin to read a database in a thread; with `brief` it has to be told what to expect.

    A daemon, so that a mistake in the files ends the run without waiting for a slow server.
    """
    from schemadiff.catalog.retry import again
    from schemadiff.catalog.session import load_driver
    from schemadiff.cli.target import opened

    # Two threads that load modules at once wait for each other, and the server, which takes longer
    # than everything else, would be asked later.
    load_driver()
    reading = Reading()
    if not brief:
        reading.expect(None)
    held = _HeldByTwo()

    def read_once() -> Live:
        connection = held.stack.enter_context(opened(settings.target))
        ahead = remembered.questions(connection, settings) if brief else ()
        return _seen(connection, settings, reading, ahead)

    def read() -> None:
        try:
            begun = time.perf_counter()
            seen = again(read_once)
            if seen.seen is not None:
                count = len(seen.seen.catalog.objects)
                say.detail(f"{count} objects inspected in {time.perf_counter() - begun:.2f} s")
            reading.found.set_result(seen)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            reading.fail(error)
        finally:
            held.leave()

    thread = threading.Thread(target=read, daemon=True, name="inspect")
    thread.start()
    try:
        yield reading
    finally:
        reading.expect(None)
        if reading.found.done():
            thread.join()
        held.leave()


def _seen(
    connection: Connection[Any],
    settings: Settings,
    reading: Reading,
    ahead: tuple[Asked, ...],
) -> Live:
    """Read a database, unless it says what it said in the last run."""
    from schemadiff.catalog.session import reading as steady
    from schemadiff.catalog.transcript import Transcript

    def read(questions: tuple[Asked, ...]) -> Live:
        with steady(connection), Transcript(connection, questions) as transcript:
            before = reading.expected.result()  # when the server is at work already
            if not reading.as_expected.done():
                as_before = before is not None and transcript.told_ahead == before.told
                reading.as_expected.set_result(as_before)
                if before is not None and as_before:
                    return Live(connection, unmanaged=before.unmanaged, manage=settings.manage)
            from schemadiff.cli.managed import registry_of

            kinds = registry_of(settings.manage)
            # Files that are not as in the last run have changes, most of the time.
            changed = before is None or not before.files
            edges = _edges(transcript) if questions and changed else ()
            return _understood(connection, kinds, reading.tell, transcript, edges)

    try:
        return read(ahead)
    except InspectError:
        # A question of the last run may speak of what is gone; nobody needs its answer any more.
        if not ahead or connection.closed:
            raise
        return read(())


def _edges(transcript: Transcript) -> tuple[Answer, ...]:
    """Ask for the dependencies, too, which a plan without changes needs not."""
    from schemadiff.catalog.dependencies import QUESTIONS

    return tuple(transcript.aside(q) for q in QUESTIONS)


def look(connection: Connection[Any], kinds: Registry, *, keeping: bool = False) -> Live:
    """Read a database, and what no kind manages of it, in one transaction.

    When it may be kept for the next run (`keeping`), the dependencies of a large one are read, too.
    """
    from schemadiff.catalog.retry import again
    from schemadiff.catalog.session import reading
    from schemadiff.catalog.transcript import Transcript

    def read() -> Live:
        with reading(connection), Transcript(connection) as transcript:
            return _understood(connection, kinds, (lambda _: None) if keeping else None, transcript)

    return again(read, connection)


def _understood(
    connection: Connection[Any],
    kinds: Registry,
    tell: Callable[[Known], None] | None,
    transcript: Transcript,
    edges: tuple[Answer, ...] = (),
) -> Live:
    from schemadiff.catalog.inspector import inspect
    from schemadiff.catalog.unmanaged import find_unmanaged
    from schemadiff.spec.memory import WORTH

    inspection = inspect(connection, kinds, tell=tell, transcript=transcript)
    left = find_unmanaged(connection, inspection, kinds, transcript)
    if tell is not None and not edges and len(inspection.catalog.objects) >= WORTH:
        edges = _edges(transcript)  # for what is kept of a large database that is as it should be
    inspection = replace(inspection, outsiders=left.objects, edges=edges)
    return Live(connection, inspection, left.everything(), transcript=transcript)


def inspect_now(connection: Connection[Any], kinds: Registry) -> Inspection:
    """Read a database in a transaction of its own."""
    from schemadiff.catalog.inspector import inspect
    from schemadiff.catalog.retry import again
    from schemadiff.catalog.session import reading

    def read() -> Inspection:
        with reading(connection):
            return inspect(connection, kinds)

    return again(read, connection)
