"""A library in which everything that belongs to one member, and everything else too, has the same number."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model
from django.utils import timezone

from accounts.models import Action, ApiToken, Backup, Member, Message, OpenSignIn, Restriction, User, Webhook
from accounts.permissions import MEMBER
from accounts.tests.factories import MemberFactory
from catalog.models import Author, Contributor, ImportBatch, Subject
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory
from circulation.models import CirculationRule, Closure, Hold, LedgerEntry, Loan
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import make_overdue_loan, make_ready_hold
from library_site.tests.addresses import a_token

NUMBER = 4_242
NAME, CARD, EMAIL, REASON, NOTE = "Berta Beispiel", "M004242X", "berta@example.org", "dog ate it", "reads at night"
MARKS = (NAME, CARD, EMAIL, REASON, NOTE)  # what nobody but she and the desk may see


@dataclass
class Berta:
    user: User
    member: Member


def move_to_the_number(row: Model) -> Any:
    """``row`` under the one number; only for what nothing points to yet."""
    type(row)._base_manager.filter(pk=row.pk).delete()
    row.pk = NUMBER
    row.save(force_insert=True)
    return row


def make_everything(make_user: Any, librarian: User) -> Berta:
    """Berta with an overdue loan, a hold, a charge and a payment, a message, a restriction, a token, a browser
    somewhere, a passkey; a book, a backup and so on of the same number."""
    user = make_user(MEMBER, pk=NUMBER, username=CARD, email=EMAIL, name=NAME)
    member = MemberFactory(pk=NUMBER, user=user, card_number=CARD, name=NAME, email=EMAIL, note=NOTE)
    book = BookFactory(pk=NUMBER, title="A book in the open", searchable=True)
    Contributor.objects.create(book=book, author=AuthorFactory(pk=NUMBER))
    book.subjects.add(Subject.objects.create(pk=NUMBER, name="S", match_key="s"))
    move_to_the_number(make_overdue_loan(CopyFactory(pk=NUMBER, book=book), member))
    move_to_the_number(make_ready_hold(member=member))
    charge_member(member, amount_minor=700, reason=REASON, by=librarian)
    take_payment(member, amount_minor=300, by=librarian)
    _make_the_rest(user, member, librarian)
    return Berta(user, member)


def _make_the_rest(user: User, member: Member, librarian: User) -> None:
    now = timezone.now()
    entry = LedgerEntry.objects.get(kind="payment")
    fields = {field.attname: getattr(entry, field.attname) for field in LedgerEntry._meta.concrete_fields}
    LedgerEntry.objects.create(**fields | {"id": NUMBER, "allocated_minor": 0, "amount_minor": -100})
    text = {"subject": REASON, "text": NAME, "written_on": date(2026, 3, 2), "state": "failed"}
    Message.objects.create(pk=NUMBER, member=member, **text)
    Restriction.objects.create(pk=NUMBER, member=member, from_on=now.date(), reason=REASON)
    move_to_the_number(a_token(user))
    OpenSignIn.objects.create(pk=NUMBER, user=user, session_key="of-berta", since=now)
    Authenticator.objects.create(pk=NUMBER, user=user, type="webauthn", data={"name": "Berta's key", "credential": {}})
    Action.objects.create(
        pk=NUMBER, key="of-berta", verb="edit_member", by=librarian, at=now, reason=REASON,
        target_type=Member._meta.label_lower, target_id=NUMBER,
    )  # fmt: skip
    Backup.objects.create(pk=NUMBER, state="done", file="of-everybody", made_at=now)
    ImportBatch.objects.create(pk=NUMBER, by=librarian)
    Webhook.objects.create(pk=NUMBER, name="Door", url="https://door.example/")
    CirculationRule.objects.create(pk=NUMBER, branch_id=1, loan_period=7)
    Closure.objects.create(pk=NUMBER, from_on=now.date(), to_on=now.date() + timedelta(days=1))


PEOPLES = (Member, User, Loan, Hold, LedgerEntry, Message, Restriction, ApiToken, OpenSignIn, Authenticator, Action)
OTHERS = (Author, Backup, ImportBatch)
