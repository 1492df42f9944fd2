"""Fills an empty library with the demo."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import LibrarySettings, Member, User
from catalog.models import Book, Copy, CopyType
from library_site.demo.shelves import make_calendar, make_lists, register_people, shelve_books
from library_site.demo.signing_in import make_member_sign_in, make_staff
from library_site.demo.waiting import make_holds
from library_site.demo.years import YEARS, Years

SEED = 1605
ABOUT = {
    "name": "Riverside Library", "address": "12 Mill Lane\nRiverside", "contact_email": "desk@riverside.example",
    "contact_phone": "555-0100",
}  # fmt: skip


@transaction.atomic
def load_demo(now: datetime | None = None, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Fill the empty library with books, people and two years of loans that end ``now``.

    ``tell`` is told of the days played and of how many there are. Raises Refused("not_empty").
    """
    if User.objects.exists() or Member.objects.exists() or Book.objects.exists():
        raise Refused("not_empty", "The library is not empty. The demo is only loaded into an empty one.")
    now = now or timezone.now()
    LibrarySettings.objects.filter(pk=1).update(**ABOUT, time_zone="Europe/Zurich", currency="EUR", set_up_at=now)
    CopyType.objects.filter(code="BOOK").update(name="Book")
    rng, library = random.Random(SEED), LibrarySettings.current()
    today = now.astimezone(library.zone).date()
    made: list[models.Model] = [*make_calendar(today), *make_lists()]
    admin, librarian, passwords = make_staff()
    books = shelve_books(librarian, now, rng)
    members = register_people(librarian, now, rng)
    Years(books, members, librarian, library.zone, rng).play(today - timedelta(days=365 * YEARS), now, tell)
    adults = Member.objects.filter(pk__in=[m.pk for m in members], category__code="ADULT")
    reader = max(adults, key=lambda member: _open_loans(member, now))
    make_holds(reader, members, librarian, now)
    user, password = make_member_sign_in(reader)
    made += [*(book for book, _popularity in books), *Copy.objects.all(), *members, admin, librarian, user]
    library.demo = {"passwords": passwords | password, "rows": _by_table(made)}
    library.save(update_fields=["demo"])


def _open_loans(member: Member, now: datetime) -> tuple[int, int]:
    loans = member.loans.open()
    return (loans.overdue(now).count(), loans.count())


def _by_table(rows: list[models.Model]) -> dict[str, list[int]]:
    tables: dict[str, list[int]] = {}
    for row in rows:
        tables.setdefault(row._meta.label_lower, []).append(row.pk)
    return tables
