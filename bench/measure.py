"""Whole processes, timed from outside: wall time, processor time, peak memory.

The surprising fact: on a busy machine wall time says little about one run, so every figure is a
median, and what is to be compared runs in turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class FailedError(RuntimeError):
    """A command that was to be timed did not succeed; holds what it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is run: its name in the table, arguments, folder, and additions to the environment."""

    name: str
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds, and bytes."""

    wall: float
    processor: float
    memory: int


@dataclass(slots=True)
class Series:
    """The runs of one command."""

    command: Command
    runs: list[Run] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """The median of the wall time."""
        return statistics.median(r.wall for r in self.runs)

    @property
    def fastest(self) -> float:
        """The shortest wall time, which the rest of the machine has disturbed least."""
        return min(r.wall for r in self.runs)

    @property
    def processor(self) -> float:
        """The median of the processor time of the process, the server's not counted."""
        return statistics.median(r.processor for r in self.runs)

    @property
    def memory(self) -> int:
        """The greatest peak of memory; less than our own peak, before the fork, is never seen."""
        return max(r.memory for r in self.runs)


def measure(commands: Sequence[Command], runs: int) -> list[Series]:
    """Run each command once to warm up, then all in turns; raises FailedError."""
    found = [Series(command) for command in commands]
    for command in commands:
        once(command)
    for _ in range(runs):
        for series in found:
            series.runs.append(once(series.command))
    return found


def once(command: Command) -> Run:
    """Run a command to its end; raises FailedError when it fails."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        words = said.decode(errors="replace").strip()
        raise FailedError(f"{' '.join(command.arguments)} ended with {process.returncode}: {words}")
    # The kernel of macOS counts bytes, the others count kibibytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)
