"""How much work an operation is for the server, and how people say how long that takes.

The surprising fact: the numbers are guesses to an order of magnitude, from bytes and two speeds; a
person has to know whether it is seconds or hours, and no catalog tells the disk's speed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation, ScanFor
from schemadiff.core.record import record
from schemadiff.core.sizes import SMALL_TABLE, Size

SMALL = 0.1  # seconds: what is over before anybody notices
READS = 200_000_000  # bytes a second
WRITES = 40_000_000
_MINUTE = 60
_HOUR = 3600
_THOUSAND = 1000
_KIB = 1024
_TEN = 10  # from here on a number has two digits, which are enough


@record(frozen=True, slots=True)
class Load:
    """The tables that an operation touches, with rows in them, and what it does to them."""

    sizes: Mapping[Identity, Size] = field(default_factory=dict)
    rewrites: bool = False
    scans: bool = False
    scan_for: ScanFor = ScanFor.ROWS
    also: Mapping[Identity, Size] = field(default_factory=dict)  # locked, and no more than that

    @classmethod
    def of(
        cls,
        op: Operation,
        scan_for: ScanFor,
        sizes: Mapping[Identity, Size],
        also: Mapping[Identity, Size],
    ) -> Load:
        """Take from the declarations of an operation what it does."""
        return cls(sizes, op.rewrites, op.scans, scan_for, also)

    @property
    def locked(self) -> Mapping[Identity, Size]:
        """The tables that it locks."""
        return {**self.sizes, **self.also}

    @property
    def sorts(self) -> bool:
        """Tell whether an index is built."""
        return self.scan_for in (ScanFor.INDEX, ScanFor.UNIQUE)

    @property
    def works(self) -> bool:
        """Tell whether it does more than look at the catalogs."""
        return self.rewrites or self.scans

    def large(self) -> Iterator[tuple[Identity, Size]]:
        """Give the tables that are not small, and those whose size nobody knows."""
        if self.works:
            yield from ((t, s) for t, s in self.sizes.items() if not 0 < s.heap <= SMALL_TABLE)

    def seconds(self, size: Size) -> float | None:
        """Reckon how long the work on one table takes; None where the size is not known."""
        if not self.works:
            return 0.0
        if not size.heap or (self.scan_for is ScanFor.QUERY and size.heap > SMALL_TABLE):
            return None
        if self.rewrites:
            return size.total / WRITES
        return size.heap / (WRITES if self.sorts else READS)

    @property
    def total(self) -> float:
        """The seconds for all tables, as far as they are known."""
        return sum(self.seconds(s) or 0.0 for s in self.sizes.values())

    @property
    def unknown(self) -> bool:
        """Tell whether there is work on a table whose size nobody knows."""
        return any(self.seconds(s) is None for s in self.sizes.values())


def size_text(size: Size) -> str:
    """Say how large a table is: `2.1 GB, about 12,000,000 rows`."""
    if size.empty:
        return "empty"
    if not size.heap:
        return "of unknown size"
    rows = "never analyzed" if size.rows is None else f"about {_rounded(size.rows):,} rows"
    return f"{bytes_text(size.total)}, {rows}"


def bytes_text(number: int) -> str:
    """Write a number of bytes as people do."""
    value, unit = float(number), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < _KIB:
            break
        if unit != "TB":
            value /= _KIB
    return f"{value:.0f} {unit}" if value >= _TEN or unit == "B" else f"{value:.1f} {unit}"


def lasting(seconds: float | None) -> str:
    """Say how long something is likely to take."""
    if seconds is None:
        return "for as long as that takes"
    if seconds < 1:
        return "likely less than a second"
    if seconds < 2 * _MINUTE:
        return f"likely about {_rounded(round(seconds))} s"
    if seconds < 2 * _HOUR:
        return f"likely about {_rounded(round(seconds / _MINUTE))} min"
    return f"likely about {_rounded(round(seconds / _HOUR))} h"


def _rounded(number: int) -> int:
    """Keep two digits: more would look as if it had been counted."""
    if number < _TEN * _TEN:
        return number
    unit = int("1" + "0" * (len(str(number)) - 2))
    return round(number / unit) * unit
