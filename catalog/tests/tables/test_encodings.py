"""The encoding is told by the letters that the bytes make."""

import io

import pytest

from catalog.tables.encodings import guess_encoding

GERMAN = "Titel;Autor\nDie Äpfel des Königs;Jörg Müller\nGrüße aus Übersee;Böll\nStraße – „so weit“;Günter Grass\n"
ENGLISH = "Title;Author\nIt’s “so” – they said…;Smith\nThe Cat’s Cradle;O’Neil\n‘Tis the dogs’ day;Brontë\n"
PRICES = "Titel;Preis\nMünchen;12,50 €\nCafé;9,95 €\nEl niño;5 €\n" * 9
FRENCH = "Titre;Auteur\nL’Étranger;Albert Camus\nLe père Goriot;Honoré de Balzac\nÀ la recherche;François Fénelon\n"
SPANISH = "Título;Autor\nCien años de soledad;García Márquez\n¿Quién?;José Núñez\nEl corazón;María Peñaranda\n"
POLISH = "Tytuł;Autor\nŁąka i dąb;Zażółć Gęślą\nKsiążę;Jaźń\nŻycie wśród łabędzi;Wiśniewski\n"
CZECH = "Název;Autor\nPříliš žluťoučký kůň;Karel Čapek\nŠvejk;Hašek\nBabička;Němcová\nDěti;Žižka\n"
HUNGARIAN = "Cím;Szerző\nA Pál utcai fiúk;Ferenc Molnár\nTűz és őrület;Zsófia Kővári\nSzegénylegények;Jenő\n"
RUSSIAN = "Название;Автор\nВойна и мир;Лев Толстой\nПреступление и наказание;Фёдор Достоевский\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (GERMAN, "utf-8", "utf-8-sig"),
        (GERMAN, "utf-8-sig", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "mac_roman", "mac_roman"),
        (ENGLISH, "cp1252", "cp1252"),
        (ENGLISH, "mac_roman", "mac_roman"),
        (PRICES, "cp1252", "cp1252"),
        (PRICES, "mac_roman", "mac_roman"),
        (FRENCH, "cp1252", "cp1252"),
        (FRENCH, "mac_roman", "mac_roman"),
        (SPANISH, "cp1252", "cp1252"),
        (SPANISH, "mac_roman", "mac_roman"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso8859-2", "iso8859-2"),
        (CZECH, "cp1250", "cp1250"),
        (CZECH, "iso8859-2", "iso8859-2"),
        (HUNGARIAN, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "utf-8", "utf-8-sig"),
        ("Title,Author\nEmma,Jane Austen\n", "ascii", "utf-8-sig"),
    ],
)
def test_guess_encoding_tells_it_by_the_text(text, encoding, told):
    stream = io.BytesIO(text.encode(encoding))
    assert guess_encoding(stream) == told
    assert stream.tell() == 0


def test_guess_encoding_keeps_to_utf8_where_one_place_is_damaged():
    text = (GERMAN * 5).encode() + b"Gr\xfc\xdfe;Autor\n"
    assert guess_encoding(io.BytesIO(text)) == "utf-8-sig"


def test_guess_encoding_finds_the_first_letter_however_late_it_comes():
    text = b"Emma;Jane Austen\n" * 100_000 + "Die Äpfel des Königs;Müller\n".encode("cp1252")
    assert guess_encoding(io.BytesIO(text)) == "cp1252"
