"""Drafts from a source saved: new, known or doubtful."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import BranchFactory
from accounts.tests.threads import at_once
from catalog.drafts import BookDraft
from catalog.models import Author, Book, Copy, Cover, SourceRecord
from catalog.queries import source_record
from catalog.services import importing
from catalog.services.books import delete_book, edit_book, snapshot
from catalog.services.importing import Doubtful, save_draft
from catalog.services.matching import find_match
from catalog.tests.factories import CopyTypeFactory
from catalog.tests.services.importing import DRAFT, ISBN, OTHER_ISBN, counts, here, now_of, save

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_new_record_becomes_a_book_with_a_copy_and_the_wish_for_its_cover(librarian: User) -> None:
    saved = save_draft(DRAFT, by=librarian, payload={"edition": {"key": "/books/OL1M"}}, sent="once", now=NOW)
    assert (saved.outcome, len(saved.copies), saved.copies[0].book) == ("added", 1, saved.book)
    said = snapshot(saved.book)
    assert (said["title"], said["year"], said["identifiers"]) == (
        "The Wasp Factory", 1990, [["isbn13", ISBN], ["lccn", "84012345"], ["oclc", "11111111"]],
    )  # fmt: skip
    assert set(saved.book.origins.values()) == {"openlibrary"}
    record = SourceRecord.objects.values("book", "source", "key", "work_key", "payload", "revision", "fetched_at").get()
    assert record == {
        "book": saved.book.pk, "source": "openlibrary", "key": "OL1M", "work_key": "OL1W",
        "payload": {"edition": {"key": "/books/OL1M"}}, "revision": 3, "fetched_at": NOW,
    }  # fmt: skip
    assert (Cover.objects.get().source_id, Author.objects.get().source_key) == (17, "OL1A")
    action = Action.objects.get()
    done = {"book": saved.book.pk, "outcome": "added", "copies": [saved.copies[0].pk]}
    assert (action.verb, action.by, action.target_id, action.after, action.result) == (
        "save_draft", librarian, saved.book.pk, done, {"value": done | {"sent": "once"}},
    )  # fmt: skip


def test_copies_are_what_the_desk_says() -> None:
    branch, kind = BranchFactory(), CopyTypeFactory()
    saved = save(copies=3, branch=branch, copy_type=kind, location="Attic")
    assert {(c.home_branch, c.copy_type, c.location) for c in saved.copies} == {(branch, kind, "Attic")}
    assert len(saved.copies) == 3


def test_record_may_be_saved_without_a_copy() -> None:
    saved = save(copies=0)
    assert (saved.outcome, saved.copies) == ("added", [])


def test_record_without_a_title_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        save(replace(DRAFT, title=""))
    assert (refused.value.code, counts()) == ("no_title", (0, 0, 0))


def test_record_of_a_source_without_keys_leaves_no_record_behind() -> None:
    assert save(BookDraft(title="Zine", source="file")).book.source_records.count() == 0


def test_known_record_changes_nothing() -> None:
    first = save()
    again = save()
    assert (again.outcome, again.book, again.copies, counts()) == ("known", first.book, [], (1, 1, 1))


def test_known_record_that_brings_no_news_leaves_no_trace() -> None:
    save(payload={"edition": {"title": "The Wasp Factory"}}, now=NOW)
    save(payload={"edition": {"title": "The Wasp Factory"}, "work": {}})
    assert (SourceRecord.objects.get().fetched_at, Action.objects.filter(verb="save_draft").count()) == (NOW, 1)


@pytest.mark.parametrize(
    ("news", "payload"),
    [
        ({"revision": 4}, {}),
        ({"work_key": "OL2W"}, {}),
        ({"isbns": (), "source_key": "OL2M"}, {}),
        ({}, {"work": {"title": "The Wasp Factory"}}),
    ],
)
def test_known_record_that_brings_news_is_written_down(news: dict, payload: dict) -> None:
    save(now=NOW)
    later = NOW + timedelta(days=1)
    draft = replace(DRAFT, **news)
    assert save(draft, payload=payload, now=later).outcome == "known"
    record = SourceRecord.objects.get(key=draft.source_key)
    assert (record.fetched_at, record.revision, record.work_key) == (later, draft.revision, draft.work_key)
    assert Action.objects.filter(verb="save_draft", at=later).count() == 1


def test_known_record_with_a_first_cover_wishes_for_it() -> None:
    save(replace(DRAFT, cover_id=None))
    save()
    assert (Cover.objects.get().source_id, Action.objects.filter(verb="save_draft").count()) == (17, 2)


def test_known_record_gets_a_copy_where_that_is_wanted() -> None:
    first = save()
    again = save(if_known="copy")
    assert (again.outcome, again.book, len(again.copies), counts()) == ("copy_added", first.book, 1, (1, 2, 1))


@pytest.mark.parametrize("more", [{"if_known": "copy", "copies": 0}, {"decision": "copy", "copies": 0}])
def test_no_copies_of_a_known_record_is_nothing(more: dict) -> None:
    save()
    assert (save(**more).outcome, counts()) == ("known", (1, 1, 1))


def test_import_of_what_is_here_never_overwrites_an_edit() -> None:
    book = save().book
    edit_book(book, BookDraft(title="Edited", year=1984), fields=["title", "year", "publisher"], by=None)
    before = snapshot(now_of(book))
    save(replace(DRAFT, title="The Wasp Factory again", publisher="Other", description="New"), if_known="copy")
    assert snapshot(now_of(book)) == before


def test_book_by_hand_with_the_same_isbn_gets_the_record_and_stays_as_it_was() -> None:
    book = here(isbns=(ISBN,), year=1984)
    before = snapshot(book)
    saved = save()
    assert (saved.outcome, saved.book, snapshot(now_of(book))) == ("known", book, before)
    assert source_record(book) == SourceRecord.objects.get(key="OL1M")
    assert save(replace(DRAFT, isbns=(OTHER_ISBN,), lccns=(), oclcs=())).book == book


def test_parts_of_a_record_that_are_missing_this_time_stay() -> None:
    save(payload={"edition": {"a": 1}, "work": {"b": 2}})
    save(replace(DRAFT, work_key="", revision=None), payload={"edition": {"a": 3}, "work": {}})
    record = SourceRecord.objects.get()
    assert (record.payload, record.work_key, record.revision) == (
        {"edition": {"a": 3}, "work": {"b": 2}}, "OL1W", 3,
    )  # fmt: skip


def test_form_sent_twice_saves_once() -> None:
    first = save(key="form-0001")
    assert (save(key="form-0001"), counts()) == (first, (1, 1, 1))


def test_form_that_comes_back_after_its_book_was_deleted_is_answered() -> None:
    delete_book(save(key="form-0001", copies=0).book, by=None)
    with pytest.raises(FormAlreadyUsed):
        save(key="form-0001", copies=0)
    assert counts() == (0, 0, 0)


def test_too_many_copies_are_refused_and_leave_nothing() -> None:
    with pytest.raises(Refused) as refused:
        save(copies=501)
    assert (refused.value.code, counts(), Cover.objects.count()) == ("too_many_copies", (0, 0, 0), 0)


def test_isbn_that_was_used_again_asks() -> None:
    book = here(title="Cooking for Dogs", isbns=(ISBN,))
    with pytest.raises(Doubtful) as doubt:
        save()
    match = doubt.value.match
    assert (match.book, match.by, match.is_certain, counts()) == (book, "isbn", False, (1, 0, 0))


def test_person_says_it_is_another_book() -> None:
    book = here(title="Cooking for Dogs", isbns=(ISBN,))
    saved = save(decision="new")
    assert (saved.outcome, saved.book != book, counts()) == ("added", True, (2, 1, 1))


def test_person_says_it_is_the_same_book_and_it_learns_the_isbns() -> None:
    book = here(title="Cooking for Dogs", isbns=(ISBN,))
    saved = save(replace(DRAFT, isbns=(ISBN, OTHER_ISBN)), decision="copy")
    assert (saved.outcome, saved.book, len(saved.copies), now_of(book).title) == (
        "copy_added", book, 1, "Cooking for Dogs",
    )  # fmt: skip
    assert snapshot(now_of(book))["identifiers"] == [["isbn13", ISBN], ["isbn13", OTHER_ISBN]]
    assert save().outcome == "known"


def test_person_says_to_do_nothing() -> None:
    here(title="Cooking for Dogs", isbns=(ISBN,))
    assert (save(decision="skip").outcome, Copy.objects.count()) == ("known", 0)


def test_record_that_is_here_by_its_key_is_never_made_twice() -> None:
    first = save()
    assert (save(decision="new").book, Book.objects.count()) == (first.book, 1)


def test_decision_about_a_doubt_can_use_the_form_that_raised_it() -> None:
    here(title="Cooking for Dogs", isbns=(ISBN,))
    with pytest.raises(Doubtful):
        save(key="form-0001")
    assert save(key="form-0001", decision="new").outcome == "added"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("draft", [DRAFT, replace(DRAFT, source_key="")], ids=["by key", "by ISBN"])
@pytest.mark.parametrize(("if_known", "copies"), [("nothing", 1), ("copy", 10)])
def test_record_saved_at_ten_desks_at_once_makes_one_book(
    draft: BookDraft, if_known: str, copies: int, transactional_db: None
) -> None:
    results = at_once(10, lambda _number: save(draft, if_known=if_known).outcome)
    others = "copy_added" if if_known == "copy" else "known"
    assert sorted(results) == sorted(["added", *[others] * 9])
    assert (Book.objects.count(), Copy.objects.count(), Cover.objects.count()) == (1, copies, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_every_desk_makes_its_own_book(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lock is there for: all look, nobody finds anything, all add."""
    together = threading.Barrier(5)

    def look_together(draft: BookDraft) -> None:
        assert find_match(draft) is None
        together.wait()

    monkeypatch.setattr(importing, "hold", lambda name: None)
    monkeypatch.setattr(importing, "find_match", look_together)
    unlocked = importing._save_draft.__wrapped__  # without its transaction
    facts = {"if_known": "nothing", "decision": "", "copies": 0, "branch": None, "copy_type": None, "payload": None}
    facts |= {"corrected": DRAFT, "sent": ""}
    draft = replace(DRAFT, source_key="", cover_id=None, contributors=())
    at_once(5, lambda n: unlocked(Action(key=str(n)), draft, by=None, now=NOW, **facts))
    assert Book.objects.count() == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_ten_times_at_once_adds_one_copy(transactional_db: None) -> None:
    save()
    results = at_once(10, lambda _number: save(if_known="copy", key="form-0001"))
    assert ({result.outcome for result in results}, Copy.objects.count()) == ({"copy_added"}, 2)
