"""Status of each input file: the rows of a run, in memory and on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.results.file_rows import to_line
from mammocalc.results.layout import ROWS
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.execution.run_folder import RunFolder
    from mammocalc.model import FileRow


class Rows:
    """What became of each file so far, by path and frame; of files that are gone, by path and image."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._by_key: dict[tuple[str, int, str], FileRow] = {}

    def __len__(self) -> int:
        """Count them."""
        return len(self._by_key)

    def all(self) -> tuple[FileRow, ...]:
        """Give all rows in the order of paths."""
        return tuple(self._by_key[key] for key in sorted(self._by_key))

    def get(self, path: str) -> FileRow | None:
        """Give the row of a file that is there."""
        return self._by_key.get((path, 0, ""))

    def replace(self, rows: Iterable[FileRow]) -> None:
        """Write the whole file anew, in the order of paths."""
        self._by_key = {_key(row): row for row in rows}
        self._folder.write(ROWS, "".join(to_line(row) for row in self.all()).encode())

    def append(self, rows: Iterable[FileRow]) -> None:
        """Add the rows of one image at once, so that a run that is killed can go on behind them."""
        rows = tuple(rows)
        self._by_key.update((_key(row), row) for row in rows)
        self._folder.append(ROWS, "".join(to_line(row) for row in rows))


def _key(row: FileRow) -> tuple[str, int, str]:
    return (*row.place, str(row.key) if row.reason is Reason.GONE else "")
