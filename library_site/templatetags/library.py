"""Small words for templates: icons, money, languages, the cloth of a drawn cover."""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from lucide.templatetags.lucide import lucide

from accounts import money as amounts
from accounts.forms.keyed import new_key
from accounts.models import Action, LibrarySettings
from accounts.verbs import words_of
from catalog.drafts import FORMATS, IDENTIFIER_KINDS, ROLES, DraftContributor
from catalog.forms.people import people_as_lines
from catalog.models import Author, Book
from catalog.normalize.languages import html_language, language_name
from catalog.search.hits import Hit, Person
from circulation.models import Loan
from circulation.queries.loans import days_overdue

CLOTHS, BINDINGS = 8, 6
LETTERS = [("", 8, 32), ("letters-m", 11, 48), ("letters-s", 14, 75)]  # size, longest word, longest title
MOST_NAMES = 3
ROLE_NAMES = dict(ROLES)

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)  # few drawings, many times on each page
def icon(name: str, size: int = 20, css: str = "icon") -> SafeString:
    """A drawing that says nothing to a screen reader; the words stand beside it."""
    return mark_safe(lucide(name, size=size, **{"class": css, "aria-hidden": "true", "focusable": "false"}))  # noqa: S308 - drawn by the icon library from fixed names


@register.simple_tag
def form_key() -> SafeString:
    """The hidden key that makes a form count once."""
    return format_html('<input type="hidden" name="key" value="{}">', new_key())


@register.filter
def money(minor: int | None, library: LibrarySettings) -> str:
    """An amount in minor units as the reader's language writes it."""
    return "" if minor is None else amounts.formatted(minor, library.currency, get_language() or library.language)


@register.filter
def people(book: Book | Hit) -> Sequence[tuple[Author | Person, list[str]]]:
    """Everybody who had a part in a book, once, with the parts; a sole author needs no word."""
    if isinstance(book, Hit):
        return [(person, _role_words(person.roles)) for person in book.people]
    parts: dict[Author, list[str]] = {}
    for part in book.contributors.all():
        parts.setdefault(part.author, []).append(part.role)
    return [(person, _role_words(roles)) for person, roles in parts.items()]


def _role_words(roles: Sequence[str]) -> list[str]:
    return [] if list(roles) == ["aut"] else [str(ROLE_NAMES.get(role, role)) for role in roles]


@register.filter
def names(book: Book | Hit) -> str:
    """The names of up to three people, for a line in a list."""
    found = (p.name for p in book.people) if isinstance(book, Hit) else (p.author.name for p in book.contributors.all())
    everybody = list(dict.fromkeys(found))
    return ", ".join(everybody[:MOST_NAMES]) + (" …" if len(everybody) > MOST_NAMES else "")


@register.filter
def in_words(moment: str) -> str:
    """A day, or a day with its time, that an explanation keeps as ISO 8601, as the reader's language writes it."""
    named = "SHORT_DATETIME_FORMAT" if "T" in moment else "SHORT_DATE_FORMAT"
    return date_format(datetime.fromisoformat(moment), named)


@register.filter
def minus(minor: int) -> int:
    """The same amount with the other sign."""
    return -minor


@register.simple_tag
def overdue_words(loan: Loan, now: datetime) -> str:
    """How long a loan has been overdue: "1 day overdue"."""
    days = days_overdue(loan, now, timezone.get_current_timezone())
    if days < 1:
        return gettext("overdue")
    return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}


@register.simple_tag
def verb_words(action: Action) -> str:
    """What an action did, in a word."""
    return words_of(action.verb)


@register.filter
def binding(title: Any) -> str:
    """How a drawn cover is bound and lettered, as classes: always the same for the same title."""
    words = str(title)
    number = zlib.crc32(words.encode())
    longest = max(map(len, words.replace("-", "- ").split()), default=0)
    letters = next((size for size, word, title in LETTERS if longest <= word and len(words) <= title), "letters-xs")
    return f"cloth-{number % CLOTHS} binding-{number // CLOTHS % BINDINGS} {letters}".rstrip()


@register.filter
def language(code: str) -> str:
    """The name of a language from its MARC code, in the reader's language."""
    return language_name(code, get_language() or "en")


@register.filter
def figure(number: int) -> str:
    """A number of things, its thousands set apart as the reader's language does."""
    return number_format(number, force_grouping=True)


@register.filter
def html_lang(code: str) -> str:
    """A MARC language code as the ``lang`` attribute wants it; empty if there is none."""
    return html_language(code)


@register.filter
def lines_of(value: Any, name: str) -> list[str]:
    """What a field of a book says (services.books.snapshot), in words, line by line."""
    if name == "contributors":
        return people_as_lines(DraftContributor(person["name"], role=person["role"]) for person in value).splitlines()
    if name == "identifiers":
        return [f"{number} ({dict(IDENTIFIER_KINDS)[kind]})" for kind, number in value]
    if name == "format":
        return [str(dict(FORMATS).get(value, value))]
    if name == "language" and value:
        return [language(value)]
    return list(value) if isinstance(value, list) else str(value or "").splitlines()


@register.filter
def ld_json(values: dict[str, Any]) -> SafeString:
    """``values`` as a block of JSON-LD: data that no browser runs, in which nothing can end the block."""
    text = json.dumps(values).replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.filter
def as_json(values: dict[str, Any]) -> str:
    """``values`` as text for an attribute that a script of ours reads."""
    return json.dumps(values)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value for ``key``, or nothing."""
    return mapping.get(key) if mapping else None
