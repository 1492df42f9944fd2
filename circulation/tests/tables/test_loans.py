"""Tables of what is on loan."""

import io

import pytest

from catalog.tables.jsonlines import read_jsonl
from catalog.tables.looking import look_at
from catalog.tests.tables.tables import FACTS, problems, read
from circulation.tables import BOOKS, LOANS, MEMBERS, SPECS


def loans(table: str) -> list[dict]:
    rows = read(table, LOANS)
    assert [(row.what, row.problem) for row in rows] == [("loan", "")] * len(rows)
    return [row.values for row in rows]


def test_days_of_each_column_are_read_in_its_own_order():
    table = (
        "Barcode,Card number,Issue date,Due date,Renewals\n"
        "b1,m1,09/25/2026,01/10/2026,2\nB2,M2,09/01/2026,25/10/2026,\n"
    )
    assert loans(table) == [
        {"barcode": "B1", "card_number": "M1", "issued_at": "2026-09-25", "due_at": "2026-10-01", "renewals": 2,
         "branch": ""},
        {"barcode": "B2", "card_number": "M2", "issued_at": "2026-09-01", "due_at": "2026-10-25", "renewals": 0,
         "branch": ""},
    ]  # fmt: skip


def test_loans_that_are_over_are_left_out():
    table = (
        "ID,Member No,Media ID,ASN No,Status,Booking Date,Return Date\n"
        "1,7,1,0012,Issued,2026-09-01,2026-09-22\n2,7,1,0013,Returned,2026-08-01,2026-08-22\n"
    )
    assert [loan["barcode"] for loan in loans(table)] == ["0012"]
    assert loans("Barcode,Card number,Returned on\nB1,M1,2026-09-01\nB2,M2,\n")[0]["barcode"] == "B2"


def test_a_return_date_is_when_it_is_due_unless_another_column_says_that():
    table = "Barcode,Card number,Return date\nB1,M1,2026-10-01\n"
    assert [loan["due_at"] for loan in loans(table)] == ["2026-10-01"]
    table = "Barcode,Card number,Return date,Due date\nB1,M1,2026-10-01,2026-10-02\nB2,M2,,2026-10-03\n"
    assert [loan["due_at"] for loan in loans(table)] == ["2026-10-03"]


def test_what_a_row_cannot_mean_is_told():
    table = "Barcode,Card number,Issued,Due\nB1,,,\n,M1,,\nB1,M1,2026-09-02,2026-09-01\nB1,M1,soon,\nB1,M1,,\n"
    found = problems(table, LOANS)
    assert list(found) == [2, 3, 4, 5]
    assert found[4] == "The loan is due before it was issued. Mend one of the two days."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "spec"),
    [
        ("Titel;Autor;ISBN;Strichcode", BOOKS),
        ("Ausweisnummer;Name;Klasse", MEMBERS),
        ("Strichcode;Ausweisnummer;Fällig am;Titel", LOANS),
        ("cardnumber,surname,firstname,categorycode", MEMBERS),
        ("Barcode,Card number,Title,Due", LOANS),
        ("Barcode,Title,Author", BOOKS),
    ],
)
def test_a_look_at_a_table_tells_what_it_is_about(header, spec):
    assert look_at(io.BytesIO(f"{header}\n".encode()), SPECS).spec is spec


def test_lines_of_members_and_loans_are_looked_at_as_rows_of_tables_are():
    content = (
        b'{"what":"member","card_number":"M1","name":"Eva","keep_history":false,"notices_off":["due_soon"]}\n'
        b'{"what":"loan","barcode":"B1","card_number":"M1","due_at":"2026-10-01T23:59:59+02:00","renewals":1}\n'
        b'{"what":"member","name":{"x":1}}\n{"what":"loan","barcode":"B1"}\n'
    )
    rows = list(read_jsonl(io.BytesIO(content), SPECS, facts=FACTS))
    assert [(row.n, row.what, bool(row.problem)) for row in rows] == [
        (1, "member", False), (2, "loan", False), (3, "member", True), (4, "loan", True),
    ]  # fmt: skip
    assert (rows[0].values["keep_history"], rows[0].values["notices_off"]) == (False, ["due_soon"])
    assert (rows[1].values["due_at"], rows[1].values["renewals"]) == ("2026-10-01T23:59:59+02:00", 1)
