"""Lines as the dumps of Open Library have them, invented, and files of them."""

import gzip
import json

TYPES = {"M": ("edition", "books"), "W": ("work", "works"), "A": ("author", "authors")}
DAY = "2026-10-{:02}T08:41:22.731275"


def line(olid, revision=1, *, day=1, **facts):
    """A line of the record ``olid``, changed on a day of October 2026, with ``facts``."""
    kind, folder = TYPES[olid[-1]]
    key, type_ = f"/{folder}/{olid}", f"/type/{kind}"
    record = {**facts, "key": key, "type": {"key": type_}, "revision": revision, "latest_revision": revision}
    return "\t".join([type_, key, str(revision), DAY.format(day), json.dumps(record)])


def edition(number, *isbns, work=0, authors=(), **facts):
    """An edition, of a work of which it may be told that its number is ``work``."""
    if work:
        facts["works"] = [{"key": f"/works/OL{work}W"}]
    if authors:
        facts["authors"] = [{"key": f"/authors/OL{author}A"} for author in authors]
    facts |= {"isbn_13": list(isbns)} if isbns else {}
    return line(f"OL{number}M", **({"title": f"Book {number}"} | facts))


def work(number, *authors, **facts):
    roles = [{"author": {"key": f"/authors/OL{author}A"}, "type": {"key": "/type/author_role"}} for author in authors]
    return line(f"OL{number}W", title=f"Book {number}", authors=roles, **facts)


def author(number, **facts):
    return line(f"OL{number}A", **({"name": f"Author {number}"} | facts))


def written(path, *lines, packed=True):
    """A file of these lines."""
    data = "".join(f"{each}\n" for each in lines).encode()
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    return path
