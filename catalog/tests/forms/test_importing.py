"""The forms of importing: the search box, the button to save, the list."""

import pytest

from catalog.forms.importing import ImportSearchForm, PasteForm, SaveForm


def test_search_box_wants_the_scanner_until_something_else_does() -> None:
    form = ImportSearchForm()
    assert ("autofocus" in str(form["q"]), "data-scan" in str(form["q"])) == (True, True)
    form.give_up_focus()
    assert ("autofocus" in str(form["q"]), "data-scan" in str(form["q"])) == (False, False)
    assert "autofocus" in str(ImportSearchForm()["q"])


@pytest.mark.parametrize(("q", "is_valid"), [("", True), ("x" * 200, True), ("x" * 201, False), ("\x00", False)])
def test_search_is_two_hundred_characters_at_most(q: str, is_valid: bool) -> None:
    assert ImportSearchForm({"q": q}).is_valid() is is_valid


@pytest.mark.parametrize(
    "record", ["OL1M", "OL45804W", "9780140328721", "978-0-14-032872-1", "014032872X", "014032872x"]
)
def test_record_is_a_key_or_an_isbn(record: str) -> None:
    form = SaveForm({"record": record})
    assert (form.is_valid(), form.cleaned_data) == (True, {
        "record": record, "add_copy": False, "decision": "", "q": "", "key": None,
    })  # fmt: skip


@pytest.mark.parametrize(
    "record",
    ["", "OL1A", "OL0M", "OL01M", "ol1m", "/books/OL1M", "12345678", "9" * 41, "OL1M\n", "OL1M OL2M", "http://x"],
)
def test_record_that_is_neither_is_refused(record: str) -> None:
    assert list(SaveForm({"record": record}).errors) == ["record"]


@pytest.mark.parametrize(("decision", "is_valid"), [("", True), ("new", True), ("copy", True), ("skip", False)])
def test_decision_is_new_or_copy(decision: str, is_valid: bool) -> None:
    assert SaveForm({"record": "OL1M", "decision": decision}).is_valid() is is_valid


@pytest.mark.parametrize(("lines", "errors"), [
    ("x", []), ("", ["Paste at least one ISBN."]), (" \n ", ["Paste at least one ISBN."]),
    ("x" * 200_001, ["Ensure this value has at most 200000 characters (it has 200001)."]),
], ids=["one", "none", "blank", "too long"])  # fmt: skip
def test_list_has_something_in_it(lines: str, errors: list[str]) -> None:
    assert PasteForm({"lines": lines}).errors.get("lines", []) == errors
