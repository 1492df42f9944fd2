"""Tables of members, whatever system they come from."""

import pytest

from catalog.tests.tables.tables import problems, read
from circulation.tables import MEMBERS

EMPTY = {
    "card_number": "", "name": "", "email": "", "phone": "", "group_name": "", "category": "", "address": "",
    "joined_on": "", "expires_on": "", "note": "", "language": "", "notices_by": "", "notices_off": [],
    "keep_history": None,
}  # fmt: skip


def members(table: str) -> list[dict]:
    rows = read(table, MEMBERS)
    assert [(row.what, row.problem) for row in rows] == [("member", "")] * len(rows)
    return [row.values for row in rows]


def test_an_export_of_koha_is_read():
    table = (
        "borrowernumber,cardnumber,surname,firstname,title,address,address2,zipcode,city,email,phone,mobile,"
        "dateofbirth,branchcode,categorycode,dateenrolled,dateexpiry,borrowernotes,password,sort1,lang\n"
        "5,m001,Müller,Eva,Dr.,Weg 1,Hof,8000,Zürich,eva@example.org,044 1,079 2,1980-01-01,MAIN,ADULT,2020-02-01,"
        "2027-02-01,kind,secret,3b,de-CH\n"
    )
    assert members(table) == [
        EMPTY
        | {
            "card_number": "M001", "name": "Eva Müller", "email": "eva@example.org", "phone": "044 1, 079 2",
            "group_name": "3b", "category": "ADULT", "address": "Weg 1\nHof\n8000 Zürich", "joined_on": "2020-02-01",
            "expires_on": "2027-02-01", "note": "kind", "language": "de",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "Ausweisnummer;Vorname;Nachname;Klasse;Mitglied seit;Benutzergruppe",
        "Card number;First name;Last name;Class;Member since;Category",
        "Numéro de carte;Prénom;Nom;Classe;Date d'inscription;Catégorie",
        "Carnet;Nombre;Apellidos;Clase;Fecha de alta;Categoría",
    ],
)
def test_columns_are_known_in_four_languages(header):
    assert members(f"{header}\n0012;Eva;Müller;3b;01.08.2024;Schüler\n") == [
        EMPTY
        | {
            "card_number": "0012", "name": "Eva Müller", "group_name": "3b", "joined_on": "2024-08-01",
            "category": "Schüler",
        }
    ]  # fmt: skip


def test_what_a_row_cannot_mean_is_told():
    table = (
        "Card number;Name;E-mail;Member since\nM 1;;;\n?;Eva;;\n"
        "1.2E+11;Eva;;\nM2;Eva;eva;\nM3;Eva;;31.02.2020\n;Eva;;\n"
    )
    found = problems(table, MEMBERS)
    assert list(found) == [2, 3, 4, 5, 6]
    assert found[2] == "The row has no name. Fill it in."
    assert found[5] == "“eva” is no e-mail address."
