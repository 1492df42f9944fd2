"""Tables of what is on loan: which copy, to whom, since when, until when."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.normalize.text import fold, one_line
from catalog.tables.columns import CellProblem, Facts, Row, Spec, column
from catalog.tables.copies import not_a_day, read_barcode, read_code
from catalog.tables.dates import read_day, read_moment

OVER = re.compile(
    r"\b(?:returned|cancel|closed|pending|reserved|zuruck|storniert|rendu|retourne|annule|devuelt|cancelad)"
)
MOST_RENEWALS = 1_000
# In a list of what is out that is the day to return it; beside a day when it is due, the day when it was returned.
RETURN_DATES = ("return date", "ruckgabedatum", "date de retour", "fecha de devolucion")


COLUMNS = (
    column("barcode", gettext_lazy("Barcode"), "item barcode|copy barcode|bar code|item|accession no|"
           "accession number|asn no|copy|item number|book barcode|strichcode|mediennummer|exemplarnummer|buchnummer|"
           "exemplar|inventarnummer|code barre|code barres|code a barres|exemplaire|codigo de barras|"
           "numero de ejemplar|numero de registro"),
    column("card_number", gettext_lazy("Card number"), "card|cardnumber|card no|borrower|borrower barcode|patron|"
           "patron barcode|patron id|member|member id|member no|member number|student id|library card|ausweisnummer|"
           "ausweis|lesernummer|benutzernummer|mitgliedsnummer|schulernummer|numero de carte|carte|lecteur|"
           "numero de lecteur|numero d adherent|carnet|numero de carnet|numero de socio|lector"),
    column("issued_at", gettext_lazy("Issued"), "issuedate|issue date|issued|issued on|date issued|checkout date|"
           "checked out|checked out on|date out|loan date|loaned on|borrowed|borrowed on|booking date|ausgeliehen am|"
           "ausleihdatum|ausgeliehen|leihdatum|entliehen am|entleihdatum|date de pret|prete le|emprunte le|"
           "date d emprunt|fecha de prestamo|prestado el", is_date=True),
    column("due_at", gettext_lazy("Due"), "date due|due|due date|duedate|due on|return by|due back|faellig am|"
           "fallig am|fallig|falligkeitsdatum|ruckgabe bis|leihfristende|frist|a rendre le|"
           "date de retour prevue|retour prevu|vence el|vencimiento|"
           "devolver antes de", is_date=True),
    column("renewals", gettext_lazy("Renewals"), "renewals count|times renewed|renewed|verlangerungen|verlangert|"
           "prolongations|renouvellements|renovaciones"),
    column("branch", gettext_lazy("Branch"), "branchcode|branch code|library|zweigstelle|bibliothek|site|sucursal|"
           "biblioteca"),
    column("returned", gettext_lazy("Returned"), "returned at|returned on|date returned|checkin date|"
           "zuruckgegeben am|zuruckgegeben|rendu le|devuelto el", is_date=True),
    column("state", gettext_lazy("State"), "status|loan status|zustand|statut|etat|estado"),
    column("title", gettext_lazy("Title (for people, not read)"), "book title|titel|titre|titulo"),
    column("member", gettext_lazy("Name (for people, not read)"), "name|member name|patron name|borrower name|nom|"
           "nombre"),
)  # fmt: skip


def make_loan(row: Row, facts: Facts) -> dict[str, Any] | None:
    """The values of one row; None for a loan that is over. Raises CellProblem.

    ``issued_at`` and ``due_at`` are days (YYYY-MM-DD) or moments (ISO 8601; without an offset it is the library's
    clock), empty where nothing is said.
    """
    if _is_over(row, facts):
        return None
    barcode = read_barcode(row.get("barcode", [""])[0])
    card = read_code(row.get("card_number", [""])[0], _("card number"))
    if not barcode or not card:
        raise CellProblem(_("A loan needs the barcode of the copy and the number of the member's card."))
    issued, due = (_moment(row, field, facts) for field in ("issued_at", "due_at"))
    if issued and due and due[:10] < issued[:10]:
        raise CellProblem(_("The loan is due before it was issued. Mend one of the two days."))
    return {
        "barcode": barcode, "card_number": card, "issued_at": issued, "due_at": due, "renewals": _renewals(row),
        "branch": one_line(row.get("branch", [""])[0], 40),
    }  # fmt: skip


def _is_over(row: Row, facts: Facts) -> bool:
    if OVER.search(fold(row.get("state", [""])[0])):
        return True
    text = row.get("returned", [""])[0]
    try:
        return bool(read_day(text, day_first=facts.orders.get("returned", facts.day_first), today=facts.today))
    except ValueError as error:
        raise CellProblem(not_a_day(text)) from error


def _moment(row: Row, field: str, facts: Facts) -> str:
    text = row.get(field, [""])[0]
    try:
        return read_moment(text, day_first=facts.orders.get(field, facts.day_first), today=facts.today)
    except ValueError as error:
        raise CellProblem(not_a_day(text)) from error


def _renewals(row: Row) -> int:
    text = row.get("renewals", ["0"])[0].strip().removesuffix(".0")
    return min(int(text), MOST_RENEWALS) if text.isascii() and text.isdigit() and len(text) < 10 else 0


LOANS = Spec(
    what="loan",
    columns=COLUMNS,
    make=make_loan,
    needs=(("barcode",), ("card_number",)),
    either=tuple((name, "due_at", "returned") for name in RETURN_DATES),
)
