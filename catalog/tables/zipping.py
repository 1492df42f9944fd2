"""Several tables as one zip, written while they come to be."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

BLOCK = 64_000  # bytes that are sent together


class Into:
    """Gives what is written to a list."""

    def __init__(self, pieces: list[Any]) -> None:
        self.pieces = pieces

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece) if isinstance(piece, memoryview) else piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""


def zipped(files: Iterable[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """A zip archive of ``files``, each by its name, piece by piece."""
    pieces: list[bytes] = []
    outlet: Any = Into(pieces)  # all that is asked of it is to be written to
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in content:
                    file.write(piece)
                    if sum(map(len, pieces)) > BLOCK:
                        yield b"".join(pieces)
                        pieces.clear()
    yield b"".join(pieces)
