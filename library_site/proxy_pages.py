"""The pages that the proxy shows by itself: when the site does not answer, and when it is sent too much."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from library_site.views.errors import away, too_large

FOLDER = "errors"


def write_pages(folder: Path, language: str) -> None:
    """Write each page into ``folder``/errors, in every language and once more in ``language``, the library's own."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name, page in _pages(language):
        unfinished = target / f"{name}.unfinished"
        unfinished.write_bytes(page.content)
        unfinished.replace(target / name)


def _pages(own: str) -> Iterator[tuple[str, HttpResponse]]:
    """File names like 503.de.html and 503.html, and what the site would show."""
    for language, ending in [*((code, f".{code}") for code, _name in settings.LANGUAGES), (own, "")]:
        with translation.override(language):
            for view in (away, too_large):
                response = view(HttpRequest())
                yield f"{response.status_code}{ending}.html", response
