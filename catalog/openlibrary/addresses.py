"""Which addresses may be asked: the configured ones, and for covers the archive that Open Library keeps them in."""

from urllib.parse import urljoin, urlsplit, urlunsplit

from .errors import OpenLibraryError

PORTS = {"http": 80, "https": 443}
ARCHIVE = "archive.org"  # old covers are handed on to its servers


def followed(current: str, location: str, *, base: str, to_archive: bool = False) -> str:
    """The address a redirect leads to, put together again from its checked parts.

    ``current``: the address asked; ``location``: as the header says; ``base``: the configured address.
    Allowed are the host and port of ``base``, never from https to http, and ``to_archive`` archive.org by https.
    Raises: OpenLibraryError("bad_answer") for any other place.
    """
    try:
        target = urlsplit(urljoin(current, location))
        host, port = (target.hostname or "").lower(), target.port or PORTS.get(target.scheme)
        is_plain = "@" not in target.netloc and "\\" not in location and location.isascii() and location.isprintable()
    except ValueError as error:
        raise OpenLibraryError("bad_answer", f"redirect to {location[:200]!r}") from error
    home = urlsplit(base)
    is_home = host == (home.hostname or "").lower() and _is_port_of(home.scheme, home.port, target.scheme, port)
    is_archive = to_archive and target.scheme == "https" and port == 443 and (f".{host}").endswith(f".{ARCHIVE}")
    if not is_plain or not (is_home or is_archive):
        raise OpenLibraryError("bad_answer", f"redirect to {location[:200]!r}")
    shown = f"{host}:{port}" if port != PORTS[target.scheme] else host
    return urlunsplit((target.scheme, shown, target.path, target.query, ""))


def _is_port_of(scheme: str, port: int | None, new_scheme: str, new_port: int | None) -> bool:
    if new_scheme == scheme:
        return new_port == (port or PORTS.get(scheme))
    is_upgrade = scheme == "http" and new_scheme == "https"
    return is_upgrade and port in (None, 80) and new_port == 443
