"""What tells programs how to find books here: browsers, search engines and other robots."""

from collections.abc import Iterable
from textwrap import shorten
from xml.etree import ElementTree as ET

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.discovery import sitemap
from catalog.discovery.addresses import absolute

A_DAY = 24 * 3600
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_LETTERS = 16  # of the short name, by the specification
# Results and what they are narrowed down by have no end, and every book is in the sitemap.
CLOSED = ["/search/", "/isbn/", "/books/*/cite/", "/desk/", "/me/", "/admin/", "/accounts/"]


@login_not_required
@cache_control(public=True, max_age=A_DAY)
@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    name, search = request.library.name, absolute(reverse("catalog:search"))
    description = ET.Element("OpenSearchDescription", xmlns=OPENSEARCH)
    ET.SubElement(description, "ShortName").text = short_name(name)
    ET.SubElement(description, "Description").text = _("Books of %(library)s") % {"library": name}
    ET.SubElement(description, "InputEncoding").text = "UTF-8"
    for kind, template in (
        ("text/html", f"{search}?q={{searchTerms}}"),
        ("application/x-suggestions+json", f"{search}suggest?q={{searchTerms}}&format=opensearch"),
    ):
        ET.SubElement(description, "Url", type=kind, method="get", template=template)
    return _xml(description, "application/opensearchdescription+xml")


@login_not_required
@cache_control(public=True, max_age=A_DAY)
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    addresses = (absolute(reverse("catalog:sitemap_books", args=[page])) for page in sitemap.pages())
    return _xml(_listed("sitemapindex", "sitemap", addresses))


@login_not_required
@cache_control(public=True, max_age=A_DAY)
@require_safe
def sitemap_books(request: HttpRequest, page: int) -> HttpResponse:
    books = sitemap.books_on(page)
    if not books:
        raise Http404
    before = absolute(reverse("catalog:book", args=[0])).removesuffix("0/")  # reverse() 10,000 times takes long
    return _xml(_listed("urlset", "url", (f"{before}{book}/" for book in books)))


@login_not_required
@cache_control(public=True, max_age=A_DAY)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def short_name(name: str) -> str:
    """The first words of ``name``, none of them cut and no "of" or "&" left at the end."""
    if len(name) <= MOST_LETTERS:
        return name
    words = shorten(name, MOST_LETTERS, placeholder="", break_long_words=False).rstrip("-–,:;").split()
    while len(words) > 1 and (words[-1].islower() or not any(map(str.isalnum, words[-1]))):
        words.pop()
    return " ".join(words) or f"{name[: MOST_LETTERS - 1]}…"


def _listed(root: str, each: str, addresses: Iterable[str]) -> ET.Element:
    listed = ET.Element(root, xmlns=SITEMAPS)
    for address in addresses:
        ET.SubElement(ET.SubElement(listed, each), "loc").text = address
    return listed


def _xml(root: ET.Element, content_type: str = "application/xml") -> HttpResponse:
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
