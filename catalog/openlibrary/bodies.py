"""Reading the body of an answer: no longer than the deadline, no larger than the cap, also when unpacked."""

import zlib

import requests

from .errors import OpenLibraryError
from .lanes import Deadline

CHUNK = 65_536


def read_body(response: requests.Response, *, cap: int, deadline: Deadline) -> bytes:
    """The body of a streamed ``response``, unpacked; ``cap`` in bytes.

    Raises: OpenLibraryError "too_large", "timed_out", "bad_answer" (packed in a way we did not ask for, or broken).
    """
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared[:15]) > cap:
        raise OpenLibraryError("too_large", f"{declared} bytes announced")
    unpack = _unpacker(response.headers.get("Content-Encoding", ""))
    received, parts, size = 0, [], 0
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        deadline.check()
        received += len(chunk)
        part = unpack(chunk, cap - size + 1)
        parts.append(part)
        size += len(part)
        if max(size, received) > cap:
            raise OpenLibraryError("too_large", f"more than {cap} bytes")
    return b"".join(parts)


def _unpacker(encoding: str):
    if encoding.strip().lower() in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise OpenLibraryError("bad_answer", f"packed as {encoding[:40]}")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return stream.decompress(chunk, most)
        except zlib.error as error:
            raise OpenLibraryError("bad_answer", f"not gzip: {error}") from error

    return unpack
