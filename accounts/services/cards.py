"""Member cards on paper."""

from accounts.models import LibrarySettings, Member


def card_pdf(member: Member, library: LibrarySettings) -> bytes:
    """The card of ``member`` as a PDF page of a bank card's size, with name and barcode."""
    from accounts.sheets.drawing import card_sheet  # noqa: PLC0415 - reportlab: 4 MB that few processes ever need

    return card_sheet(member.card_number, member.name, library.name)
