"""The texts people see: those in the code, those in a language's catalogue, and those on a page."""

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "catalog", "circulation", "library_site")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
SPOKEN = {"alt", "aria-label", "data-label", "placeholder", "title"}
SILENT = {"script", "style", "code"}

Key = tuple[str, str]  # context, and the English text (of two, the one for 1)


def key_of(message: Message) -> Key:
    """What gettext looks a text up by."""
    context = message.context or ""
    return (
        context.decode() if isinstance(context, bytes) else context,
        forms_of(message)[0][0],
    )  # bytes: from a mo file


def forms_of(message: Message) -> list[tuple[str, str]]:
    """The English and the translated text: for one and, where numbers matter, for many."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


def catalogue(language: str, ending: str = "po") -> Catalog:
    """The catalogue of ``language``, as translators write it (po) or as the site reads it (mo)."""
    with Path(ROOT, "locale", language, "LC_MESSAGES", f"django.{ending}").open("rb") as file:
        return read_mo(file) if ending == "mo" else read_po(file, locale=language)


def texts_of_the_code() -> set[Key]:
    """Every text that Python and templates hand to gettext."""
    return {key for app in APPS for path in (ROOT / app).rglob("*.py") for key in _texts(path.read_text("utf-8"))} | {
        key for path in (ROOT / "templates").rglob("*.*") for key in _texts(_as_python(path.read_text("utf-8")))
    }


def _as_python(template: str) -> str:
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _texts(source: str) -> Iterator[Key]:
    for _line, found, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield (context or "", found[0] if isinstance(found, tuple) else found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        self.read += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.silent:
            self.read.append(data.strip())


def texts_of(html: str) -> list[str]:
    """What a person reads or hears on a page, piece by piece."""
    reader = _Reader()
    reader.feed(html)
    return reader.read
