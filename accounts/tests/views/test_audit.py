"""The record of actions: found, read and taken out by Admins; a member sees the own part."""

import ast
import csv
import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client

from accounts.forms.record import RecordFilterForm
from accounts.models import Action, ApiAnswer, LibrarySettings, Look, Member, User
from accounts.services.library import change_settings
from accounts.services.members import edit_member, register_member, restrict_member
from accounts.services.record import forget_old_records, note_look
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory
from accounts.verbs import VERBS
from circulation.queries.record import actions_found
from circulation.services.ledger import charge_member
from circulation.services.removal import remove_member
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
PLACE = "/desk/audit/"
MORNING = datetime(2026, 5, 5, 8, tzinfo=UTC)
TODAY, DAY = date(2026, 5, 5), timedelta(days=1)


@pytest.fixture
def deeds(librarian: User, admin_user: User) -> Member:
    """Otto is registered, changed and barred, the library is renamed; the member."""
    category = MemberCategoryFactory()
    member = register_member(name="Otto", category=category, card_number="C9", by=librarian, now=MORNING)
    edit_member(member, phone="555", by=librarian, now=MORNING + DAY)
    restrict_member(member, reason="ill-mannered", by=admin_user, now=MORNING + 2 * DAY)
    change_settings(name="Town Library", by=admin_user, now=MORNING + 3 * DAY)
    return member


def verbs_of(page: Any) -> list[str]:
    return [action.verb for action, _thing, _changes in page.context["rows"]]


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


# --- found ------------------------------------------------------------------------------------------

FILTERS = {
    "": ["change_settings", "restrict_member", "edit_member", "register_member"],
    "person=lena": ["edit_member", "register_member"],
    "person=admin": ["change_settings", "restrict_member"],
    "member=c9": ["restrict_member", "edit_member", "register_member"],
    "verb=edit_member": ["edit_member"],
    "kind=accounts.librarysettings": ["change_settings"],
    "kind=accounts.librarysettings&number=1": ["change_settings"],
    "number=9223372036854775807": [],
    "from_on=2026-05-06&to_on=2026-05-07": ["restrict_member", "edit_member"],
    "person=lena&verb=restrict_member": [],
}


@pytest.mark.parametrize("query", FILTERS)
def test_actions_are_found_by(query: str, deeds: Member, admin_desk: Client) -> None:
    assert verbs_of(admin_desk.get(f"{PLACE}?{query}")) == FILTERS[query]


@pytest.mark.parametrize(
    "query", ["member=nobody", "verb=x", "kind=x", "number=0", f"number={10**30}", "from_on=x", "person=a%00"]
)
def test_odd_question_finds_nothing_says_so_and_gives_no_file(query: str, deeds: Member, admin_desk: Client) -> None:
    page, file = admin_desk.get(f"{PLACE}?{query}"), admin_desk.get(f"/desk/audit.csv?{query}")
    assert (page.status_code, verbs_of(page), file.status_code) == (200, [], 400)
    assert "There is a problem" in words(page)


def test_page_says_who_did_what_to_whom_before_and_after(deeds: Member, admin_desk: Client) -> None:
    said = words(admin_desk.get(f"{PLACE}?verb=edit_member"))
    assert "Member changed Lena Librarian Otto (C9) phone: 555" in said
    assert "name of the library: Openshelf → Town Library" in words(admin_desk.get(f"{PLACE}?verb=change_settings"))
    assert "Barred from borrowing you Otto (C9) Reason: ill-mannered" in words(
        admin_desk.get(f"{PLACE}?verb=restrict_member")
    )


def test_before_and_after_are_what_changed_in_words_for_people(admin_desk: Client, library: LibrarySettings) -> None:
    before = {"due_at": "2026-05-05T21:59:59+00:00", "renewals": 1, "explanation": {"steps": [{"a": 1}]}}
    after = {
        "due_at": "2026-06-05T21:59:59+00:00",
        "entries": [],
        "fine": None,
        "scopes": ["read", "manage"],
        "x": True,
    }
    Action.objects.create(key="k", verb="renew", at=MORNING, target_type="circulation.loan", before=before, after=after)
    gone = {"verb": "delete_copy", "target_type": "catalog.copy", "before": {"barcode": "B1"}}
    Action.objects.create(key="k2", at=MORNING, **gone)
    [removed, renewed] = [changes for _action, _thing, changes in admin_desk.get(PLACE).context["rows"]]
    assert [tuple(change)[:3] for change in renewed if not change.is_only_before] == [
        ("due", "5 May 2026, 21:59", "5 Jun 2026, 21:59"), ("scopes", "", "read, manage"), ("x", "", "yes"),
    ]  # fmt: skip
    assert [tuple(change)[:2] for change in renewed if change.is_only_before] == [("renewals", "1")]
    assert [tuple(change) for change in removed] == [("barcode", "B1", "", False)]


def test_what_is_gone_and_what_is_hostile_is_shown_as_text(admin_desk: Client) -> None:
    for kind in ("accounts.member", "accounts.gone", "nonsense", ""):
        Action.objects.create(
            key=f"k-{kind}", verb="<b>verb</b>", at=MORNING, target_type=kind, target_id=999_999,
            before={"<i>field</i>": "<script>alert(1)</script>"}, after={"x": [1, {"y": None}]}, reason="<u>why</u>",
        )  # fmt: skip
    content = admin_desk.get(PLACE).content.decode()
    assert [mark for mark in ("<b>verb", "<i>field", "<script>alert", "<u>why") if mark in content] == []
    assert content.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4


def test_stretches_neither_repeat_nor_hide_what_is_done_meanwhile(admin_desk: Client) -> None:
    def record(numbers: range) -> None:
        Action.objects.bulk_create(Action(key=f"k{n}", verb="export", at=MORNING, reason=str(n)) for n in numbers)

    def shown(page: Any) -> list[int]:
        return [int(action.reason) for action, _thing, _changes in page.context["rows"]]

    record(range(60))
    first = admin_desk.get(PLACE)
    record(range(60, 70))
    second = admin_desk.get(f"{PLACE}?before={first.context['stretch'].older}")
    third = admin_desk.get(f"{PLACE}?before={second.context['stretch'].older}")
    assert shown(first) + shown(second) + shown(third) == list(range(59, -1, -1))
    assert (third.context["stretch"].older, second.context["stretch"].newer is not None) == (None, True)
    back = admin_desk.get(f"{PLACE}?after={second.context['stretch'].newer}")
    newest = admin_desk.get(f"{PLACE}?after={back.context['stretch'].newer}")
    assert (shown(back), shown(newest)) == (shown(first), list(range(69, 59, -1)))


@pytest.mark.parametrize("query", ["before=x", "after=x", f"before={10**30}", "before=-1", "before=%00"])
def test_place_in_the_list_that_makes_no_sense_is_the_newest(query: str, deeds: Member, admin_desk: Client) -> None:
    assert verbs_of(admin_desk.get(f"{PLACE}?{query}")) == FILTERS[""]


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_nine_times(
    count: int, admin_desk: Client, librarian: User, django_assert_num_queries: Any
) -> None:
    for _each in range(count):
        make_loan()
        charge_member(MemberFactory(), amount_minor=100, reason="x", by=librarian)
        edit_member(MemberFactory(), phone="1", by=UserFactory())
    with django_assert_num_queries(9):
        assert len(verbs_of(admin_desk.get(PLACE))) == 2 * count + Action.objects.filter(verb="issue").count()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what it has counted")
@pytest.mark.parametrize("query", ["", "verb=issue", "kind=circulation.loan", "from_on=2020-01-01", "person=lena"])
def test_no_question_sorts_all_actions_there_ever_were(query: str, db: None) -> None:
    form = RecordFilterForm(QueryDict(query))
    assert form.is_valid() is True
    found = actions_found(**form.cleaned_data)
    assert "TEMP B-TREE" not in found.select_related("by").order_by("-pk")[:25].explain()


# --- taken out --------------------------------------------------------------------------------------


def lines_of(page: Any) -> list[list[str]]:
    return list(csv.reader(b"".join(page.streaming_content).decode("utf-8-sig").splitlines()))


def test_file_holds_what_the_page_finds(deeds: Member, admin_desk: Client) -> None:
    head, *lines = lines_of(admin_desk.get("/desk/audit.csv?member=C9"))
    assert [line[4] for line in lines] == FILTERS["member=c9"]
    found = dict(zip(head, lines[1], strict=True))
    assert (found["When"], found["Done by"], found["What it is today"], found["After"]) == (
        "2026-05-06 08:00:00", "Lena Librarian", "Otto (C9)", '{"phone": "555"}',
    )  # fmt: skip


# --- words for everything that is done --------------------------------------------------------------


def recorded_verbs() -> Iterator[str]:
    for app in ("accounts", "catalog", "circulation", "library_site"):
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "recorded":
                    yield ast.literal_eval(node.args[0])


def test_every_verb_has_its_words() -> None:
    assert set(recorded_verbs()) - set(VERBS) == set()


# --- a member's own part ----------------------------------------------------------------------------


def test_member_sees_who_changed_and_who_looked(mine: Client, member_user: User, desk: Client, librarian: User) -> None:
    edit_member(member_user.member, phone="555", note="A secret of the desk", by=librarian)
    edit_member(MemberFactory(name="Otto"), phone="1", by=librarian)
    desk.get(f"/desk/members/{member_user.member.pk}/")
    page = mine.get("/me/record/")
    assert verbs_of(page) == ["edit_member"]
    assert "Member changed Lena Librarian Mia Member (M000001X) note for the desk, phone" in words(page)
    assert [look.by for look in page.context["looks"]] == [librarian]
    assert [secret for secret in ("555", "A secret of the desk", "Otto") if secret in words(page)] == []


def test_person_without_a_card_sees_what_was_done_to_the_sign_in(
    desk: Client, librarian: User, admin_desk: Client
) -> None:
    admin_desk.post(f"/desk/staff/{librarian.pk}/sign-out/")
    assert verbs_of(admin_desk.get("/me/record/")) == []
    assert Action.objects.get(verb="sign_out_everywhere").target_id == librarian.pk


def test_member_who_is_removed_leaves_nothing_of_it(desk: Client, librarian: User, deeds: Member) -> None:
    desk.get(f"/desk/members/{deeds.pk}/")
    ApiAnswer.objects.create(key="k", begun_at=MORNING, status=201, body='{"card_number":"C9","name":"Otto"}')
    remove_member(deeds, by=librarian)
    kept = str([*Action.objects.values("before", "after", "reason"), *ApiAnswer.objects.values("body")])
    assert Look.objects.count() == 0
    assert [word for word in ("Otto", "555", "ill-mannered", "C9") if word in kept] == []


# --- looks are thin ---------------------------------------------------------------------------------


def looks() -> list[tuple[str, str]]:
    return list(Look.objects.order_by("pk").values_list("by__username", "member__name"))


def test_page_opened_many_times_a_day_is_one_look(desk: Client, admin_desk: Client) -> None:
    member = MemberFactory(name="Otto")
    for place in ("", "", "edit/"):
        desk.get(f"/desk/members/{member.pk}/{place}")
    admin_desk.get(f"/desk/members/{member.pk}/")
    assert looks() == [("librarian", "Otto"), ("admin", "Otto")]


def test_another_day_is_another_look(librarian: User) -> None:
    member = MemberFactory(name="Otto")
    for day in (TODAY, TODAY, TODAY + DAY):
        note_look(member, by=librarian, on=day)
    assert looks() == [("librarian", "Otto")] * 2


def test_own_page_and_a_question_for_the_head_are_no_looks(desk: Client, librarian: User) -> None:
    own = MemberFactory(user=librarian)
    desk.get(f"/desk/members/{own.pk}/")
    desk.head(f"/desk/members/{MemberFactory().pk}/")
    desk.get("/desk/members/?q=Otto")
    assert looks() == []


# --- kept for the set time --------------------------------------------------------------------------


def test_what_is_too_old_is_forgotten_a_piece_at_a_time(
    librarian: User, deeds: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.services.record.AT_ONCE", 1)
    note_look(deeds, by=librarian, on=TODAY)
    note_look(deeds, by=librarian, on=TODAY + 2 * DAY)
    LibrarySettings.objects.filter(pk=1).update(record_days=30)
    assert forget_old_records(MORNING + timedelta(days=32, minutes=-1)) == 3
    assert list(Action.objects.order_by("pk").values_list("verb", flat=True)) == ["restrict_member", "change_settings"]
    assert list(Look.objects.values_list("on", flat=True)) == [TODAY + 2 * DAY]
    assert forget_old_records(MORNING + timedelta(days=32, minutes=-1)) == 0


def test_everything_is_kept_if_the_library_says_so(deeds: Member) -> None:
    LibrarySettings.objects.filter(pk=1).update(record_days=None)
    assert (forget_old_records(MORNING + timedelta(days=9_999)), Action.objects.count()) == (0, 4)
