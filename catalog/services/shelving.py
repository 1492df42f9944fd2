"""Lines of an import that are books, brought in many at a time: books, copies and what stands beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.scans import clean_code
from accounts.services.numbers import BARCODES, hold
from accounts.services.rows import as_json, insert_rows
from catalog.drafts import BookDraft, CopyDraft
from catalog.models import Book, BookIdentifier, Cover, ImportBatch, ImportRow
from catalog.search.documents import Stock, document
from catalog.services.creating import Made, create_books, numbers_of
from catalog.services.judging import barcode_taken, wrong_with
from catalog.services.lines import AnyLine
from catalog.services.matching import Found, Known, best, known_here
from catalog.services.placing import NewCopy, Places, save_copies, today_here
from catalog.services.search import index_books, write
from catalog.services.seeking import Sought
from catalog.services.sources import Received, keep_sources

Verdict, Outcome, Decision = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Decision
ISBNS = ("isbn13", "isbn10")
SAVE_ROW = (
    "UPDATE catalog_importrow SET outcome = %s, reason = %s, verdict = %s, matched_by = %s, matched_book_id = %s,"
    " created_book_id = %s, created_member_id = %s, made = %s WHERE id = %s"
)


@dataclass(slots=True)
class Plan:
    """What is to be done with a line that is a book: make it, or give copies to the one it is.

    ``book``: the key of that one, 0 as long as it is not there.
    """

    row: AnyLine
    draft: BookDraft
    found: Found | None
    copies: list[CopyDraft] = field(default_factory=list)
    book: int = 0
    call_number: str = ""
    made: dict[str, Any] = field(default_factory=dict)
    done: list[NewCopy] = field(default_factory=list)
    facts: Made | None = None

    @property
    def is_new(self) -> bool:
        return self.found is None

    @property
    def is_own(self) -> bool:
        """Whether its book is made in this very transaction."""
        return self.found is None or self.found.id < 0


def apply_books(batch: ImportBatch, rows: Sequence[AnyLine], now: datetime) -> None:
    """Make of ``rows`` (locked and waiting, in their order) what they and the options of ``batch`` say.

    A line that is still doubtful keeps waiting, in an import without review it has failed. Every line is matched
    anew, for much may have come in since it was staged. Inside the caller's transaction.
    """
    hold(BARCODES)
    plans = _Planning(batch).plans(rows)
    new = [plan for plan in plans if plan.is_new]
    origins = [plan.draft.source or batch.source for plan in new]
    for plan, made in zip(new, create_books([plan.draft for plan in new], origins), strict=True):
        plan.book, plan.call_number, plan.facts = made.pk, made.call_number, made
        plan.made = {"authors": made.new_authors, "subjects": made.new_subjects}
    _find_books(plans)
    _learn_isbns([plan for plan in plans if plan.row.decision == Decision.COPY and not plan.is_new])
    _make_copies(batch, plans, now)
    _keep_what_came(plans, now)
    _index_new(new, plans)
    index_books({plan.book for plan in plans if not plan.is_own and (plan.done or plan.made)})
    for plan in plans:
        _note(plan)
    save_rows(rows)
    _save_made_copies(plans)


def save_rows(rows: Sequence[AnyLine]) -> None:
    """Save what became of ``rows``."""
    values = [
        (row.outcome, row.reason, row.verdict, row.matched_by, row.matched_book_id, row.created_book_id,
         row.created_member_id, as_json(row.made), row.pk)
        for row in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:  # Django's bulk_update takes ten times as long
        cursor.executemany(SAVE_ROW, values)


class _Planning:
    """Decides line by line; a line may be the book of one before it. Other lines than plans are dealt with at once."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.adds_copies = batch.options.get("if_known") == "copy"
        self.blank = [CopyDraft()] * min(500, int(batch.options.get("make_copies", 1)))

    def plans(self, rows: Sequence[AnyLine]) -> list[Plan]:
        wanted = [Sought.of(_draft_of(row)) for row in rows]
        known = known_here(wanted, [row.raw_digest for row in rows], self.batch)
        own = self._own(known)
        plans = []
        for row, sought in zip(rows, wanted, strict=True):
            found = self._found(row, sought, known)
            if self._is_for_a_person(row, sought, found, known):
                continue
            plan = Plan(row, sought.draft, found)
            was_asked = row.copies is not None and row.matched_book_id  # whether a book that is here gets them
            is_own = found is not None and (found.id < 0 or (found.id in own and not was_asked))
            plan.copies = self._copies(plan, known, is_own=is_own)
            plans.append(plan)
            id = found.id if found else -row.n
            if found is None:
                known.add(sought, id)
            for code in sought.barcodes:
                known.barcodes.setdefault(code, id)
        return plans

    def _own(self, known: Known) -> set[int]:
        """Those of the ``known`` books that this import has made."""
        rows = self.batch.rows.filter(created_book__among=list(known.facts)) if known.facts else self.batch.rows.none()
        return set(rows.values_list("created_book", flat=True))

    def _found(self, row: AnyLine, sought: Sought, known: Known) -> Found | None:
        found = best(sought, known, row.raw_digest)
        return found if row.decision != Decision.NEW or (found and found.by == "key") else None

    def _is_for_a_person(self, row: AnyLine, sought: Sought, found: Found | None, known: Known) -> bool:
        """Whether nothing is made of the line now; then it says why."""
        taken = found is None and any(code in known.barcodes for code in sought.barcodes)
        if row.decision == Decision.SKIP:
            row.outcome = Outcome.SKIPPED
        elif wrong := wrong_with(sought):
            row.outcome, row.verdict, row.reason = Outcome.FAILED, Verdict.WRONG, wrong
        elif taken or (found and found.by == "barcode" and not found.is_certain):
            row.outcome, row.verdict, row.reason = Outcome.FAILED, Verdict.WRONG, barcode_taken(sought, known)
        elif found and not found.is_certain and row.decision == Decision.AUTO:
            self._leave_doubtful(row, found, known)
        else:
            return False
        return True

    def _leave_doubtful(self, row: AnyLine, found: Found, known: Known) -> None:
        row.verdict, row.matched_by = Verdict.DOUBTFUL, found.by
        row.matched_book_id = found.id if found.id > 0 else None
        if self.batch.options.get("auto_apply"):
            row.outcome = Outcome.FAILED
            row.reason = _("It may be “%(title)s”, which is here. Look at both and add it by hand.") % {
                "title": known.facts[found.id].title
            }

    def _copies(self, plan: Plan, known: Known, *, is_own: bool) -> list[CopyDraft]:
        """Of a new book what the line says, else blank ones. Of a book that is here those it lacks, if wanted."""
        draft, found = plan.draft, plan.found
        if found is None:
            return list(draft.copies) or self.blank
        by_person = plan.row.decision == Decision.COPY
        if found.by == "row" and not by_person:
            return []
        wanted = by_person or self.adds_copies or _is_promised(plan.row)
        if draft.copies:
            lacking = [copy for copy in draft.copies if clean_code(copy.barcode) not in known.barcodes]
            return lacking if wanted or is_own else []
        return (self.blank or [CopyDraft()]) if wanted else []


def _is_promised(row: AnyLine) -> bool:
    """Whether a person was told that the book is new: the copies in their hands come in, whoever was faster."""
    return row.copies is not None and (row.verdict == Verdict.NEW or row.decision == Decision.NEW)


def _draft_of(row: AnyLine) -> BookDraft:
    draft = BookDraft.from_json(row.draft)
    return draft if row.copies is None else replace(draft, copies=(CopyDraft(),) * row.copies)


def _find_books(plans: Sequence[Plan]) -> None:
    """Put to each plan its book: the one that is here, or that an earlier line has made."""
    pks = {plan.found.id for plan in plans if plan.found and plan.found.id > 0}
    here = Book.objects.filter(pk__among=pks).values_list("pk", "call_number") if pks else ()
    books = {pk: (pk, call_number) for pk, call_number in here}
    books |= {-plan.row.n: (plan.book, plan.call_number) for plan in plans if plan.is_new}
    for plan in plans:
        if plan.found:
            plan.book, plan.call_number = books[plan.found.id]


def _learn_isbns(plans: Sequence[Plan]) -> None:
    """Where a person said it is the same book, it gets the ISBNs it lacks."""
    pks = {plan.book for plan in plans}
    known = set(BookIdentifier.objects.filter(book__in=pks).values_list("book", "kind", "value")) if pks else set()
    rows = []
    for plan in plans:
        own = [(plan.book, *pair) for pair in numbers_of(plan.draft) if pair[0] in ISBNS]
        new = [triple for triple in own if triple not in known]
        known.update(new)
        rows += [BookIdentifier(book_id=pk, kind=kind, value=value) for pk, kind, value in new]
        plan.made |= {"identifiers": [[kind, value] for _pk, kind, value in new]} if new else {}
    BookIdentifier.objects.bulk_create(rows)


def _make_copies(batch: ImportBatch, plans: Sequence[Plan], now: datetime) -> None:
    places, today = Places.here(batch.options), today_here(now)
    for plan in plans:
        is_whole = plan.row.draft.get("copies_are_whole") and plan.draft.copies
        mark = "" if is_whole else plan.call_number
        plan.done = [places.copy_of(plan.book, mark, copy, today) for copy in plan.copies]
        plan.row.reason = " ".join(places.unknown(plan.copies))
    save_copies([copy for plan in plans for copy in plan.done])


def _index_new(new: Sequence[Plan], plans: Sequence[Plan]) -> None:
    """Let search find the new books, without reading again what was just written."""
    copies: dict[int, list[NewCopy]] = {}
    for plan in plans:
        if plan.is_own:
            copies.setdefault(plan.book, []).extend(plan.done)
    facts = [plan.facts.for_search(copies[plan.book]) for plan in new if plan.facts]
    write([document(each, Stock()) for each in facts], is_counted=True)


def _keep_what_came(plans: Sequence[Plan], now: datetime) -> None:
    """The records as received, and the wish for the covers of books that have none."""
    received = [Received(plan.book, plan.draft, plan.row.draft.get("payload") or {}) for plan in plans]
    for plan, records in zip(plans, keep_sources(received, now), strict=True):
        if records and not plan.is_new:
            plan.made["sources"] = [record.pk for record in records]
    wishes = {plan.book: plan.draft.cover_id for plan in reversed(plans) if plan.draft.cover_id}
    if wishes:
        having = set(Cover.objects.filter(book__in=list(wishes)).values_list("book", flat=True))
        Cover.objects.bulk_create(
            Cover(book_id=pk, source_id=number, total=1) for pk, number in wishes.items() if pk not in having
        )


def _note(plan: Plan) -> None:
    row, book = plan.row, plan.book
    row.made = {name: value for name, value in plan.made.items() if value}
    if plan.is_new:
        row.outcome, row.created_book_id, row.matched_book_id, row.matched_by = Outcome.ADDED, book, None, ""
    else:
        row.outcome = Outcome.COPY_ADDED if plan.done else Outcome.KNOWN
        row.matched_book_id, row.matched_by = book, plan.found.by if plan.found else ""


def _save_made_copies(plans: Sequence[Plan]) -> None:
    through = ImportRow.created_copies.through
    insert_rows(through, ("importrow", "copy"), [(plan.row.pk, copy.pk) for plan in plans for copy in plan.done])
