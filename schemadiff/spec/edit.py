"""Changes of a text by lines; everything that no change names stays as it is, byte for byte."""

from __future__ import annotations


class Edits:
    """Changes to be made to lines, which keep their numbers until all are known."""

    def __init__(self, lines: list[str]) -> None:
        """Begin without a change."""
        self._lines = lines
        self._break = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
        self._replaced: list[tuple[int, int, list[str]]] = []
        self._inserted: dict[int, list[str]] = {}

    def lines(self, start: int, end: int) -> list[str]:
        """Give lines as they were."""
        return self._lines[start:end]

    def replace(self, start: int, end: int, lines: list[str]) -> None:
        """Put other lines into the place of some."""
        self._replaced.append((start, end, lines))

    def insert(self, at: int, lines: list[str]) -> None:
        """Put lines before a line, after those that were put there earlier."""
        self._inserted.setdefault(at, []).extend(lines)

    def remove(self, start: int, end: int) -> None:
        """Take lines away, with the empty ones behind them where there are some before them too."""
        if start == 0 or not self._lines[start - 1].strip() or end == len(self._lines):
            while end < len(self._lines) and not self._lines[end].strip():
                end += 1
        self._replaced.append((start, end, []))

    def blank_before(self, line: int) -> bool:
        """Tell whether the line before is empty."""
        return line > 0 and not self._lines[line - 1].strip()

    def text(self) -> str:
        """Make the changes."""
        found: list[str] = []
        position = 0
        changes = sorted(self._replaced)
        for start, end, lines in changes:
            self._copy(found, position, start)
            found += [line + self._break for line in lines]
            position = max(position, end)
            # What is to stand behind the last of the lines that went is not lost with them.
            for at in sorted(a for a in self._inserted if start < a < end):
                self._put(found, at)
        self._copy(found, position, len(self._lines))
        self._put(found, len(self._lines))
        return "".join(found)

    def _copy(self, found: list[str], start: int, end: int) -> None:
        for number in range(start, end):
            self._put(found, number)
            found.append(self._lines[number])
        if end < len(self._lines):
            self._put(found, end)

    def _put(self, found: list[str], at: int) -> None:
        lines = self._inserted.pop(at, [])
        if lines and found and not found[-1].endswith(("\n", "\r")):
            found[-1] += self._break
        found += [line + self._break for line in lines]
