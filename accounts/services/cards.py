"""Member cards on paper."""

from accounts.models import LibrarySettings, Member
from accounts.sheets import card_sheet


def card_pdf(member: Member, library: LibrarySettings) -> bytes:
    """The card of ``member`` as a PDF page of a bank card's size, with name and barcode."""
    return card_sheet(member.card_number, member.name, library.name)
