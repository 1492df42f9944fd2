"""What the desk is told after something was done to the catalogue, and where to go on by hand."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.drafts import BookDraft
from catalog.isbn import looks_like_isbn
from catalog.models import Book, Copy
from catalog.openlibrary.keys import read_olid
from catalog.services.importing import Saved

MOST_SHOWN = 20


def by_hand(text: str) -> str:
    """The address of the form for cataloguing by hand, with what is known already filled in."""
    known = {"isbn" if looks_like_isbn(text) else "title": text} if text and not read_olid(text) else {}
    return reverse("catalog:add_book") + (f"?{urlencode(known)}" if known else "")


def tell_saved(request: HttpRequest, saved: Saved) -> None:
    facts = {"title": saved.book.title, "codes": barcodes(saved.copies)}
    if saved.outcome == "known":
        messages.info(request, format_html(_("“{title}” is here already. Nothing was added."), **facts))
    elif saved.outcome == "copy_added":
        text = ngettext("A copy of “{title}” was added: {codes}", "Copies of “{title}” were added: {codes}",
                        len(saved.copies))  # fmt: skip
        messages.success(request, format_html(text, **facts))
    elif saved.copies:
        text = ngettext(
            "“{title}” is in the catalogue. Its copy has the barcode {codes}",
            "“{title}” is in the catalogue. Its copies have the barcodes {codes}",
            len(saved.copies),
        )
        messages.success(request, format_html(text, **facts))
    else:
        messages.success(request, format_html(_("“{title}” is in the catalogue."), **facts))


def tell_added(request: HttpRequest, book: Book) -> None:
    copies = list(book.copies.order_by("pk"))
    text = ngettext(
        "“{title}” is in the catalogue, with {count} copy. {codes}",
        "“{title}” is in the catalogue, with {count} copies. {codes}",
        len(copies),
    )
    messages.success(request, format_html(text, title=book.title, count=len(copies), codes=barcodes(copies)))


def tell_copies_added(request: HttpRequest, copies: list[Copy]) -> None:
    text = ngettext("{count} copy added: {codes}", "{count} copies added: {codes}", len(copies))
    messages.success(request, format_html(text, count=len(copies), codes=barcodes(copies)))


def warn_of_gaps(request: HttpRequest, saved: Saved, draft: BookDraft) -> None:
    """What to look at in a new book that nobody reviewed."""
    for remark in draft.remarks if saved.outcome == "added" else []:
        messages.warning(request, remark)


def warn_of_wrong_isbns(request: HttpRequest, numbers: Iterable[str]) -> None:
    for number in numbers:
        messages.warning(
            request,
            _("The check digit of ISBN %(isbn)s is wrong. It is kept and can be searched for.") % {"isbn": number},
        )


def barcodes(copies: list[Copy]) -> str:
    """The barcodes of new copies, large enough to be copied onto the books."""
    stamps = format_html_join(
        " ", '<strong class="stamp big">{}</strong>', ((copy.barcode,) for copy in copies[:MOST_SHOWN])
    )
    return format_html("{} …", stamps) if len(copies) > MOST_SHOWN else stamps
