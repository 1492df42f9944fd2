"""Parts of a book's row. Lists show dozens of them: drawn here they take a quarter of the time of templates."""

from collections.abc import Iterable
from html import escape  # Django's is the same one behind a wrapper that takes longer than it

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from accounts.addresses import address_of
from catalog.models import Book, Cover, SearchDocument
from catalog.normalize.languages import html_language
from catalog.search.hits import Copies, Hit
from library_site.templatetags.library import binding, people

ROW = """<li class="hit">
<a href="{0}" tabindex="-1" aria-hidden="true">{1}</a>
<div><h2 lang="{2}"><a href="{0}">{3}</a></h2><p>{4}</p><p class="muted small">{5}</p></div>
<div class="in">{6}</div></li>
"""
COVER = """<span class="cover {}{}" aria-hidden="true">
  <span class="cover-title" lang="{}">{}</span>
  <span class="cover-author">{}</span>{}
</span>"""

register = template.Library()


@register.simple_tag
def book_rows(books: Iterable[Book | Hit]) -> SafeString:
    """Books as the items of a list: cover, title, people, imprint, and whether one can be taken home now."""
    return mark_safe("".join(map(_row, books)))  # noqa: S308 - each was escaped


def _row(book: Book | Hit) -> str:
    return ROW.format(
        book.get_absolute_url(), cover(book), html_language(book.language), escape(book.full_title),
        people_links(book), escape(imprint(book)), availability(getattr(book, "search_document", None)),
    )  # fmt: skip


@register.simple_tag
def cover(book: Book | Hit, size: str = "", *, large: bool = False, wide: bool = False) -> SafeString:
    """A drawn cover and on it the picture, if there is one: the small one, or ``large``; ``wide`` offers both."""
    picture: Cover | None = getattr(book, "cover", None)
    image = _image(book.pk, picture, large=large, wide=wide) if picture and picture.file else ""
    drawn = COVER.format(
        binding(book.title), size and f" {size}", html_language(book.language), escape(book.title),
        escape(_first_author(book)), image,
    )  # fmt: skip
    return mark_safe(drawn)  # noqa: S308 - words were escaped, the rest is ours


@register.simple_tag
def people_links(book: Book | Hit) -> SafeString:
    """Everybody who had a part in a book, as links, with the parts where they say something."""
    links = [_person(person.name, person.get_absolute_url(), roles) for person, roles in people(book)]
    return mark_safe(", ".join(links))  # noqa: S308 - each was escaped


@register.filter
def imprint(book: Book | Hit) -> str:
    """Publisher, year and call number in one line."""
    published = ", ".join(str(part) for part in (book.publisher, book.year) if part)
    return " · ".join(filter(None, (published, book.call_number)))


@register.simple_tag
def availability(stock: SearchDocument | Copies | None) -> SafeString:
    """How many copies can be taken home now, as a badge."""
    if not stock or not stock.copies:
        return _badge("done", gettext("No copies"))
    numbers = {"available": stock.available, "total": stock.copies}
    if not stock.available:
        return _badge("late", ngettext("The only copy is out", "All %(total)s copies are out", stock.copies) % numbers)
    text = ngettext("%(available)s of %(total)s available", "%(available)s of %(total)s available", stock.copies)
    return _badge("good", text % numbers)


def _badge(kind: str, text: str) -> SafeString:
    return mark_safe(f'<span class="badge {kind}">{escape(text)}</span>')  # noqa: S308 - escaped


def _first_author(book: Book | Hit) -> str:
    """The name on a drawn cover: brought by the query, or the first of the contributors."""
    brought = getattr(book, "first_author", None)
    if brought is not None or isinstance(book, Hit):
        return brought or ""
    return next((part.author.name for part in book.contributors.all()), "")


def _image(book: int, picture: Cover, *, large: bool, wide: bool) -> SafeString:
    whole = f"{address_of('catalog:cover', book)}?v={picture.version}"
    small = f"{address_of('catalog:small_cover', book)}?v={picture.version}"
    return format_html(
        '<img src="{}"{} alt="" width="{}" height="{}" loading="lazy">',
        whole if large else small, format_html(' srcset="{} 2x"', whole) if wide and not large else "",
        *((picture.width, picture.height) if large else picture.small_size),
    )  # fmt: skip


def _person(name: str, url: str, roles: list[str]) -> str:
    link = f'<a href="{url}">{escape(name)}</a>'
    return f'{link} <span class="muted">({escape(", ".join(roles))})</span>' if roles else link
