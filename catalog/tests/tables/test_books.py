"""Tables of books: whatever the columns are called and the cells written like, the same drafts come out."""

import pytest

from catalog.drafts import CopyDraft
from catalog.tests.tables.tables import FACTS, TODAY, books, problems, read

GOODREADS = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Publisher,Binding,Number of Pages,"
    "Year Published,Original Publication Year,Date Added,Bookshelves,Exclusive Shelf,Private Notes,Owned Copies\n"
    '2767052,"The Hunger Games (The Hunger Games, #1)",Suzanne Collins,"Collins, Suzanne",Tim Jones,'
    '="0439023483",="9780439023481",5,Scholastic,Hardcover,374,2008,2008,2019/10/05,"to-read, dystopia",read,signed,1\n'
)
LIBRARYTHING = (
    "Book Id\tTitle\tSort Character\tPrimary Author\tPrimary Author Role\tSecondary Author\tSecondary Author Roles\t"
    "Publication\tDate\tSummary\tMedia\tPage Count\tBarcode\tTags\tLanguages\tISBN\tDewey Decimal\tCopies\tSource\n"
    "1\tDas Boot: Roman\t1\tBuchheim, Lothar-Günther\tAuthor\tMüller, Eva\tTranslator\t"
    "Piper (1973), Edition: 2., Hardcover, 608 pages\t1973\tDas Boot by Buchheim\tHardcover\t608\tT100\tKrieg, Meer\t"
    "German\t[3492020925]\t833.914\t2\tamazon.de\n"
)
LIBIB = (
    "item_type,title,creators,first_name,last_name,collection,ean_isbn13,upc_isbn10,description,publisher,"
    "publish_date,group,tags,notes,price,length,number_of_discs,status,added,copies\n"
    'book,Emma,"Jane Austen, Tony Tanner",Jane,Austen,Room 2,9780141439587,0141439580,A novel.,Penguin,2003-04-29,,'
    "classics,torn,9.99,474,,Completed,2021-02-03,2\n"
)
KOHA = (
    "biblionumber;title;author;isbn;publishercode;copyrightdate;pages;barcode;homebranch;holdingbranch;itype;"
    "itemcallnumber;location;price;dateaccessioned;itemlost;withdrawn;damaged\n"
    "17;Emma /;Austen, Jane;9780141439587;Penguin,;2003;474 p. ;C001;MAIN;EAST;BOOK;FIC AUS;ADULT;12.50;"
    "2020-02-01;1;0;0\n"
)
LIBRARIKA = (
    "Id,Accession No,Copy No,Title,Sub Title,Authors,ISBN,Category,Status\n"
    "7,0012,1,Emma,A Novel,Jane Austen,,Classics,Lost\n"
)


def copy_of(**said):
    return CopyDraft(**said)


def test_an_export_of_goodreads_is_read():
    (draft,) = books(GOODREADS)
    assert (draft.title, draft.series, draft.isbns, draft.isbns_10) == (
        "The Hunger Games", "The Hunger Games ; 1", ("9780439023481",), ("0439023483",),
    )  # fmt: skip
    assert [(each.name, each.role) for each in draft.contributors] == [("Suzanne Collins", "aut"), ("Tim Jones", "ctb")]
    assert (draft.publisher, draft.format, draft.pages, draft.year, draft.first_year) == (
        "Scholastic", "hardcover", 374, 2008, 2008,
    )  # fmt: skip
    assert (draft.subjects, draft.copies) == (("dystopia",), (copy_of(acquired_on="2019-10-05", note="signed"),))


def test_an_export_of_librarything_or_tinycat_is_read():
    (draft,) = books(LIBRARYTHING)
    assert (draft.title, draft.subtitle, draft.isbns, draft.isbns_10) == (
        "Das Boot", "Roman", ("9783492020923",), ("3492020925",),
    )  # fmt: skip
    assert [each.name for each in draft.contributors] == ["Lothar-Günther Buchheim", "Eva Müller"]
    assert (draft.publisher, draft.published, draft.edition, draft.language) == ("Piper", "1973", "2.", "ger")
    assert (draft.call_number, draft.subjects, draft.description) == ("833.914", ("Krieg", "Meer"), "")
    assert draft.copies == (copy_of(barcode="T100"), copy_of())


def test_an_export_of_libib_is_read():
    (draft,) = books(LIBIB)
    assert (draft.title, draft.isbns, draft.isbns_10, draft.pages, draft.year) == (
        "Emma", ("9780141439587",), ("0141439580",), 474, 2003,
    )  # fmt: skip
    assert [each.name for each in draft.contributors] == ["Jane Austen", "Tony Tanner"]
    assert draft.copies == 2 * (copy_of(location="Room 2", note="torn", price=999, acquired_on="2021-02-03"),)


def test_a_report_of_koha_is_read():
    (draft,) = books(KOHA)
    assert (draft.title, draft.publisher, draft.year, draft.pages) == ("Emma", "Penguin", 2003, 474)
    assert draft.copies == (
        copy_of(
            barcode="C001", branch="MAIN", copy_type="BOOK", call_number="FIC AUS", location="ADULT", price=1250,
            acquired_on="2020-02-01", lost_on=TODAY.isoformat(),
        ),
    )  # fmt: skip


def test_an_export_of_librarika_is_read():
    (draft,) = books(LIBRARIKA)
    assert (draft.title, draft.subtitle, draft.subjects) == ("Emma", "A Novel", ("Classics",))
    assert draft.copies == (copy_of(barcode="0012", lost_on=TODAY.isoformat()),)


@pytest.mark.parametrize(
    "header",
    [
        "Title;Author;Publisher;Year;Language;Barcode;Price",
        "Titel;Verfasser/in;Verlag;Erscheinungsjahr;Sprache;Strichcode;Preis",
        "Titre;Auteur;Éditeur;Année;Langue;Code-barres;Prix",
        "Título;Autor;Editorial;Año;Idioma;Código de barras;Precio",
        "Book title:;AUTHOR(S);publisher_name;Publication Year;lang;Accession No.;Cost",
        "Titel;Autor;Verlag;Jahr;Sprache;Mediennummer;Kaufpreis",
        "Tittle;Auther;Publisheer;Year;Language;Bar-code;Price",
    ],
)
def test_columns_are_known_in_four_languages_and_with_slips_of_the_pen(header):
    (draft,) = books(f"{header}\nEmma;Austen, Jane;Penguin;2003;English;C001;12,50 €\n")
    assert (draft.title, draft.contributors[0].name, draft.publisher, draft.year) == (
        "Emma", "Jane Austen", "Penguin", 2003,
    )  # fmt: skip
    assert (draft.language, draft.copies) == ("eng", (copy_of(barcode="C001", price=1250),))


@pytest.mark.parametrize(
    "language", ["English, German", "Englisch; deutsch", "anglais / allemand", "inglés|alemán", "eng|ger", "en,de"]
)
def test_languages_are_known_by_name_and_code(language):
    (draft,) = books(f'Title;Language\nEmma;"{language}"\n')
    assert (draft.language, draft.other_languages) == ("eng", ("ger",))


def test_columns_without_names_are_known_by_what_stands_in_them():
    (draft, _other) = books("1,9780141439587,Emma,Jane Austen\n2,9780141439570,Persuasion,Jane Austen\n")
    assert (draft.isbns, draft.title, draft.contributors[0].name) == (("9780141439587",), "Emma", "Jane Austen")


def test_a_column_of_isbns_is_known_whatever_it_is_called():
    (draft,) = books("Title,Nummer XY\nEmma,978-0-14-143958-7\n")
    assert draft.isbns == ("9780141439587",)


def test_days_of_a_column_are_read_in_the_order_that_one_of_them_tells():
    table = "Title,Acquired\nEmma,02/03/2020\nDracula,12/31/2020\n"
    assert [draft.copies[0].acquired_on for draft in books(table)] == ["2020-02-03", "2020-12-31"]
    assert books("Title,Acquired\nEmma,02/03/2020\n")[0].copies[0].acquired_on == "2020-03-02"


def test_a_price_in_other_money_is_kept_as_a_note():
    (draft,) = books("Title,Price\nEmma,USD 5\n")
    assert draft.copies == (copy_of(note="Price: USD 5"),)


def test_an_isbn_that_lost_its_zeros_and_a_row_of_isbn_alone_are_read():
    drafts = books("Title,ISBN\nX,7475004\n,9780141439587\n")
    assert (drafts[0].isbns, drafts[0].isbns_10) == (("9780007475001",), ("0007475004",))
    assert (drafts[1].isbns, drafts[1].warnings) == (("9780141439587",), ("title_missing",))


def test_what_a_row_cannot_mean_is_told_for_the_row():
    table = (
        "Title,ISBN,Barcode,Copies,Acquired,Price\nEmma,9.78014E+12,,,,\nEmma,,?!,,,\nEmma,,,many,,\n"
        "Emma,,,,31.31.2020,\nEmma,,,,,-5\nEmma,,,,,5\n"
    )
    found = problems(table)
    assert list(found) == [2, 3, 4, 5, 6]
    assert found[2] == "A spreadsheet has rounded the ISBN to 9.78014E+12. Format the column as text and fill it again."
    assert found[4] == "“many” is no number of copies. Write a whole number from 0 to 500."


def test_several_barcodes_in_a_cell_are_several_copies():
    (draft,) = books("Title,Barcode\nEmma,B0001; B0002\n")
    assert [copy.barcode for copy in draft.copies] == ["B0001", "B0002"]


def test_a_formula_that_another_export_wrote_is_taken_as_text():
    (draft,) = books("Title,Author\n=1+1,Jane\n")
    assert draft.title == "=1+1"


def test_a_row_says_what_it_was_before():
    (row,) = read("Title;Author\nEmma;Jane\n", facts=FACTS)
    assert (row.n, row.raw, row.what) == (2, "Emma,Jane\n", "book")
