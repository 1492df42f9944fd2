"""Imports of everything: what lines of each kind are taken for, and what is made of them."""

from catalog.models import ImportBatch, ImportRow
from catalog.services.applying import Appliers
from catalog.services.judging import BookJudge
from catalog.services.shelving import apply_books
from catalog.services.staging import Judges
from circulation.services.loan_rows import LoanJudge, apply_loans
from circulation.services.member_rows import MemberJudge, apply_members

What = ImportRow.What
APPLIERS: Appliers = {What.BOOK: apply_books, What.MEMBER: apply_members, What.LOAN: apply_loans}


def judges_of(batch: ImportBatch) -> Judges:
    """Who says of the lines of ``batch`` what they are; nobody of mere numbers, which are looked up first."""
    if batch.source == ImportBatch.Source.OPEN_LIBRARY:
        return {}
    books, members = BookJudge(batch), MemberJudge(batch)
    return {What.BOOK: books, What.MEMBER: members, What.LOAN: LoanJudge(batch, books, members)}
