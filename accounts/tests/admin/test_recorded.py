"""The admin site's tables: written down, kept from harm, and opened to Admins alone."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client, RequestFactory

from accounts.admin.recorded import ReadOnlyAdmin
from accounts.forms.fields import MoneyField
from accounts.models import Action, Branch, LibrarySettings, Member, MemberCategory, Restriction, User
from accounts.services.members import edit_member, restrict_member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
ADULT = {"code": "ADULT", "name": "Adult", "max_loans": "10", "debt_limit_minor": "10.00"}
OURS = [model for model in admin.site._registry if model._meta.app_label in ("accounts", "catalog", "circulation")]
NAMES = [f"{model._meta.app_label}/{model._meta.model_name}" for model in OURS]


def adult() -> MemberCategory:
    return MemberCategory.objects.get(code="ADULT")


def cell(page: Any, name: str) -> str:
    """What the first row of a table says in a column."""
    found = re.search(rf'<td class="field-{name}[^>]*>(.*?)</td>', page.content.decode())
    assert found is not None
    return found[1]


def page_of(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


@pytest.mark.parametrize("name", NAMES)
def test_every_table_opens_searches_and_filters_for_admins(name: str, admin_desk: Client) -> None:
    addresses = [
        f"/admin/{name}/",
        f"/admin/{name}/?q=x",
        f"/admin/{name}/?p=999999999&o=1.2.-3",
        f"/admin/{name}/?q=%00",
    ]
    assert {admin_desk.get(address).status_code for address in addresses} <= {200, 302}


@pytest.mark.parametrize("name", NAMES)
def test_no_table_opens_to_librarians(name: str, desk: Client) -> None:
    assert desk.get(f"/admin/{name}/", follow=True).status_code == 403


def test_change_is_saved_and_written_down_as_money(admin_desk: Client, admin_user: User) -> None:
    page = admin_desk.post(page_of(adult()), ADULT | {"name": "Grown-up", "debt_limit_minor": "12.5"})
    action = Action.objects.get()
    assert (page.status_code, adult().name, adult().debt_limit_minor) == (302, "Grown-up", 1250)
    assert (action.verb, action.by, action.before, action.after) == (
        "save_in_admin", admin_user, {"name": "Adult", "debt_limit_minor": 1000},
        {"name": "Grown-up", "debt_limit_minor": 1250},
    )  # fmt: skip


def test_saving_without_a_change_writes_nothing_down(admin_desk: Client) -> None:
    admin_desk.post(page_of(adult()), ADULT)
    assert Action.objects.count() == 0


def test_new_row_is_written_down(admin_desk: Client) -> None:
    admin_desk.post("/admin/accounts/branch/add/", {"code": "EAST", "name": "East"})
    action = Action.objects.get()
    assert (action.target_id, action.before, action.after) == (
        Branch.objects.get(code="EAST").pk, {}, {"code": "EAST", "name": "East"},
    )  # fmt: skip


@pytest.mark.parametrize("amount", ["-1", "1.005", "ten", "NaN", "1e30", "\x00"])
def test_amount_that_cannot_be_is_refused(amount: str, admin_desk: Client) -> None:
    page = admin_desk.post(page_of(adult()), ADULT | {"debt_limit_minor": amount})
    assert (page.status_code, adult().debt_limit_minor, Action.objects.count()) == (200, 1000, 0)


def test_every_amount_of_every_form_is_asked_as_money(admin_user: User) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    fields = {
        f"{model.__name__}.{name}": field
        for model in OURS
        for name, field in admin.site._registry[model].get_form(request, change=True)().fields.items()
        if name.endswith("_minor")
    }
    assert [name for name, field in fields.items() if not isinstance(field, MoneyField)] == []


def test_no_table_and_no_page_shows_minor_units(admin_user: User) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    shown = []
    for model in OURS:
        model_admin, row = admin.site._registry[model], model(pk=1)
        shown += [(model, name) for name in model_admin.get_list_display(request)]
        if not model_admin.has_change_permission(request, row):
            shown += [(model, name) for name in flatten_fieldsets(model_admin.get_fieldsets(request, row))]
    assert [each for each in shown if str(each[1]).endswith("_minor")] == []
    assert len([name for _model, name in shown if callable(name)]) >= 10


def test_amounts_are_shown_as_money_and_no_amount_as_nothing(admin_desk: Client) -> None:
    MemberCategory.objects.exclude(code="ADULT").delete()
    address = "/admin/accounts/membercategory/"
    assert cell(admin_desk.get(address), "debt_limit_minor") == "€10.00"
    LibrarySettings.objects.update(currency="JPY")
    assert cell(admin_desk.get(address), "debt_limit_minor") == "¥1,000"
    MemberCategory.objects.update(debt_limit_minor=None)
    assert cell(admin_desk.get(address), "debt_limit_minor") == "-"


def test_amounts_are_sorted_by_and_headed_like_their_column(admin_desk: Client) -> None:
    MemberCategoryFactory(code="POOR", debt_limit_minor=5)
    page = admin_desk.get("/admin/accounts/membercategory/?o=4").content.decode()
    assert re.findall(r"field-code[^>]*><a[^>]*>(\w+)", page)[0] == "POOR"
    assert "Debt limit" in page


def test_amount_that_is_only_read_on_a_form_is_money(admin_desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.site._registry[MemberCategory], "readonly_fields", ["debt_limit_minor"])
    page = admin_desk.get(page_of(adult()))
    assert 'name="debt_limit_minor"' not in page.content.decode()
    assert re.findall(r'<div class="readonly">(.*?)</div>', page.content.decode()) == ["€10.00"]
    admin_desk.post(page_of(adult()), ADULT | {"name": "Grown-up", "debt_limit_minor": "99"})
    assert (adult().name, adult().debt_limit_minor) == ("Grown-up", 1000)


def test_row_that_moved_on_meanwhile_keeps_what_the_form_does_not_ask(admin_desk: Client) -> None:
    member = MemberFactory(phone="1", note="old")
    form = {
        "name": member.name,
        "category": member.category_id,
        "joined_on": "2020-01-01",
        "note": "new",
        "keep_history": "unknown",
        "notices_by": "email",
    }
    model_admin = admin.site._registry[Member]
    load = model_admin.get_object

    def load_and_let_the_desk_go_on(*args: Any) -> Member:
        row = load(*args)
        Member.objects.filter(pk=member.pk).update(loans_ever=9, card_number="NEWCARD")
        return row

    model_admin.get_object = load_and_let_the_desk_go_on
    try:
        admin_desk.post(page_of(member), form)
    finally:
        del model_admin.get_object
    member.refresh_from_db()
    assert (member.note, member.loans_ever, member.card_number) == ("new", 9, "NEWCARD")


@pytest.mark.parametrize("field", ["card_number", "user", "loans_ever", "pin_hash"])
def test_admin_reaches_nothing_a_member_owes_to_the_desk(field: str, admin_desk: Client, admin_user: User) -> None:
    member = MemberFactory(card_number="C1")
    before = Member.objects.values(field).get()
    form = {"name": "New", "category": member.category_id, "joined_on": "2020-01-01", "keep_history": "unknown",
            "notices_by": "email"}  # fmt: skip
    admin_desk.post(page_of(member), form | {field: admin_user.pk})
    assert (Member.objects.values(field).get(), Member.objects.get().name) == (before, "New")


def test_sign_in_follows_a_member_edited_in_the_admin_site(admin_desk: Client) -> None:
    member = MemberFactory(user=UserFactory(name="Old", email="old@example.org"), email="old@example.org")
    form = {"name": "New", "email": "new@example.org", "category": member.category_id, "joined_on": "2020-01-01",
            "keep_history": "unknown", "notices_by": "email"}  # fmt: skip
    admin_desk.post(page_of(member), form)
    user = User.objects.get(member=member)
    assert (user.name, user.email) == ("New", "new@example.org")
    assert Action.objects.get().after == {"name": "New", "email": "new@example.org"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_people_or_money_is_deleted_in_the_admin_site(
    name: str, admin_desk: Client, admin_user: User
) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    model_admin = next(
        each
        for model, each in admin.site._registry.items()
        if name == f"{model._meta.app_label}/{model._meta.model_name}"
    )
    assert model_admin.has_delete_permission(request) is False
    assert "delete_selected" not in model_admin.get_actions(request)


def test_records_are_only_looked_at(admin_desk: Client) -> None:
    edit_member(MemberFactory(), phone="1", by=None)
    restriction = restrict_member(Member.objects.get(), reason="x", by=None)
    for row in (Action.objects.first(), restriction):
        pages = [admin_desk.get(page_of(row)), admin_desk.post(page_of(row), {"reason": "y"})]
        assert [page.status_code for page in pages] == [200, 403]
    assert (Restriction.objects.get().reason, admin_desk.get("/admin/accounts/action/add/").status_code) == ("x", 403)
    assert isinstance(admin.site._registry[Action], ReadOnlyAdmin)


def test_settings_are_one_row_whose_currency_is_not_changed_here(admin_desk: Client) -> None:
    library = LibrarySettings.current()
    assert admin_desk.get("/admin/accounts/librarysettings/add/").status_code == 403
    page = admin_desk.get(page_of(library)).content.decode()
    assert ('name="currency"' in page, 'name="time_zone"' in page) == (False, True)


def test_hostile_words_are_only_words_in_the_admin_site(admin_desk: Client) -> None:
    member = MemberFactory(name="<script>alert(1)</script>")
    edit_member(member, name="<script>alert(2)</script>", by=None)
    for address in ("/admin/accounts/member/", "/admin/accounts/action/", page_of(member)):
        assert "<script>alert" not in admin_desk.get(address).content.decode()
