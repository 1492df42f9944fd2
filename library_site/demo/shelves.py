"""Puts the demo library's books on the shelves and its people on the list."""

import json
import random
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import models

from accounts.models import Branch, Member, MemberCategory, User
from accounts.services.members import register_member
from catalog.drafts import BookDraft, DraftContributor
from catalog.isbn import read_isbn
from catalog.models import Book, CopyType
from catalog.normalize.names import sort_name
from catalog.services.books import add_book
from circulation.models import CirculationRule, Closure, OpeningHours

DATA = Path(__file__).parent / "data"
HOURS = {2: (13, 19), 3: (10, 18), 4: (10, 18), 5: (10, 18), 6: (9, 14)}  # Tuesday to Saturday


def make_calendar(today: Any) -> list[models.Model]:
    """An opening week, the days between the years, a summer break."""
    branch = Branch.objects.order_by("pk")[0]
    hours = [
        OpeningHours.objects.create(branch=branch, weekday=day, opens_at=time(opens), closes_at=time(closes))
        for day, (opens, closes) in HOURS.items()
    ]
    year = today.year - 3
    closures = [
        Closure.objects.create(
            from_on=today.replace(year=year, month=12, day=24), to_on=today.replace(year=year + 1, month=1, day=1),
            is_yearly=True, reason="Between the years",
        ),
        Closure.objects.create(
            from_on=today.replace(year=year, month=5, day=1), to_on=today.replace(year=year, month=5, day=1),
            is_yearly=True, reason="First of May",
        ),
    ]  # fmt: skip
    return [*hours, *closures]


def make_lists() -> list[models.Model]:
    """The kinds of members and copies that the demo needs beyond the first ones, and their rules."""
    categories = [
        MemberCategory.objects.create(code="STAFF", name="Staff", max_loans=30),
        MemberCategory.objects.create(code="CLUB", name="Club", max_loans=40, debt_limit_minor=2_000),
    ]
    types = [
        CopyType.objects.create(code="DVD", name="DVD", replacement_price_minor=1_500, processing_fee_minor=300),
        CopyType.objects.create(code="AUDIO", name="Audio", replacement_price_minor=2_500, processing_fee_minor=300),
    ]
    child = MemberCategory.objects.get(code="CHILD")
    rules = [
        CirculationRule.objects.create(copy_type=types[0], loan_period=7, max_loans=2, fine_amount_minor=100),
        CirculationRule.objects.create(category=child, fine_amount_minor=10, fine_cap_minor=300),
        CirculationRule.objects.create(category=categories[1], loan_period=42, max_loans=30),
    ]
    return [*rules, *categories, *types]


def shelve_books(by: User, now: datetime, rng: random.Random) -> list[tuple[Book, int]]:
    """Every book of the demo with its copies, bought some time in the last four years, and how popular it is."""
    types = {each.code: each for each in CopyType.objects.all()}
    shelved: list[tuple[Book, int]] = []
    for entry in json.loads((DATA / "books.json").read_text(encoding="utf-8")):
        bought = now - timedelta(days=rng.randrange(3, 1_400) if len(shelved) % 9 else rng.randrange(1, 60))
        book = add_book(
            draft_of(entry), by=by, now=bought, stock=entry["copies"], copy_type=types[entry["type"]],
            location=entry["location"], price_minor=rng.choice([None, 990, 1_290, 1_690, 1_990, 2_490]),
        )  # fmt: skip
        Book.objects.filter(pk=book.pk).update(created_at=bought)
        shelved.append((book, entry["popularity"]))
    return shelved


def draft_of(entry: dict[str, Any]) -> BookDraft:
    """One entry of books.json as a draft."""
    isbn = read_isbn(entry["isbn13"]) if entry["isbn13"] else None
    people = [DraftContributor(p["name"], sort_name(p["name"]), p["role"]) for p in entry["contributors"]]
    plain = {
        name: entry[name]
        for name in ("title", "subtitle", "publisher", "place", "year", "first_year", "language", "pages", "format",
                     "series", "call_number", "description")
    }  # fmt: skip
    return BookDraft(
        **plain, contributors=tuple(people), subjects=tuple(entry["subjects"]),
        isbns=(isbn.isbn13,) if isbn else (),
        isbns_invalid=(entry["isbn_invalid"],) if entry.get("isbn_invalid") else (),
    )  # fmt: skip


def register_people(by: User, now: datetime, rng: random.Random) -> list[Member]:
    """The demo's members, who joined some time in the last years; two memberships have ended."""
    categories = {each.code: each for each in MemberCategory.objects.all()}
    members = []
    for n, entry in enumerate(json.loads((DATA / "people.json").read_text(encoding="utf-8"))["members"]):
        joined = now - timedelta(days=rng.randrange(760, 2_400))
        expires_on = (now - timedelta(days=20)).date() if n in (11, 29) else None
        details = {name: entry[name] for name in ("name", "email", "phone", "group_name", "note")}
        members.append(
            register_member(
                by=by, now=joined, category=categories[entry["category"]], joined_on=joined.date(),
                expires_on=expires_on, **details,
            )
        )  # fmt: skip
    return members
