"""Takes the demo library out again and leaves what was added since.

What an invented person did goes with that person. What a real person did stays, with whatever it hangs on: a copy of
the demo that a real member borrowed, and a book of the demo to which a copy was added, are kept.
"""

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from accounts import queries
from accounts.exceptions import Refused
from accounts.models import Action, Card, LibrarySettings, Member, Message, Restriction, User
from catalog.models import Author, Book, Copy, Cover, ImportBatch, Subject
from catalog.services.covers import forget_file
from catalog.services.search import forget_words_of_nothing
from catalog.services.spelling import doubt_words_of
from circulation.models import Allocation, Hold, LedgerEntry, Loan, Notice, OnSiteUse
from circulation.services.search import tell_search_of_copies
from library_site.demo.loading import ABOUT

Rows = dict[str, set[int]]  # primary keys of what the demo brought, by table
LISTS = (
    "circulation.circulationrule", "circulation.openinghours", "circulation.closure", "catalog.copytype",
    "accounts.membercategory",
)  # fmt: skip


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Take out what the demo brought. Returns how many rows of each kind went.

    Without other staff the set-up page opens again. Raises Refused("no_demo"), and Refused("no_admin_left") if
    Librarians would be left alone.
    """
    library = LibrarySettings.objects.select_for_update().get(pk=1)
    rows = {label: set(keys) for label, keys in library.demo.get("rows", {}).items()}
    if not rows:
        raise Refused("no_demo", "There is no demo library here.")
    _refuse_to_leave_librarians_alone(rows)
    books = _books_concerned(rows)
    removed = _remove_loans_and_money(rows) | _remove_shelves(rows) | _remove_people(rows)
    for label in LISTS:
        removed |= _remove_unused(label, rows)
    _forget_about(library)
    tell_search_of_copies(*books)
    forget_words_of_nothing()
    return removed


def _refuse_to_leave_librarians_alone(rows: Rows) -> None:
    goes = {"pk__in": rows["accounts.user"]}
    if queries.staff().exclude(**goes).exists() and not queries.admins().exclude(**goes).exists():
        raise Refused(
            "no_admin_left",
            "The demo's Admin is the only one, and Librarians of yours would be left alone. Make an Admin first: give "
            "somebody the role at /admin/accounts/user/, or use manage.py createsuperuser.",
        )


def _books_concerned(rows: Rows) -> set[int]:
    """The books of the demo, and whatever else an invented member borrowed or waited for."""
    of_invented = {"member__in": rows["accounts.member"]}
    lent = Loan.objects.filter(**of_invented).order_by().values_list("copy__book", flat=True)
    waited_for = Hold.objects.filter(**of_invented).order_by().values_list("book", flat=True)
    return {*rows["catalog.book"], *lent, *waited_for}


def _remove_loans_and_money(rows: Rows) -> dict[str, int]:
    members = rows["accounts.member"]
    entries = LedgerEntry.objects.filter(member__in=members)
    Allocation.objects.filter(Q(debit__in=entries) | Q(credit__in=entries)).delete()
    reversals = entries.exclude(voids=None).delete()[0]
    money = reversals + entries.delete()[0]
    of_real_people = LedgerEntry.objects.exclude(loan=None).values("loan")
    forgotten = Q(member=None, copy__in=rows["catalog.copy"]) & ~Q(pk__in=of_real_people)
    Notice.objects.filter(member__in=members).delete()
    Message.objects.filter(member__in=members).delete()
    Hold.objects.filter(Q(member__in=members) | Q(loan__member__in=members)).delete()
    by_nobody = Q(member=None, copy__in=rows["catalog.copy"])
    OnSiteUse.objects.filter(Q(member__in=members) | by_nobody).delete()
    loans = Loan.objects.filter(Q(member__in=members) | forgotten).delete()[0]
    return {"ledger entries": money, "loans": loans}


def _remove_shelves(rows: Rows) -> dict[str, int]:
    waited_for = Hold.objects.order_by().values("book")  # by real people
    unused = Copy.objects.filter(pk__in=rows["catalog.copy"], loans=None, on_site_uses=None)
    copies = unused.exclude(book__in=waited_for).delete()[0]
    books = Book.objects.filter(pk__in=rows["catalog.book"], copies=None)
    for name in Cover.objects.filter(book__in=books).values_list("file", flat=True):
        forget_file(name)
    doubt_words_of(books.values_list("pk", flat=True))
    gone = books.delete()[1].get("catalog.Book", 0)
    Author.objects.filter(contributions=None).delete()
    Subject.objects.filter(books=None).delete()
    return {"copies": copies, "books": gone}


def _remove_people(rows: Rows) -> dict[str, int]:
    """The members with their sign-ins, and the staff; what the staff did to things that stay was done by nobody."""
    members = Member.objects.filter(pk__in=rows["accounts.member"])
    theirs = [user.pk for user in User.objects.filter(member__in=members) if not queries.works_here(user)]
    users = User.objects.filter(pk__in=[*rows["accounts.user"], *theirs])
    Restriction.objects.filter(member__in=members).delete()
    Card.objects.filter(number__in=members.values("card_number")).delete()
    removed = {"members": members.delete()[1].get("accounts.Member", 0)}
    done = Action.objects.filter(by__in=users)
    for label in done.exclude(target_type="").order_by().values_list("target_type", flat=True).distinct():
        still_there = apps.get_model(label)._default_manager.values("pk")
        done.filter(target_type=label).exclude(target_id__in=still_there).delete()
    model: Any
    for model in (Action, LedgerEntry, ImportBatch, Cover, OnSiteUse, Message):
        model._default_manager.filter(by__in=users).update(by=None)
    return removed | {"sign-ins": users.delete()[1].get("accounts.User", 0)}


def _remove_unused(label: str, rows: Rows) -> dict[str, int]:
    """What a list of the demo holds; a kind that something real uses by now stays."""
    model = apps.get_model(label)
    count = 0
    for row in model._default_manager.filter(pk__in=rows.get(label, ())):
        try:
            with transaction.atomic():
                row.delete()
        except models.ProtectedError:
            continue
        count += 1
    return {str(model._meta.verbose_name_plural): count}


def _forget_about(library: LibrarySettings) -> None:
    """The library is nobody's again, or keeps what its own people wrote; either way it knows that it had its demo."""
    library.demo = {"was_removed": True}
    for name, value in ABOUT.items():
        if getattr(library, name) == value:
            setattr(library, name, getattr(LibrarySettings(), name))
    if not queries.staff().exists():
        library.set_up_at = None
    if not LedgerEntry.objects.exists():
        library.currency_fixed = False
    library.save()
