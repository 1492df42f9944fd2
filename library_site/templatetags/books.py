"""Parts of a book's row. Lists show dozens of them: drawn here, each takes a tenth of the time of a template."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from accounts.addresses import address_of
from catalog.models import Book, Cover
from catalog.normalize.languages import html_language
from catalog.search.hits import Hit, Picture
from circulation.queries.copies import Stock
from library_site.templatetags.library import binding, parts_of, role_words

register = template.Library()


@register.simple_tag
def cover(book: Book | Hit, size: str = "") -> SafeString:
    """The cover of a book: its picture on the drawn one, which is seen where there is none."""
    if isinstance(book, Hit):
        first, picture = next((person.name for person in book.people), ""), book.picture
    else:
        first = next((part.author.name for part in book.contributors.all()), "")
        picture = getattr(book, "cover", None)
        picture = picture if picture and picture.file else None
    return format_html(
        '<span class="cover {}{}" aria-hidden="true"><span class="cover-title" lang="{}">{}</span>'
        '<span class="cover-author">{}</span>{}</span>',
        binding(book.title), size and f" {size}", html_language(book.language), book.title, first,
        _picture(book.pk, picture) if picture else "",
    )  # fmt: skip


@register.simple_tag
def people_links(book: Book | Hit) -> SafeString:
    """Everybody who had a part in a book, as links, with the parts where they say something."""
    parts = [(each, each.roles) for each in book.people] if isinstance(book, Hit) else parts_of(book)
    links = [_person(author.name, author.get_absolute_url(), role_words(roles)) for author, roles in parts]
    return mark_safe(", ".join(links))  # noqa: S308 - each was escaped


@register.filter
def imprint(book: Book | Hit) -> str:
    """Publisher, year and call number in one line."""
    published = ", ".join(str(part) for part in (book.publisher, book.year) if part)
    return f"{published} · {book.call_number}" if book.call_number else published


@register.simple_tag
def availability(stock: Stock | None) -> SafeString:
    """How many copies can be taken home now, as a badge."""
    if not stock or not stock.total:
        return _badge("done", gettext("No copies"))
    if not stock.available:
        text = ngettext("The only copy is out", "All %(total)s copies are out", stock.total)
        return _badge("late", text % {"total": stock.total})
    text = ngettext(
        "%(available)s of %(total)s available", "%(available)s of %(total)s available", stock.total
    )  # fmt: skip
    return _badge("good", text % {"available": stock.available, "total": stock.total})


def _badge(kind: str, text: str) -> SafeString:
    return format_html('<span class="badge {}">{}</span>', kind, text)


def _picture(book: int, picture: Cover | Picture) -> SafeString:
    return format_html(
        '<img src="{}?v={}" alt="" width="{}" height="{}" loading="lazy">',
        address_of("catalog:cover", book), picture.version, picture.width, picture.height,
    )  # fmt: skip


def _person(name: str, url: str, roles: list[str]) -> str:
    link = f'<a href="{url}">{conditional_escape(name)}</a>'
    return f'{link} <span class="muted">({conditional_escape(", ".join(roles))})</span>' if roles else link
