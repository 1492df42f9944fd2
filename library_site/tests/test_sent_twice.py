"""Double click, Back and reload: every form of the site that is sent twice has one effect."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from accounts.forms.library import SettingsForm
from accounts.models import LibrarySettings, Member, MemberCategory, Message, User
from accounts.tests.rows import rows_of
from catalog.models import Author, Book, Copy, ImportRow, Subject
from catalog.openlibrary.records import FetchedRecord
from catalog.services.scanning import scan
from catalog.tests.factories import CopyFactory
from catalog.tests.services.pictures import photo_of, picture
from circulation.models import Hold, Notice
from circulation.tests.factories import make_hold, make_loan, make_overdue_loan, make_ready_hold
from library_site.tests.addresses import a_token
from library_site.tests.audiences import ADMINS, AUDIENCE

pytestmark = pytest.mark.django_db
KEY = "one-form-sent-twice"
OF_AN_ADMIN = {name for name, audience in AUDIENCE.items() if audience == ADMINS}
OF_A_MEMBER = {
    "accounts:profile", "accounts:revoke_token", "circulation:renew_mine", "circulation:renew_all_mine",
    "circulation:place_mine", "circulation:cancel_mine", "circulation:suspend_mine",
}  # fmt: skip
RECORD = FetchedRecord(edition={"key": "/books/OL1M", "title": "Middlemarch", "isbn_13": ["9780141439549"]})


MODELS = [m for app in ("accounts", "catalog", "circulation") for m in apps.get_app_config(app).get_models()]


def settings_as_sent() -> dict[str, Any]:
    held = model_to_dict(LibrarySettings.current(), fields=SettingsForm.Meta.fields)
    return {n: v for n, v in held.items() if v not in (None, False, [])} | {"name": "Town Library", "currency": "USD"}


def a_copy() -> Copy:
    return Copy.objects.order_by("pk")[0]


def book_as_sent(**changes: Any) -> dict[str, Any]:
    return {"title": "Emma", "stock": 2, "copy_type": a_copy().copy_type_id, "isbn": "9780141439587"} | changes


def copy_as_sent() -> dict[str, Any]:
    held = model_to_dict(a_copy(), ["copy_type", "home_branch", "condition"])
    return held | {"barcode": "NEW1", "location": "Store"}


def copies_as_sent() -> dict[str, Any]:
    return {"count": 2, "copy_type": a_copy().copy_type_id, "branch": a_copy().home_branch_id}


def member_as_sent() -> dict[str, Any]:
    return model_to_dict(Member.objects.get(name="Otto Other"), ["category", "joined_on"]) | {"name": "Olga"}


def a_letter() -> Message:
    """A letter about a loan that is overdue."""
    loan = make_overdue_loan()
    due_on = loan.due_at.astimezone(LibrarySettings.current().zone).date()
    letter = Message.objects.create(member=loan.member, channel="letter", written_on=due_on)
    about = {"loan": loan, "member": loan.member, "kind": "overdue", "due_on": due_on}
    Notice.objects.create(message=letter, not_before=loan.due_at, **about)
    return letter


def upload_as_sent() -> dict[str, Any]:
    copy = a_copy()
    file = SimpleUploadedFile("books.csv", b"title,author\nMiddlemarch,George Eliot\n")
    places = {"branch": copy.home_branch.code, "copy_type": copy.copy_type.code}
    return {"file": file, "if_known": "nothing", "make_copies": "1", "members": "nothing"} | places


def first_two(model: type[Model]) -> dict[str, int]:
    """The keys of the first two, of which there may have been one."""
    if model is Subject:
        Subject.objects.get_or_create(name="T", match_key="t")
    if model is Author:
        Author.objects.get_or_create(name="B", sort_name="B", match_key="second")
    one, other = model._default_manager.order_by("pk").values_list("pk", flat=True)[:2]
    return {"one": one, "other": other}


TWO_OF = {"catalog:merge_books": Book, "catalog:merge_authors": Author, "catalog:merge_subjects": Subject}


def choices_as_sent() -> dict[str, Any]:
    return {"branch": a_copy().home_branch.code, "copy_type": a_copy().copy_type.code, "if_known": "nothing"}


def after_a_scan(sent: dict[str, Any]) -> dict[str, Any]:
    """``sent`` when the queue holds a line of which a book was found."""
    row = scan("9780141439549", by=User.objects.get(username="librarian")).row
    ImportRow.objects.filter(pk=row.pk if row else 0).update(verdict="new", draft={"title": "Middlemarch"})
    return sent


# name of the address -> what its form says
FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "accounts:settings": settings_as_sent,
    "accounts:add_webhook": lambda: {"name": "Gate", "url": "https://example.org/", "events": ["fine"]},
    "accounts:webhook": lambda: {"name": "Gate", "url": "https://example.org/", "events": ["fine"]},
    "accounts:test_webhook": dict,
    "accounts:replace_webhook_secret": dict,
    "accounts:remove_webhook": dict,
    "accounts:resend_event": dict,
    "accounts:add_member": lambda: {"name": "Mia", "category": MemberCategory.objects.order_by("pk")[0].pk},
    "accounts:edit_member": member_as_sent,
    "accounts:profile": lambda: {"email": "", "phone": "555", "address": ""},
    "accounts:revoke_token": dict,
    "accounts:replace_card": lambda: {"reason": "torn"},
    "accounts:restrict_member": lambda: {"reason": "ill-mannered"},
    "accounts:lift_restriction": dict,
    "catalog:add_book": book_as_sent,
    "catalog:edit_book": lambda: {"title": "Emma", "isbn": "9780141439587", "subjects": "England"},
    "catalog:delete_book": dict,
    "catalog:upload_cover": lambda: {"picture": SimpleUploadedFile("cover.jpg", picture())},
    "catalog:add_copies": copies_as_sent,
    "catalog:edit_copy": copy_as_sent,
    "catalog:mark_copy": lambda: {"state": "withdrawn", "reason": "torn"},
    "catalog:delete_copy": dict,
    "catalog:scan": lambda: {"scan": "9780141439549"},
    "catalog:scan_photo": lambda: {"photo": SimpleUploadedFile("photo.jpg", photo_of("9780141439549"))},
    "catalog:change_scan": lambda: after_a_scan({"do": "1:remove"}),
    "catalog:scan_by_hand": lambda: {"title": "Village Chronicle", "author": "Ada Author"},
    "catalog:commit_scan": lambda: after_a_scan(choices_as_sent()),
    "catalog:empty_scan": lambda: after_a_scan({}),
    "catalog:import_save": lambda: {"record": "OL1M", "add_copy": "on"},
    "catalog:import_review": lambda: book_as_sent(title="Middlemarch", isbn="9780141439549", people="George Eliot"),
    "catalog:refresh": lambda: {"fields": ["title"]},
    "catalog:import_list": lambda: {"lines": "9780141439549"},
    "catalog:pause_import": dict,
    "catalog:import_upload": upload_as_sent,
    "catalog:not_the_same": lambda: {"kind": "author"} | first_two(Author),
    "catalog:merge_books": lambda: dict.fromkeys(("keep", "of_title"), first_two(Book)["one"]),
    "catalog:merge_authors": lambda: {"keep": first_two(Author)["one"]},
    "catalog:merge_subjects": lambda: {"keep": first_two(Subject)["one"]},
    "catalog:part_merged": dict,
    "catalog:change_copies": lambda: {"copies": a_copy().pk, "location": "Cellar", "apply": "1"},
    "catalog:change_back": dict,
    "library_site:make_backup": dict,
    "circulation:renew_mine": dict,
    "circulation:renew_all_mine": dict,
    "circulation:place_mine": dict,
    "circulation:cancel_mine": dict,
    "circulation:suspend_mine": dict,
    "circulation:let_go": dict,
    "circulation:cancel_hold": dict,
    "circulation:suspend_hold": dict,
    "circulation:move_hold": lambda: {"to": "2"},
    "circulation:book_holds": lambda: {"scan": "Mia Member"},
    "circulation:issue": lambda: {"member": Member.objects.get(name="Mia Member").pk, "scan": "C-IN"},
    "circulation:return": lambda: {"scan": "C-OUT"},
    "circulation:renew": lambda: {"scan": "C-OUT"},
    "circulation:pay": lambda: {"amount_minor": "0.10"},
    "circulation:waive": lambda: {"amount_minor": "0.10", "reason": "new here"},
    "circulation:charge": lambda: {"amount_minor": "0.10", "reason": "stain"},
    "circulation:write_off": lambda: {"amount_minor": "0.10", "reason": "moved away"},
    "circulation:refund": lambda: {"amount_minor": "0.10", "reason": "asked for it"},
    "circulation:void": lambda: {"reason": "wrong member"},
    "circulation:remove_member": dict,
    "circulation:what_happened": lambda: {"what": "lost", "reason": "on a train"},
    "circulation:add_rule": lambda: {"copy_type": a_copy().copy_type_id, "loan_period": "7", "confirmed": "yes"},
    "circulation:edit_rule": lambda: {"branch": a_copy().home_branch_id, "loan_period": "14", "confirmed": "yes"},
    "circulation:remove_rule": dict,
    "circulation:calendar_week": lambda: {"is_open_1": "on", "opens_1": "10:00", "closes_1": "16:00"},
    "circulation:calendar_close": lambda: {"from_on": "2027-03-01", "to_on": "2027-03-02", "apply": "1"},
    "circulation:calendar_open_again": dict,
    "circulation:calendar_add": lambda: {"from_on": "2027-03-01", "to_on": "2027-03-02"},
    "circulation:calendar_entry": lambda: {"from_on": "2027-03-01", "to_on": "2027-03-02", "reason": "moved"},
    "circulation:calendar_remove": dict,
    "circulation:export": lambda: {"what": "all", "kind": "csv"},
    "circulation:undo": dict,
    "circulation:resend_message": dict,
    "circulation:cancel_message": dict,
    "circulation:letters": lambda: {"letter": [a_letter().pk]},
    "circulation:edit_notice_text": lambda: {"subject": "Late", "body": "{title}"},
    "circulation:reset_notice_text": dict,
}
GIVE_A_FILE = {"circulation:export"}  # the page stays; what was done is the record of who took it
# These say how something shall be, not that something shall happen: to say it twice is to say it once.
STATES = {
    "set_language", "accounts:set_up", "catalog:remove_cover", "catalog:resume_import", "circulation:choose_branch",
    "accounts:end_sign_in", "accounts:end_other_sign_ins", "accounts:reset_second_factor",
    "accounts:sign_out_everywhere", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn",
    "account_login", "account_logout", "account_reauthenticate", "account_change_password", "account_reset_password",
    "account_reset_password_from_key", "accounts:give_first_password", "circulation:resume_hold",
    "accounts:enable_webhook", "circulation:resume_mine", "catalog:import_columns", "catalog:import_options",
    "catalog:decide_import",
    "catalog:apply_import", "catalog:discard_import", "catalog:undo_import", "catalog:scan_choices",
    "catalog:scan_again", "accounts:tokens",
}  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the library but when somebody signed in last."""
    rows = {model.__name__: rows_of(model) for model in MODELS}
    for row in rows["User"]:
        del row["last_login"]
    return rows


@pytest.fixture
def url(address: Callable[[str], str], member_user: User, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The address by name; the copies C-IN and C-OUT are there, the member has them, Open Library has one book."""
    monkeypatch.setattr("catalog.views.importing.fetched", lambda *_args, **_options: RECORD)
    loan = make_loan(CopyFactory(barcode="C-OUT"), member_user.member)
    CopyFactory(barcode="C-IN")
    hold = make_hold(member=member_user.member)
    own = {
        "circulation:renew_mine": loan, "circulation:cancel_mine": hold, "circulation:suspend_mine": hold,
        "accounts:revoke_token": a_token(member_user),
    }  # fmt: skip
    names = {name: reverse(name, args=[row.pk]) for name, row in own.items()}
    return lambda name: names.get(name) or _with_a_queue(address(name))


def _with_a_queue(where: str) -> str:
    """The address, once somebody waits behind everybody who waits, and somebody did not pick up a copy."""
    for hold in list(Hold.objects.waiting()):
        make_hold(hold.book)
    make_ready_hold()
    Hold.objects.filter(pk=Hold.objects.ready().latest("pk").pk).update(pickup_by=date(2020, 1, 1))
    return where


@pytest.mark.parametrize("name", FORMS)
def test_form_sent_twice_has_one_effect(
    name: str, url: Callable[[str], str], desk: Client, admin_desk: Client, mine: Client
) -> None:  # fmt: skip
    browser = mine if name in OF_A_MEMBER else admin_desk if name in OF_AN_ADMIN else desk
    where = url(name)
    form = FORMS[name]()
    where += f"?{urlencode(first_two(TWO_OF[name]))}" if name in TWO_OF else ""
    before = everything()
    first = browser.post(where, form | {"key": KEY})
    done = everything()
    for sent in {"picture", "file", "photo"} & set(form):
        form[sent].seek(0)
    second = browser.post(where, form | {"key": KEY})
    answer = 200 if name in GIVE_A_FILE else 302
    assert (first.status_code, done != before) == (answer, True)
    assert (second.status_code in (answer, 404), everything() == done) == (True, True)


def test_every_address_that_takes_a_form_is_tried() -> None:
    only_read = {name for name in AUDIENCE if name not in FORMS and name not in STATES}
    assert only_read == {
        "library_site:home", "library_site:health", "library_site:ready", "library_site:metrics",
        "library_site:backups", "library_site:download_backup",
        "library_site:after_sign_in", "library_site:unsent",
        "accounts:members", "accounts:member", "accounts:member_card", "accounts:my_record", "accounts:sign_ins",
        "accounts:webhooks", "accounts:audit", "accounts:audit_csv", "accounts:staff",
        "mfa_index", "mfa_view_recovery_codes", "mfa_list_webauthn",
        "catalog:search", "catalog:suggest", "catalog:book", "catalog:jsonld", "catalog:cite", "catalog:cover",
        "catalog:small_cover", "catalog:new", "catalog:popular", "catalog:new_feed", "catalog:popular_feed",
        "catalog:opensearch", "catalog:sitemap", "catalog:sitemap_books",
        "catalog:robots", "catalog:isbn", "catalog:author", "catalog:subject",
        "catalog:books", "catalog:labels", "catalog:import", "catalog:import_wrong", "catalog:scan_lines",
        "catalog:duplicates",
        "catalog:found_cover", "catalog:batch", "circulation:my_loans", "circulation:my_fines", "circulation:desk",
        "circulation:loans", "circulation:loans_csv", "circulation:receipt", "circulation:cash_up",
        "circulation:cash_up_csv", "circulation:my_holds", "circulation:holds", "circulation:hold_slip",
        "circulation:outbox", "circulation:message", "circulation:notice_texts",
        "circulation:rehearse", "circulation:rules", "circulation:rule_lookup",
        "circulation:calendar", "account_signup", "account_inactive",
        "account_reset_password_done", "account_reset_password_from_key_done",
    }  # fmt: skip
