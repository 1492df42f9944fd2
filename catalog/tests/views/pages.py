"""What the pages of the catalogue hold, read the way a browser reads them, and what Open Library is told to say."""

from typing import Any
from xml.etree.ElementTree import Element

from catalog.tests.openlibrary import records
from catalog.tests.openlibrary.stub import Stub, record
from circulation.tests.views.pages import tree, words

HOSTILE = "<script>alert('x')</script>\"'&{{ 7|add:7 }}{% now 'Y' %}"
FOX = "9780140328721"


def fields_of(response: Any, *, button: str) -> dict[str, Any]:
    """What the form with this button would send if nobody touched it, its file boxes left out."""
    return fields_in(form_with(response, button))


def form_with(response: Any, button: str) -> Element:
    found = [
        form
        for form in tree(response).find(".//main").iter("form")
        if any(words(each).startswith(button) for each in form.iter("button"))
    ]
    assert found, f"no form with the button {button!r}"
    return found[0]


def fields_in(form: Element) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for each in form.iter():
        name = each.get("name")
        if not name or each.tag not in ("input", "textarea", "select") or each.get("type") == "file":
            continue
        if each.tag == "textarea":
            sent[name] = (each.text or "").removeprefix("\n")
        elif each.tag == "select":
            options = list(each.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            sent[name] = chosen[0].get("value") if chosen else ""
        elif each.get("type") not in ("checkbox", "radio") or each.get("checked") is not None:
            sent[name] = each.get("value", "on" if each.get("type") == "checkbox" else "")
    return sent


def buttons(response: Any) -> list[str]:
    """The words on the buttons and on the links that look like one."""
    main = tree(response).find(".//main")
    return [words(e) for e in main.iter() if e.tag == "button" or "button" in e.get("class", "").split()]


def links(response: Any) -> dict[str, str]:
    """Where the links of the page lead, by their words."""
    return {words(each): each.get("href", "") for each in tree(response).find(".//main").iter("a")}


def title_of(response: Any) -> str:
    return words(tree(response).find(".//title"))


def know_the_fox(stub: Stub) -> None:
    """Let Open Library know "Fantastic Mr. Fox" (9780140328721), as it was recorded."""
    stub.tell("/search.json", record(records.search("neodb_fantastic_mr_fox_editions_fields")))
    for olid in ("OL7353617M",):
        stub.tell(f"/books/{olid}.json", record(records.edition(olid)))
    stub.tell("/works/OL45804W.json", record(records.work("OL45804W")))
    stub.tell("/authors/OL34184A.json", record(records.author("OL34184A")))
