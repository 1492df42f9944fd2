"""Reads a page the way a person does: its messages, the words of its rows, the forms that stand on it."""

from copy import deepcopy
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.test import Client

TAKEN_BACK = "What this form did was taken back since. Nothing was done now: do it again here if it is wanted."


def tree(response: Any) -> Element:
    """The page, to be looked at only: what asks again for a page is given the same tree."""
    return _parsed(response.content.decode())


@lru_cache(maxsize=8)
def _parsed(html: str) -> Element:
    return html5lib.parse(html, namespaceHTMLElements=False)


def words(element: Element) -> str:
    """The text in an element, piece by piece, blanks put together."""
    return " ".join(" ".join(element.itertext()).split())


def said(response: Any) -> str:
    """Everything the page says."""
    return words(tree(response).find(".//main"))


def messages(response: Any) -> list[str]:
    """The outcomes at the top of the page."""
    return [words(each) for each in tree(response).iterfind(".//*[@class='outcomes']//p")]


def outcomes(response: Any) -> list[tuple[str, str]]:
    """The same with their kind: success, warning, error."""
    found = [e for e in tree(response).iter("div") if e.get("class", "").startswith("outcome ")]
    return [(e.get("class", "").split()[1], words(e)) for e in found]


def rows(response: Any, table: int = 0) -> list[list[str]]:
    """The cells of a table of the page, row by row, without what led to the due dates (``whys_due``)."""
    page = deepcopy(tree(response))
    for around in list(page.iter()):
        for each in around.findall("details"):
            if "why-due" in each.get("class", ""):
                around.remove(each)
    tables = page.findall(".//table/tbody")
    return [[words(cell) for cell in row.findall("td")] for row in tables[table].findall("tr")] if tables else []


def whys_due(response: Any) -> list[list[str]]:
    """What led to each due date of the page, step by step."""
    found = [each for each in tree(response).iter("details") if "why-due" in each.get("class", "")]
    return [[words(step) for step in each.iter("li")] for each in found]


def tiles(response: Any) -> dict[str, str]:
    """The figures of the page by their labels."""
    found = {}
    for each in tree(response).iter():
        label, figure = each.find("span[@class='label']"), each.find("span[@class='figure']")
        if label is not None and figure is not None:
            found[words(label)] = words(figure)
    return found


def reasons(response: Any) -> list[str]:
    """The reasons of a refusal, without what led to each (``whys``)."""
    return [words(item).partition(" Why? ")[0] for item in tree(response).iterfind(".//section[@role='alert']/ul/li")]


def whys(response: Any) -> list[str]:
    """What led to each reason of a refusal that tells it."""
    details = tree(response).iterfind(".//section[@role='alert']/ul/li/details")
    return [words(each).removeprefix("Why? ") for each in details]


def field_errors(response: Any) -> list[str]:
    return [words(item) for item in tree(response).iterfind(".//div[@class='errors']//li")]


def forms(response: Any, *, button: str = "") -> list[dict[str, str]]:
    """What the forms of the page would send, unchanged; those with this button."""
    found = []
    for form in tree(response).find(".//main").iter("form"):
        if any(button in words(each) for each in form.iter("button")):
            found.append({e.get("name", ""): e.get("value", "") for e in form.iter("input") if e.get("name")})
    return found


def send(client: Client, address: str, fields: dict[str, Any]) -> Any:
    """Send a form as a browser does and follow where it leads."""
    return client.post(address, fields, follow=True)


def query_of(response: Any) -> dict[str, list[str]]:
    """The query of the address the last redirect led to."""
    return parse_qs(urlsplit(response.redirect_chain[-1][0]).query)
