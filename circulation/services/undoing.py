"""Taking back a whole import, as long as nothing of it was lent: line by line from the last, by the worker."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, Card, LibrarySettings, Member, User
from accounts.services import work
from accounts.services.actions import as_json, describe, recorded
from accounts.services.members import EDITABLE
from accounts.services.numbers import BARCODES, hold
from accounts.services.webhooks import tell_of_member
from catalog.models import (
    Author,
    Book,
    BookIdentifier,
    Copy,
    Cover,
    ImportBatch,
    ImportRow,
    MergedRecord,
    RecordKind,
    SourceRecord,
    Subject,
)
from catalog.services.covers import forget_file
from catalog.services.shelving import save_rows
from catalog.services.spelling import doubt_words_of
from circulation.models import Loan
from circulation.queries.imports import loans_made, reasons_not_to_undo, untouched, used_copies, used_members
from circulation.services.locks import lock_copies, lock_members
from circulation.services.search import tell_search, tell_search_of_copies

CHUNK = 200  # lines that are taken back together
CHUNKS_PER_TURN = 10  # then other work gets its turn
Outcome, What, Phase, State = ImportRow.Outcome, ImportRow.What, ImportBatch.Phase, ImportBatch.State
LEFT_SOMETHING = (Outcome.ADDED, Outcome.COPY_ADDED, Outcome.UPDATED)


@recorded("undo_import")
def undo_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Have the worker take back everything that ``batch`` brought in; also of one that stopped half way.

    Raises Refused("was_lent") with the reasons where something of it was used since, and "changed_since" while it is
    being worked on or where there is nothing to take back.
    """
    if reasons := reasons_not_to_undo(batch):
        raise Refused("was_lent", "\n".join([_("This import can no longer be taken back as a whole."), *reasons]))
    is_over = Q(phase=Phase.APPLIED, state=State.DONE)
    stopped = Q(phase=Phase.APPLYING, state__in=(State.PAUSED, State.FAILED))
    total = batch.rows.filter(outcome__in=LEFT_SOMETHING).count()
    moved = ImportBatch.objects.filter(is_over | stopped, pk=batch.pk).update(
        phase=Phase.UNDOING, state=State.QUEUED, cursor=0, done=0, total=total, attempts=0, lease_until=None,
        due_at=None, problem="", finished_at=None,
    )  # fmt: skip
    if not moved:
        raise Refused("changed_since", _("The import has gone on meanwhile; reload the page."))
    batch.refresh_from_db()
    describe(action, batch, after={"phase": Phase.UNDOING.value, "lines": total})
    return batch


def continue_undoing(
    batch: ImportBatch, *, should_stop: Callable[[], bool] = lambda: False, chunks: int = CHUNKS_PER_TURN,
    on_chunk: Callable[[int], None] = lambda _done: None,
) -> None:  # fmt: skip
    """Take back lines of a claimed ``batch``, the last ones first, for a turn of so many ``chunks`` or to the end.

    What was used in the meantime stays, and the line says why. ``on_chunk`` hears how many lines are done.
    """
    try:
        for _turn in range(chunks):
            if not _undo_chunk(batch):
                work.hand_over(batch, State.DONE, phase=Phase.UNDONE, cursor=0, finished_at=timezone.now())
                return
            on_chunk(batch.done)
            if should_stop():
                break
        work.hand_back(batch)
    except work.ClaimLost:
        return


def _undo_chunk(batch: ImportBatch) -> bool:
    with work.claimed(batch):
        left = batch.rows.filter(outcome__in=LEFT_SOMETHING).order_by("-n")
        kinds = set(left.order_by().values_list("what", flat=True).distinct())
        what = next((each for each in _UNDO if each in kinds), None)
        if what is None:
            return False
        rows = list(left.filter(what=what)[:CHUNK])
        _UNDO[what](rows)
        save_rows(rows)
        work.reach(batch, rows[-1].n, batch.done + len(rows))
    return True


def _undo_loans(rows: Sequence[ImportRow]) -> None:
    """Loans that are as they came in are deleted: they never began here."""
    made = loans_made(rows)
    members = Loan.objects.filter(pk__in=made).values_list("member", flat=True)
    lock_members(members)
    lock_copies(Copy.objects.filter(loans__in=list(made)))
    loans = {loan.pk: loan for loan in Loan.objects.select_for_update(of=("self",)).filter(pk__in=made)}
    gone = {pk: loan for pk, loan in loans.items() if untouched(loan, made[pk])}
    books = set(Copy.objects.filter(loans__in=list(gone)).values_list("book", flat=True))
    for loan in gone.values():
        Member.objects.filter(pk=loan.member_id or 0).update(loans_ever=F("loans_ever") - 1)
    Loan.objects.filter(pk__in=list(gone)).delete()
    tell_search(*books)
    for row in rows:
        is_kept = row.made["loan"] in loans and row.made["loan"] not in gone
        _note(row, _("The loan has gone on since.") if is_kept else "")


def _undo_members(rows: Sequence[ImportRow]) -> None:
    members = lock_members([row.created_member_id or row.made.get("member") for row in rows])
    created = [row.created_member_id for row in rows if row.created_member_id in members]
    used = set(used_members(Member.objects.filter(pk__in=created)).values_list("pk", flat=True))
    gone = [members[pk] for pk in created if pk and pk not in used]
    for row in rows:
        if row.outcome == Outcome.UPDATED:
            _note(row, _put_back(members.get(row.made.get("member", 0)), row.made))
        else:
            _note(
                row, _("The member has borrowed, reserved, paid or signed in.") if row.created_member_id in used else ""
            )
        row.created_member_id = row.created_member_id if row.created_member_id in used else None
    library = LibrarySettings.current()
    for member in gone:
        tell_of_member(member, "removed", timezone.now(), library=library)
        member.notices.all().delete()
        member.messages.all().delete()
    Member.objects.filter(pk__in=[member.pk for member in gone]).delete()
    Card.objects.filter(number__in=[member.card_number for member in gone]).delete()  # nobody ever showed it


def _put_back(member: Member | None, made: dict[str, Any]) -> str:
    """Give ``member`` the values from before, where nobody changed them since; why not, in words."""
    if member is None:
        return ""
    if any(as_json(getattr(member, name)) != value for name, value in made["after"].items()):
        return _("The member was changed since.")
    names = [name for name in made["before"] if name in EDITABLE]
    for name in names:
        column: Any = Member._meta.get_field(name)
        setattr(member, column.attname, column.to_python(made["before"][name]))
    member.save(update_fields=names)
    return ""


def _undo_books(rows: Sequence[ImportRow]) -> None:
    """Copies that were never used go, then books that have no others, then what stood beside them."""
    hold(BARCODES)
    through = ImportRow.created_copies.through.objects.filter(importrow__in=[row.pk for row in rows])
    copies = {copy.pk: copy for copy in lock_copies(Copy.objects.filter(pk__in=through.values("copy")))}
    used = set(used_copies(Copy.objects.filter(pk__in=copies)).values_list("pk", flat=True))
    of_row: dict[int, list[int]] = {}
    for line, copy_pk in through.values_list("importrow", "copy"):
        of_row.setdefault(line, []).append(copy_pk)
    touched = {copy.book_id for pk, copy in copies.items() if pk not in used}
    Copy.objects.filter(pk__in=copies.keys() - used).delete()
    created = Book.objects.filter(pk__in=[row.created_book_id for row in rows if row.created_book_id])
    stay = set(created.filter(Q(copies__isnull=False) | Q(holds__isnull=False)).values_list("pk", flat=True))
    merged = MergedRecord.objects.filter(kind=RecordKind.BOOK, kept__in=created.values("pk"))
    stay |= set(merged.values_list("kept", flat=True))  # what the line made is part of another book
    gone = set(created.values_list("pk", flat=True)) - stay
    _take_back_what_was_learned([row for row in rows if not row.created_book_id])
    for file in Cover.objects.filter(book__in=gone).values_list("file", flat=True):
        forget_file(file)
    doubt_words_of(sorted(gone))
    Book.objects.filter(pk__in=gone).delete()
    _delete_new_names(rows)
    tell_search_of_copies(*sorted(touched - gone))
    for row in rows:
        row.matched_book_id = None if row.matched_book_id in gone else row.matched_book_id
        if used.intersection(of_row.get(row.pk, ())):
            _note(row, _("A copy has been lent or waited for."))
        elif row.created_book_id in stay:
            _note(row, _("The book has other copies now, was merged, or somebody waits for it."))
        else:
            _note(row, "")
            row.created_book_id = None


def _take_back_what_was_learned(rows: Iterable[ImportRow]) -> None:
    """ISBNs, records and wishes for covers that books got which had been here before."""
    for row in rows:
        for kind, value in row.made.get("identifiers", ()):
            BookIdentifier.objects.filter(book=row.matched_book_id, kind=kind, value=value).delete()
        if sources := row.made.get("sources"):
            SourceRecord.objects.filter(pk__in=sources, book=row.matched_book_id).delete()


def _delete_new_names(rows: Iterable[ImportRow]) -> None:
    """Authors and subjects that came in with these lines and that nothing else names."""
    authors = [pk for row in rows for pk in row.made.get("authors", ())]
    subjects = [pk for row in rows for pk in row.made.get("subjects", ())]
    Author.objects.filter(pk__in=authors, contributions=None).delete()
    Subject.objects.filter(pk__in=subjects, books=None).delete()


def _note(row: ImportRow, why_kept: str) -> None:
    row.outcome, row.reason = (Outcome.KEPT, why_kept) if why_kept else (Outcome.UNDONE, "")


# In this order, for the last of them are what the first ones are about.
_UNDO: dict[str, Callable[[Sequence[ImportRow]], None]] = {
    What.LOAN: _undo_loans, What.MEMBER: _undo_members, What.BOOK: _undo_books,
}  # fmt: skip
