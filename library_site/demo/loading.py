"""Fills an empty library with the demo, and takes the demo out again."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Member, User
from catalog.models import Author, Book, Copy, CopyType, Cover, ImportBatch, Subject
from circulation.models import Allocation, LedgerEntry, Loan
from library_site.demo.shelves import make_calendar, make_lists, register_people, shelve_books
from library_site.demo.signing_in import make_member_sign_in, make_staff
from library_site.demo.years import YEARS, Years

SEED = 1605


@transaction.atomic
def load_demo(now: datetime | None = None, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Fill the empty library with books, people and two years of loans that end ``now``.

    ``tell`` is told of the days played and of how many there are. Raises Refused("not_empty").
    """
    if User.objects.exists() or Member.objects.exists() or Book.objects.exists():
        raise Refused("not_empty", "The library is not empty. The demo is only loaded into an empty one.")
    now = now or timezone.now()
    LibrarySettings.objects.filter(pk=1).update(
        name="Riverside Library", address="12 Mill Lane\nRiverside", contact_email="desk@riverside.example",
        contact_phone="555-0100", time_zone="Europe/Zurich", currency="EUR", set_up_at=now,
    )  # fmt: skip
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
    user, password = make_member_sign_in(reader)
    made += [*(book for book, _popularity in books), *members, admin, librarian, user]
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


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Take out everything the demo brought, with all loans and money on it; what was added since stays.

    Returns how many rows of each kind went. Without other staff the set-up page opens again.
    Raises Refused("no_demo").
    """
    library = LibrarySettings.objects.select_for_update().get(pk=1)
    rows = {label: set(pks) for label, pks in library.demo.get("rows", {}).items()}
    if not rows:
        raise Refused("no_demo", "There is no demo library here.")
    removed = _remove_history(rows)
    removed |= _remove_rows(rows)
    Author.objects.filter(contributions=None).delete()
    Subject.objects.filter(books=None).delete()
    library.demo = {}
    if not User.objects.filter(is_active=True, is_staff=True).exists():
        library.set_up_at, library.name, library.address = None, "Openshelf", ""
        library.contact_email = library.contact_phone = ""
    if not LedgerEntry.objects.exists():
        library.currency_fixed = False
    library.save()
    return removed


def _remove_history(rows: dict[str, set[int]]) -> dict[str, int]:
    members, books, users = rows["accounts.member"], rows["catalog.book"], rows["accounts.user"]
    loans = Loan.objects.filter(Q(member__in=members) | Q(copy__book__in=books))
    entries = LedgerEntry.objects.filter(Q(member__in=members) | Q(loan__in=loans))
    ids = list(entries.values_list("pk", flat=True))
    Allocation.objects.filter(Q(debit__in=ids) | Q(credit__in=ids)).delete()
    LedgerEntry.objects.filter(voids__in=ids).delete()
    removed = {"ledger entries": LedgerEntry.objects.filter(pk__in=ids).delete()[0]}
    removed["loans"] = loans.delete()[0]
    apps.get_model("accounts.restriction").objects.filter(member__in=members).delete()
    Action.objects.filter(by__in=users).delete()
    for model in (LedgerEntry, ImportBatch, Cover):
        model._default_manager.filter(by__in=users).update(by=None)
    removed["copies"] = Copy.objects.filter(book__in=books).delete()[0]
    return removed


def _remove_rows(rows: dict[str, set[int]]) -> dict[str, int]:
    """The rows themselves, rules before what they name; a kind that something real uses by now stays."""
    removed = {}
    order = ["circulation.circulationrule", "circulation.openinghours", "circulation.closure", "catalog.book",
             "accounts.member", "accounts.user", "catalog.copytype", "accounts.membercategory"]  # fmt: skip
    for label in order:
        model = apps.get_model(label)
        count = 0
        for row in model._default_manager.filter(pk__in=rows.get(label, ())):
            try:
                with transaction.atomic():
                    row.delete()
            except models.ProtectedError:
                continue
            count += 1
        removed[str(model._meta.verbose_name_plural)] = count
    return removed
