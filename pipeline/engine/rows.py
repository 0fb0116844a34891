"""The rows of a run, in memory and, as they come, on disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.engine.record import to_line
from pipeline.engine.store import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.engine.store import RunFolder
    from pipeline.model import FileRow


class Rows:
    """What became of each file so far, by path."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._by_path: dict[str, FileRow] = {}

    def __len__(self) -> int:
        """Count the files that are settled."""
        return len(self._by_path)

    def all(self) -> tuple[FileRow, ...]:
        """Give all rows in the order of paths."""
        return tuple(self._by_path[path] for path in sorted(self._by_path))

    def replace(self, rows: Iterable[FileRow]) -> None:
        """Write the whole file anew, in the order of paths."""
        self._by_path = {row.path: row for row in rows}
        self._folder.write(ROWS, "".join(to_line(row) for row in self.all()).encode())

    def get(self, path: str) -> FileRow | None:
        """Give the row of a path, if there is one."""
        return self._by_path.get(path)

    def rename(self, before: str, now: str) -> None:
        """Give a row another path; on disk with the next `replace`."""
        row = self._by_path.pop(before, None)
        if row is not None:
            self._by_path[now] = replace(row, path=now)

    def append(self, rows: Iterable[FileRow]) -> None:
        """Add the rows of one image at once, so that a run that is killed can go on behind them."""
        rows = tuple(rows)
        self._by_path.update((row.path, row) for row in rows)
        with (self._folder.root / ROWS).open("a", encoding="utf-8") as file:
            file.write("".join(to_line(row) for row in rows))
