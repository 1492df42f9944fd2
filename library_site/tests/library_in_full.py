"""The library in use, and a row in every other table: what the database of a released version is filled with."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import ApiAnswer, Backup, OpenSignIn, Work
from accounts.services.record import note_look
from accounts.services.tokens import make_token, new_token_text
from accounts.services.webhooks import add_webhook
from catalog.models import (
    AlsoBorrowed,
    Author,
    Book,
    ColumnMapping,
    Cover,
    MostBorrowed,
    OfflineIsbn,
    OfflineLoad,
    OfflineRecord,
    SourceRecord,
)  # fmt: skip
from catalog.models.merging import RecordKind
from catalog.services.merged import tell_apart
from catalog.services.merging import merge_authors
from circulation.models import Loan, NoticeText
from circulation.services.copies import use_on_site
from circulation.services.loans import renew_loan
from circulation.services.notices import bundle_notices, queue_notices
from library_site.tests.library_in_use import LibraryInUse, make_library_in_use

# What nobody fills: allauth's own addresses (an address stands at the member), rights of single people, and the copies
# that a row of an import names while it is worked at.
LEFT_EMPTY = {
    "account_emailaddress", "account_emailconfirmation", "accounts_user_user_permissions",
    "catalog_importrow_created_copies",
}  # fmt: skip


def make_library_in_full() -> None:
    """Something of everything that is kept."""
    library, now = make_library_in_use(), timezone.now()
    _make_what_programs_know(library, now)
    _make_what_sign_ins_leave(library, now)
    _make_what_came_from_elsewhere(library, now)
    _make_what_is_counted(library, now)
    Backup.objects.create(
        state=Work.State.DONE, file="openshelf-20261129-030000-1.backup", size=1, rows=1, made_at=now, proven_at=now,
        finished_at=now, created_at=now, is_automatic=True,
    )  # fmt: skip
    NoticeText.objects.create(kind="overdue", language="en", subject="Late", body="Please bring {title} back.")
    queue_notices(now)
    bundle_notices(now + timedelta(days=1))


def _make_what_programs_know(library: LibraryInUse, now: datetime) -> None:
    add_webhook(name="The school", url="https://school.example/hook", events=["loan", "hold_ready"], by=library.admin)
    how = {"text": new_token_text(), "name": "A kiosk", "scopes": ["read"], "valid_for": timedelta(days=30)}
    make_token(library.librarian, by=library.librarian, **how)
    ApiAnswer.objects.create(key="1:once", fingerprint="0" * 64, begun_at=now, status=200, headers={}, body="{}")
    loan = Loan.objects.open().exclude(pk=library.overdue.pk).latest("pk")
    renew_loan(loan, by=library.librarian, overrides=["debt_limit", "renewal_hold"], reason="a test")


def _make_what_sign_ins_leave(library: LibraryInUse, now: datetime) -> None:
    session = SessionStore()
    session["since"] = "then"
    session.create()
    OpenSignIn.objects.create(
        user=library.librarian, session_key=session.session_key, device="Firefox", address="192.0.2.0", since=now
    )
    Authenticator.objects.create(user=library.admin, type=Authenticator.Type.TOTP, data={"secret": "locked"})
    note_look(library.member, by=library.librarian, on=now.date())


def _make_what_came_from_elsewhere(library: LibraryInUse, now: datetime) -> None:
    book = library.books[0]
    SourceRecord.objects.create(book=book, source="openlibrary", key="OL1M", payload={"title": "Pride"}, fetched_at=now)
    Cover.objects.create(book=book, state=Work.State.FAILED, problem="There is no picture.", created_at=now)
    ColumnMapping.objects.create(what="books", digest="0" * 64, fields=["title"], used_at=now)
    load = OfflineLoad.objects.create(identity="0" * 64, selection="languages ger", created_at=now)
    OfflineRecord.objects.create(key="OL2M", revision=1, load_number=load.pk, data='{"title": "Emma"}')
    OfflineIsbn.objects.create(isbn="9780141439587", edition_key="OL2M")
    twin = Author.objects.create(name="Austen, Jane", match_key="austen jane again")
    merge_authors(Author.objects.get(name="Jane Austen"), others=[twin], by=library.librarian)
    tell_apart(RecordKind.BOOK, one=book.pk, other=library.books[1].pk, by=library.librarian)


def _make_what_is_counted(library: LibraryInUse, now: datetime) -> None:
    copy = Book.objects.get(pk=library.books[2].pk).copies.latest("pk")
    use_on_site(copy, branch=copy.home_branch, by=library.librarian)
    AlsoBorrowed.objects.create(book=library.books[0], other=library.books[1], readers=50)
    MostBorrowed.objects.create(book=library.books[0], place=1)
