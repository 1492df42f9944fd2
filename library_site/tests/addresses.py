"""An address by each name, which leads to something of somebody else's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Action, ApiToken, Backup, Message, OpenSignIn, User, Webhook
from accounts.services.members import restrict_member
from accounts.services.tokens import make_token, new_token_text
from accounts.services.webhooks import add_webhook
from accounts.tests.factories import MemberFactory, UserFactory
from catalog.models import Author, ImportBatch, Subject
from catalog.services.merging import merge_authors
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import CirculationRule, LedgerEntry, NoticeText
from circulation.services.calendars import close_days
from circulation.services.copies_together import change_copies
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import close_on, make_hold, make_loan, make_ready_hold
from library_site.tests.audiences import AUDIENCE

IMPORT_ACTIONS = (
    "import_columns", "import_options", "decide_import", "apply_import", "discard_import", "undo_import",
    "import_wrong",
)  # fmt: skip
HOLD_ACTIONS = ("cancel_hold", "suspend_hold", "resume_hold", "move_hold", "cancel_mine", "suspend_mine", "resume_mine")
_WITHOUT_KEY = {
    "members", "add_member", "books", "add_book", "account_change_password", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key_done", "merge_books", "change_copies",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip


def a_message(state: str) -> Message:
    return Message.objects.create(member=MemberFactory(), state=state, written_on=date(2026, 3, 2), subject="Due soon")


WEBHOOK_PAGES = ("webhook", "test_webhook", "enable_webhook", "replace_webhook_secret", "remove_webhook")


def _a_webhook(by: User) -> Webhook:
    return add_webhook(name="Door", url="https://127.0.0.1.example/", events=["loan"], by=by)


def _an_event(webhook: Webhook) -> Message:
    how = {"channel": "webhook", "state": "failed", "subject": "loan", "written_on": date(2026, 3, 2)}
    return Message.objects.create(webhook=webhook, **how)


def a_token(user: User) -> ApiToken:
    facts = {"name": "Kiosk", "scopes": ["read"], "valid_for": timedelta(days=1)}
    return make_token(user, text=new_token_text(), by=user, **facts)


def _closed(by: User) -> Action:
    close_days(from_on=date(2027, 1, 3), to_on=date(2027, 1, 3), by=by)
    return Action.objects.get(verb="close_days")


def _signed_in_elsewhere() -> OpenSignIn:
    now = timezone.now()
    return OpenSignIn.objects.create(user=UserFactory(), session_key="of-somebody-else", since=now)


def _merged(by: User) -> Action:
    """Two authors of nothing, merged: nobody looks at how many books there are."""
    keep, other = (Author.objects.create(name=name, sort_name=name, match_key=name) for name in ("b", "c"))
    merge_authors(keep, others=[other], by=by)
    return Action.objects.get(verb="merge_authors")


def _changed(by: User) -> Action:
    change_copies(copies=[CopyFactory().pk], values={"location": "Store"}, by=by)
    return Action.objects.get(verb="change_copies")


def make_addresses(librarian: User) -> Callable[[str], str]:
    """A function that gives an address by name, with the keys of things that exist and belong to another member."""
    other = MemberFactory(name="Otto Other")
    loan = make_loan(member=other)
    charge_member(other, amount_minor=100, reason="lost card", by=librarian)
    payment = take_payment(other, amount_minor=50, by=librarian)
    book = BookFactory()
    ready = make_ready_hold(member=MemberFactory(name="Rosa Ready"))
    hold = make_hold(ready.book, member=other)
    NoticeText.objects.create(kind="overdue", language="de", subject="Fällig", body="{title}")
    rule = CirculationRule.objects.create(branch=loan.branch, loan_period=7)
    webhook = _a_webhook(librarian)
    keys: dict[str, dict[str, Any]] = {
        **{f"accounts:{name}": {"pk": webhook.pk} for name in WEBHOOK_PAGES},
        "accounts:resend_event": {"pk": _an_event(webhook).pk},
        **{f"catalog:{name}": {"pk": ImportBatch.objects.create().pk} for name in IMPORT_ACTIONS},
        **{f"circulation:{name}": {"pk": hold.pk} for name in HOLD_ACTIONS},
        "library_site:download_backup": {"pk": Backup.objects.create(state="done").pk},
        "circulation:hold_slip": {"pk": ready.pk},
        "circulation:book_holds": {"pk": hold.book_id},
        "circulation:place_mine": {"pk": hold.book_id},
        "accounts:revoke_token": {"pk": a_token(librarian).pk},
        "accounts:lift_restriction": {"pk": restrict_member(other, reason="ill-mannered", by=librarian).pk},
        "catalog:isbn": {"isbn": "9780553382563"},
        "catalog:jsonld": {"pk": book.pk},
        "catalog:sitemap_books": {"page": 1},
        "catalog:cite": {"pk": book.pk, "style": "apa"},
        "catalog:author": {"pk": Author.objects.create(name="A", sort_name="A", match_key="a").pk},
        "catalog:subject": {"pk": Subject.objects.create(name="S", match_key="s").pk},
        "catalog:part_merged": {"pk": _merged(librarian).pk},
        "catalog:change_back": {"pk": _changed(librarian).pk},
        "catalog:import_review": {"record": "OL7353617M"},
        "catalog:found_cover": {"cover_id": 1},
        "circulation:receipt": {"pk": payment.pk},
        "circulation:renew_mine": {"pk": loan.pk},
        "circulation:void": {"pk": LedgerEntry.objects.get(kind="other").pk},
        "circulation:remove_member": {"pk": MemberFactory(name="Rita Removed").pk},
        "circulation:message": {"pk": a_message("done").pk},
        "circulation:resend_message": {"pk": a_message("failed").pk},
        "circulation:cancel_message": {"pk": a_message("queued").pk},
        "circulation:edit_notice_text": {"kind": "overdue", "language": "en"},
        "circulation:reset_notice_text": {"kind": "overdue", "language": "de"},
        "circulation:what_happened": {"pk": CopyFactory().pk},
        "circulation:calendar_entry": {"pk": close_on("2027-01-01").pk},
        "circulation:calendar_remove": {"pk": close_on("2027-01-02").pk},
        "circulation:calendar_open_again": {"pk": _closed(librarian).pk},
        "circulation:choose_branch": {"pk": loan.branch_id},
        "circulation:edit_rule": {"pk": rule.pk},
        "circulation:remove_rule": {"pk": rule.pk},
        "circulation:rule_lookup": {
            "branch": loan.branch_id,
            "category": loan.category_id,
            "copy_type": loan.copy_type_id,
        },
        "circulation:undo": {"pk": Action.objects.filter(verb="take_payment").get().pk},
        "accounts:reset_second_factor": {"pk": UserFactory().pk},
        "accounts:sign_out_everywhere": {"pk": UserFactory().pk},
        "accounts:end_sign_in": {"pk": _signed_in_elsewhere().pk},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    }
    for part, pk in {"member": other.pk, "copy": CopyFactory().pk, "copies": book.pk, "book": book.pk,
                     "cover": book.pk, "card": other.pk, "password": other.pk, "refresh": book.pk,
                     "pay": other.pk, "waive": other.pk, "write_off": other.pk, "refund": other.pk, "charge": other.pk,
                     "batch": ImportBatch.objects.create().pk, "pause": ImportBatch.objects.create().pk,
                     "resume": ImportBatch.objects.create().pk}.items():  # fmt: skip
        for name in AUDIENCE:
            if name not in keys and part in name.split(":")[-1] and name.split(":")[-1] not in _WITHOUT_KEY:
                keys[name] = {"pk": pk}
    return lambda name: reverse(name, kwargs=keys.get(name))
