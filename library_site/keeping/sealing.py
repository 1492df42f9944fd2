"""What only the key opens: a stream in pieces, each sealed with AES-GCM, so that memory stays flat.

The key of a file is derived from the library's key and the file's own salt. Piece n is sealed with n and whether it is
the last one: none can be changed, left out, put elsewhere or cut off unnoticed. docs/backups.md has the format.
"""

import io
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from library_site.backups import BackupBroken

PIECE, TAG = 1 << 20, 16


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"openshelf backup 1").derive(key.encode()))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealing(io.RawIOBase):
    """Writes to ``file`` what only ``key`` opens. ``close`` writes the last piece, and leaves ``file`` open."""

    def __init__(self, file: BinaryIO, key: str, salt: bytes) -> None:
        self._file, self._cipher = file, _cipher(key, salt)
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), is_last=True)
        super().close()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), piece, None))
        self._number += 1


class Opening(io.RawIOBase):
    """Reads from ``file`` what ``key`` opens. Raises BackupBroken where it does not, or where something is missing."""

    def __init__(self, file: BinaryIO, key: str, salt: bytes) -> None:
        self._file, self._cipher = file, _cipher(key, salt)
        self._next, self._open, self._number = file.read(PIECE + TAG), b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._open and self._next:
            self._open = self._opened()
        count = min(len(buffer), len(self._open))
        buffer[:count], self._open = self._open[:count], self._open[count:]
        return count

    def _opened(self) -> bytes:
        piece, self._next = self._next, self._file.read(PIECE + TAG)
        try:
            opened = self._cipher.decrypt(_nonce(self._number, not self._next), piece, None)
        except InvalidTag:
            raise BackupBroken(self._reason()) from None
        self._number += 1
        return opened

    def _reason(self) -> str:
        if self._number == 0:
            return "BACKUP_KEY does not open it, or it was changed or cut short"
        return f"it is damaged or cut short after {self._number} MB"
