"""Every address of the site: who may open it, and one that leads to something of somebody else's."""

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

# name of the address -> who may open it (everybody, signed in, or a role and all above it) and whether it is POST only
PUBLIC, ANYBODY_SIGNED_IN, MEMBERS, DESK, ADMINS = "public", "signed in", "members", "desk", "admins"
AUDIENCE = {
    "library_site:home": PUBLIC,
    "library_site:health": PUBLIC,
    "library_site:ready": PUBLIC,
    "library_site:metrics": PUBLIC,
    "library_site:backups": ADMINS,
    "library_site:make_backup": ADMINS,
    "library_site:download_backup": ADMINS,
    "library_site:after_sign_in": ANYBODY_SIGNED_IN,
    "library_site:unsent": ANYBODY_SIGNED_IN,
    "set_language": PUBLIC,
    "accounts:set_up": PUBLIC,
    "accounts:profile": ANYBODY_SIGNED_IN,
    "accounts:tokens": ANYBODY_SIGNED_IN,
    "accounts:revoke_token": ANYBODY_SIGNED_IN,
    "accounts:my_record": ANYBODY_SIGNED_IN,
    "accounts:sign_ins": ANYBODY_SIGNED_IN,
    "accounts:end_sign_in": ANYBODY_SIGNED_IN,
    "accounts:end_other_sign_ins": ANYBODY_SIGNED_IN,
    "accounts:audit": ADMINS,
    "accounts:audit_csv": ADMINS,
    "accounts:staff": ADMINS,
    "accounts:reset_second_factor": ADMINS,
    "accounts:sign_out_everywhere": ADMINS,
    "accounts:settings": ADMINS,
    "accounts:webhooks": ADMINS,
    "accounts:add_webhook": ADMINS,
    "accounts:webhook": ADMINS,
    "accounts:test_webhook": ADMINS,
    "accounts:enable_webhook": ADMINS,
    "accounts:replace_webhook_secret": ADMINS,
    "accounts:remove_webhook": ADMINS,
    "accounts:resend_event": ADMINS,
    "accounts:members": DESK,
    "accounts:add_member": DESK,
    "accounts:member": DESK,
    "accounts:edit_member": DESK,
    "accounts:member_card": DESK,
    "accounts:replace_card": DESK,
    "accounts:restrict_member": DESK,
    "accounts:give_first_password": DESK,
    "accounts:lift_restriction": DESK,
    "catalog:search": PUBLIC,
    "catalog:suggest": PUBLIC,
    "catalog:book": PUBLIC,
    "catalog:cover": PUBLIC,
    "catalog:small_cover": PUBLIC,
    "catalog:new": PUBLIC,
    "catalog:popular": PUBLIC,
    "catalog:new_feed": PUBLIC,
    "catalog:popular_feed": PUBLIC,
    "catalog:opensearch": PUBLIC,
    "catalog:sitemap": PUBLIC,
    "catalog:sitemap_books": PUBLIC,
    "catalog:robots": PUBLIC,
    "catalog:jsonld": PUBLIC,
    "catalog:cite": PUBLIC,
    "catalog:isbn": PUBLIC,
    "catalog:author": PUBLIC,
    "catalog:subject": PUBLIC,
    "catalog:books": DESK,
    "catalog:add_book": DESK,
    "catalog:edit_book": DESK,
    "catalog:delete_book": DESK,
    "catalog:upload_cover": DESK,
    "catalog:remove_cover": DESK,
    "catalog:add_copies": DESK,
    "catalog:refresh": DESK,
    "catalog:edit_copy": DESK,
    "catalog:mark_copy": DESK,
    "catalog:delete_copy": DESK,
    "catalog:labels": DESK,
    "catalog:duplicates": DESK,
    "catalog:not_the_same": DESK,
    "catalog:merge_books": DESK,
    "catalog:merge_authors": DESK,
    "catalog:merge_subjects": DESK,
    "catalog:part_merged": DESK,
    "catalog:change_copies": DESK,
    "catalog:change_back": DESK,
    "catalog:scan": DESK,
    "catalog:scan_photo": DESK,
    "catalog:scan_lines": DESK,
    "catalog:change_scan": DESK,
    "catalog:scan_again": DESK,
    "catalog:scan_by_hand": DESK,
    "catalog:scan_choices": DESK,
    "catalog:commit_scan": DESK,
    "catalog:empty_scan": DESK,
    "catalog:import": DESK,
    "catalog:import_save": DESK,
    "catalog:import_review": DESK,
    "catalog:found_cover": DESK,
    "catalog:import_list": DESK,
    "catalog:batch": DESK,
    "catalog:pause_import": DESK,
    "catalog:resume_import": DESK,
    "catalog:import_upload": DESK,
    "catalog:import_columns": DESK,
    "catalog:import_options": DESK,
    "catalog:decide_import": DESK,
    "catalog:apply_import": DESK,
    "catalog:discard_import": DESK,
    "catalog:undo_import": DESK,
    "catalog:import_wrong": DESK,
    "circulation:my_loans": MEMBERS,
    "circulation:my_fines": MEMBERS,
    "circulation:renew_all_mine": MEMBERS,
    "circulation:renew_mine": MEMBERS,
    "circulation:place_mine": MEMBERS,
    "circulation:my_holds": MEMBERS,
    "circulation:cancel_mine": MEMBERS,
    "circulation:suspend_mine": MEMBERS,
    "circulation:resume_mine": MEMBERS,
    "circulation:holds": DESK,
    "circulation:let_go": DESK,
    "circulation:hold_slip": DESK,
    "circulation:cancel_hold": DESK,
    "circulation:suspend_hold": DESK,
    "circulation:resume_hold": DESK,
    "circulation:move_hold": DESK,
    "circulation:book_holds": DESK,
    "circulation:desk": DESK,
    "circulation:choose_branch": DESK,
    "circulation:undo": DESK,
    "circulation:issue": DESK,
    "circulation:return": DESK,
    "circulation:renew": DESK,
    "circulation:export": DESK,
    "circulation:loans": DESK,
    "circulation:loans_csv": DESK,
    "circulation:pay": DESK,
    "circulation:waive": DESK,
    "circulation:charge": DESK,
    "circulation:receipt": DESK,
    "circulation:write_off": DESK,
    "circulation:refund": ADMINS,
    "circulation:void": DESK,
    "circulation:remove_member": DESK,
    "circulation:rehearse": ADMINS,
    "circulation:cash_up": DESK,
    "circulation:cash_up_csv": DESK,
    "circulation:what_happened": DESK,
    "circulation:outbox": DESK,
    "circulation:message": DESK,
    "circulation:resend_message": DESK,
    "circulation:cancel_message": DESK,
    "circulation:letters": DESK,
    "circulation:notice_texts": ADMINS,
    "circulation:edit_notice_text": ADMINS,
    "circulation:reset_notice_text": ADMINS,
    "circulation:rules": DESK,
    "circulation:rule_lookup": DESK,
    "circulation:add_rule": ADMINS,
    "circulation:edit_rule": ADMINS,
    "circulation:remove_rule": ADMINS,
    "circulation:calendar": DESK,
    "circulation:calendar_week": ADMINS,
    "circulation:calendar_close": ADMINS,
    "circulation:calendar_open_again": ADMINS,
    "circulation:calendar_add": ADMINS,
    "circulation:calendar_entry": ADMINS,
    "circulation:calendar_remove": ADMINS,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reauthenticate": ANYBODY_SIGNED_IN,
    "account_change_password": ANYBODY_SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_index": ANYBODY_SIGNED_IN,
    "mfa_authenticate": PUBLIC,  # between password and code: whoever did not send the first is sent back
    "mfa_reauthenticate": ANYBODY_SIGNED_IN,
    "mfa_activate_totp": ANYBODY_SIGNED_IN,
    "mfa_deactivate_totp": ANYBODY_SIGNED_IN,
    "mfa_view_recovery_codes": ANYBODY_SIGNED_IN,
    "mfa_generate_recovery_codes": ANYBODY_SIGNED_IN,
    "mfa_list_webauthn": ANYBODY_SIGNED_IN,
    "mfa_add_webauthn": ANYBODY_SIGNED_IN,
    "mfa_reauthenticate_webauthn": ANYBODY_SIGNED_IN,
    "mfa_remove_webauthn": ANYBODY_SIGNED_IN,
    "mfa_edit_webauthn": ANYBODY_SIGNED_IN,
}
POST_ONLY = {
    "library_site:make_backup",
    "catalog:scan_photo", "catalog:change_scan", "catalog:scan_again", "catalog:scan_by_hand", "catalog:scan_choices",
    "catalog:commit_scan", "catalog:empty_scan",
    "catalog:import_upload", "catalog:import_options", "catalog:decide_import", "catalog:apply_import",
    "catalog:discard_import", "catalog:undo_import",
    "accounts:end_sign_in", "accounts:end_other_sign_ins", "accounts:sign_out_everywhere",
    "accounts:test_webhook", "accounts:enable_webhook", "accounts:replace_webhook_secret", "accounts:remove_webhook",
    "accounts:resend_event",
    "accounts:replace_card", "accounts:restrict_member", "accounts:give_first_password", "accounts:lift_restriction",
    "accounts:revoke_token",
    "catalog:delete_book", "catalog:upload_cover", "catalog:remove_cover", "catalog:add_copies", "catalog:mark_copy",
    "catalog:delete_copy", "catalog:import_save", "catalog:import_list", "catalog:pause_import",
    "catalog:resume_import", "catalog:not_the_same", "catalog:part_merged", "catalog:change_back",
    "circulation:renew_all_mine", "circulation:renew_mine", "circulation:choose_branch",
    "circulation:undo", "circulation:cancel_mine", "circulation:suspend_mine", "circulation:resume_mine",
    "circulation:let_go", "circulation:cancel_hold", "circulation:suspend_hold", "circulation:resume_hold",
    "circulation:move_hold",
    "circulation:calendar_open_again", "circulation:calendar_remove",
    "circulation:resend_message", "circulation:cancel_message", "circulation:reset_notice_text",
}  # fmt: skip
ASKS_ANOTHER_COMPUTER = {"catalog:refresh", "catalog:import_review", "catalog:found_cover"}
OF_A_SECOND_FACTOR = {  # opened in accounts/tests/views/test_second_factor.py
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip
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
