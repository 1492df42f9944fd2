"""A scenario out of a file: everything checked before anything is played."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accounts.models import LibrarySettings
from accounts.money import is_currency
from catalog.isbn import read_isbn

from .calendars import ALWAYS, read_week
from .library import Category, Item, Person, Rule, Scenario, Step, Title, Type
from .misread import Misread, Node, document
from .rules import read_parameters
from .settings import SETTINGS
from .steps import read_step

T = TypeVar("T")


def read(text: str | bytes) -> Scenario:
    """The scenario in ``text``. Raises Misread with the place of the first thing that cannot be understood."""
    return read_scenario(document(text))


def read_scenario(whole: Node) -> Scenario:
    """The scenario that ``whole``, a file or what was made of one, describes. Raises Misread."""
    given = whole.fields(
        "name", "library", "calendar", "calendars", "branches", "categories", "copy_types", "rules", "members", "books",
        "steps", "refused_setup",
    )  # fmt: skip
    library = _of(given, "library").fields("timezone", "currency", "today", "settings")
    currency = _currency(library.get("currency"))
    branches = _all(given, "branches", Node.code) or ("MAIN",)
    _once(given, "branches", branches)
    categories = _all(given, "categories", lambda node: _category(node, currency)) or (Category("ADULT"),)
    copy_types = _all(given, "copy_types", lambda node: _copy_type(node, currency)) or (Type("BOOK"),)
    scopes = branches, _codes(given, "categories", categories), _codes(given, "copy_types", copy_types)
    steps = _steps(given, currency, scopes)
    return Scenario(
        name=given["name"].text() if "name" in given else "",
        time_zone=_time_zone(library.get("timezone")),
        currency=currency,
        today=_today(library.get("today"), steps),
        settings=_settings(library.get("settings")),
        branches=branches,
        calendars=_calendars(given, branches),
        categories=categories,
        copy_types=copy_types,
        rules=_all(given, "rules", lambda node: _rule(node, currency, scopes)),
        members=_people(given, scopes[1]),
        books=_titles(given, currency, branches, scopes[2]),
        steps=steps,
        refused_setup=_all(given, "refused_setup", Node.text) if "refused_setup" in given else None,
    )


def _of(given: dict[str, Node], key: str) -> Node:
    return given.get(key, Node({}, key))


def _all(given: dict[str, Node], key: str, read_one: Callable[[Node], T]) -> tuple[T, ...]:
    return tuple(read_one(node) for node in given[key].items()) if key in given else ()


def _once(given: dict[str, Node], key: str, names: Iterable[str], field: str = "") -> tuple[str, ...]:
    """``names`` of the entries of ``key``, each of them once."""
    seen: list[str] = []
    for n, name in enumerate(names):
        if name in seen:
            place = f"{key}[{n}]" + (f".{field}" if field else "")
            raise Misread(place, _("“%(name)s” is here already.") % {"name": name})
        seen.append(name)
    return tuple(seen)


def _codes(given: dict[str, Node], key: str, found: Iterable[Category | Type]) -> tuple[str, ...]:
    return _once(given, key, (each.code for each in found), "code")


def _time_zone(node: Node | None) -> str:
    if node is None:
        return "UTC"
    zones = LibrarySettings._meta.get_field("time_zone")
    return _by_field(node, node.text(64), zones.validators)


def _by_field(node: Node, value: str, validators: Iterable[Callable[[Any], Any]]) -> str:
    for validate in validators:
        try:
            validate(value)
        except Exception as error:
            raise node.wrong("; ".join(getattr(error, "messages", [str(error)]))) from None
    return value


def _currency(node: Node | None) -> str:
    if node is None:
        return "EUR"
    if not is_currency(node.text(3)):
        raise node.wrong(_("“%(code)s” is not a currency. Write three letters, like EUR.") % {"code": node.value})
    return str(node.value)


def _today(node: Node | None, steps: tuple[Step, ...]) -> date:
    if node is not None:
        return _real(node)
    first = steps[0].at if steps else None
    if first is None:
        raise Misread("library.today", _("Say which day it is."))
    return first.date()


def _real(node: Node) -> date:
    day = node.date()
    if not 1000 <= day.year <= 9998:
        raise node.wrong(_("This day is too far away to reckon with."))
    return day


def _settings(node: Node | None) -> dict[str, Any]:
    given = node.fields(*SETTINGS) if node else {}
    return {key: SETTINGS[key](value) for key, value in given.items() if value.value is not None}


def _calendars(given: dict[str, Node], branches: tuple[str, ...]) -> dict[str, Any]:
    everywhere = read_week(given["calendar"]) if "calendar" in given else ALWAYS
    found = dict.fromkeys(branches, everywhere)
    for branch, node in _of(given, "calendars").pairs():
        if branch not in branches:
            raise node.wrong(_("There is no branch “%(code)s” in this file.") % {"code": branch})
        found[branch] = read_week(node)
    return found


def _category(node: Node, currency: str) -> Category:
    given = node.fields(
        "code", "max_loans", "debt_limit", "max_open_fines", "membership_months", "overdue_blocks_loans"
    )  # fmt: skip
    readers: dict[str, tuple[str, Callable[[Node], Any]]] = {
        "max_loans": ("max_loans", Node.number),
        "debt_limit": ("debt_limit_minor", lambda each: each.money(currency)),
        "max_open_fines": ("max_open_fines_minor", lambda each: each.money(currency)),
        "membership_months": ("membership_months", lambda each: each.number(most=1_200)),
    }
    values = {field: given[key].or_nothing(how) for key, (field, how) in readers.items() if key in given}
    if "overdue_blocks_loans" in given:
        values["overdue_blocks_loans"] = given["overdue_blocks_loans"].yes_or_no()
    return Category(node.at("code").code(), values)


def _copy_type(node: Node, currency: str) -> Type:
    given = node.fields("code", "replacement_price", "processing_fee", "is_lendable")
    values: dict[str, Any] = {
        f"{key}_minor": given[key].or_nothing(lambda each: each.money(currency)) or 0
        for key in ("replacement_price", "processing_fee")
        if key in given
    }
    if "is_lendable" in given:
        values["is_lendable"] = given["is_lendable"].yes_or_no()
    return Type(node.at("code").code(), values)


def _rule(node: Node, currency: str, scopes: tuple[tuple[str, ...], ...]) -> Rule:
    def one(key: str, codes: tuple[str, ...]) -> str | None:
        return node.at(key).one_of(codes) if node.at(key).value is not None else None

    values = read_parameters(node, currency)
    branch, category, copy_type = (
        one(key, codes) for key, codes in zip(("branch", "category", "copy_type"), scopes, strict=True)
    )
    return Rule((branch, category, copy_type), values)


def _people(given: dict[str, Node], categories: tuple[str, ...]) -> tuple[Person, ...]:
    people = _all(given, "members", lambda node: _person(node, categories))
    _once(given, "members", (person.card for person in people), "card")
    return people


def _person(node: Node, categories: tuple[str, ...]) -> Person:
    given = node.fields("card", "category", "expires_on", "keep_history")
    return Person(
        card=node.at("card").text(40),
        category=given["category"].one_of(categories) if "category" in given else categories[0],
        expires_on=given["expires_on"].or_nothing(_real) if "expires_on" in given else None,
        keep_history=given["keep_history"].or_nothing(Node.yes_or_no) if "keep_history" in given else None,
    )


def _titles(
    given: dict[str, Node], currency: str, branches: tuple[str, ...], types: tuple[str, ...]
) -> tuple[Title, ...]:
    def item(node: Node) -> Item:
        fields = node.fields("barcode", "type", "price", "branch")
        return Item(
            barcode=node.at("barcode").text(40),
            type=fields["type"].one_of(types) if "type" in fields else types[0],
            branch=fields["branch"].one_of(branches) if "branch" in fields else branches[0],
            price_minor=fields["price"].or_nothing(lambda each: each.money(currency)) if "price" in fields else None,
        )

    books = _all(given, "books", lambda node: _title(node, item))
    _once(given, "books", (book.id for book in books), "id")
    seen: set[str] = set()
    for n, book in enumerate(books):
        for m, copy in enumerate(book.copies):
            if copy.barcode in seen:
                place = f"books[{n}].copies[{m}].barcode"
                raise Misread(place, _("“%(name)s” is here already.") % {"name": copy.barcode})
            seen.add(copy.barcode)
    return books


def _title(node: Node, item: Callable[[Node], Item]) -> Title:
    given = node.fields("id", "title", "isbn", "copies")
    isbn = read_isbn(given["isbn"].text(40)) if "isbn" in given else None
    if "isbn" in given and isbn is None:
        raise given["isbn"].wrong(_("This is no ISBN."))
    name = node.at("id").text(40)
    return Title(
        id=name,
        title=given["title"].text(500) if "title" in given else name,
        isbn=isbn.value if isbn else "",
        copies=_all(given, "copies", item),
    )


def _steps(given: dict[str, Node], currency: str, scopes: tuple[tuple[str, ...], ...]) -> tuple[Step, ...]:
    if "refused_setup" in given:
        given["refused_setup"].items()
        if "steps" in given and given["steps"].items():
            raise given["steps"].wrong(_("A file that tests a refused set-up has no steps."))
        return ()
    steps, before = [], None
    names = _names(given)
    for node in _of(given, "steps").items() if "steps" in given else []:
        step = read_step(node, currency, scopes, names)
        if step.at and before and step.at < before:
            raise Misread(f"{step.place}.at", _("This is earlier than the step before."))
        before = step.at or before
        if step.do == "hold":
            names["hold"].add(step.values["hold"])
        steps.append(step)
    return tuple(steps)


def _names(given: dict[str, Node]) -> dict[str, set[str]]:
    """What steps may name and no reason code stands for: books; the holds are added as they are placed."""
    books = given["books"].items() if "books" in given else []
    return {"book": {str(node.at("id").value) for node in books}, "hold": set()}
