"""How a book is cited: names, editions, titles with marks of their own, what is missing."""

import re
from typing import Any

import pytest

from catalog.citations import STYLES, Facts, Person, Reference, person
from catalog.citations.bibtex import key
from catalog.citations.wording import edition_of
from catalog.normalize.names import sort_name

NAMES = ["Ann Able", "Ben Baker", "Cy Cole", "Di Dorn", "Ed Ebel", "Flo Fox", "Gus Gray", "Hal Hill", "Ida Ives",
         "Joe Jones", "Kay King", "Leo Lane", "May Mann", "Ned Nash", "Ola Orr", "Pam Penn", "Quin Quick", "Ray Reed",
         "Sue Swan", "Tom Tate", "Uma Usk"]  # fmt: skip


def people(*names: str, role: str = "aut") -> tuple[Person, ...]:
    return tuple(person(name, sort_name(name), role) for name in names)


def cited(style: str, **facts: Any) -> str:
    base = {"number": 17, "title": "Emma", "publisher": "Penguin", "place": "London", "year": 2003}
    return str(STYLES[style].write(Facts(**{**base, **facts})))


AUTHORS = {
    1: (
        "Able, A. (2003). Emma. Penguin.",
        "Able, Ann. Emma. Penguin, 2003.",
        "Able, Ann. Emma. London: Penguin, 2003.",
    ),
    2: (
        "Able, A., & Baker, B. (2003). Emma. Penguin.",
        "Able, Ann, and Ben Baker. Emma. Penguin, 2003.",
        "Able, Ann, and Ben Baker. Emma. London: Penguin, 2003.",
    ),
    3: (
        "Able, A., Baker, B., & Cole, C. (2003). Emma. Penguin.",
        "Able, Ann, et al. Emma. Penguin, 2003.",
        "Able, Ann, Ben Baker, and Cy Cole. Emma. London: Penguin, 2003.",
    ),
    11: (
        "Able, A., Baker, B., Cole, C., Dorn, D., Ebel, E., Fox, F., Gray, G., Hill, H., Ives, I., Jones, J., & "
        "King, K. (2003). Emma. Penguin.",
        "Able, Ann, et al. Emma. Penguin, 2003.",
        "Able, Ann, Ben Baker, Cy Cole, Di Dorn, Ed Ebel, Flo Fox, Gus Gray, et al. Emma. London: Penguin, 2003.",
    ),
    21: (
        "Able, A., Baker, B., Cole, C., Dorn, D., Ebel, E., Fox, F., Gray, G., Hill, H., Ives, I., Jones, J., King, "
        "K., Lane, L., Mann, M., Nash, N., Orr, O., Penn, P., Quick, Q., Reed, R., Swan, S., . . . Usk, U. (2003). "
        "Emma. Penguin.",
        "Able, Ann, et al. Emma. Penguin, 2003.",
        "Able, Ann, Ben Baker, Cy Cole, Di Dorn, Ed Ebel, Flo Fox, Gus Gray, et al. Emma. London: Penguin, 2003.",
    ),
}


@pytest.mark.parametrize("count", AUTHORS)
def test_authors_are_listed_as_each_style_wants_it(count: int) -> None:
    found = tuple(cited(style, people=people(*NAMES[:count])) for style in ("apa", "mla", "chicago"))
    assert found == AUTHORS[count]


@pytest.mark.parametrize(("count", "last"), [(20, "Swan, S., & Tate, T."), (21, ". . . Usk, U.")])
def test_apa_names_up_to_twenty(count: int, last: str) -> None:
    assert cited("apa", people=people(*NAMES[:count])).split(" (2003)")[0].endswith(last)


def test_chicago_names_up_to_ten() -> None:
    assert "Ida Ives, and Joe Jones. Emma." in cited("chicago", people=people(*NAMES[:10]))


CASES: list[tuple[dict[str, Any], str, str, str]] = [
    (  # editors in the place of authors
        {"people": people("Ann Able", role="edt")},
        "Able, A. (Ed.). (2003). Emma. Penguin.", "Able, Ann, editor. Emma. Penguin, 2003.",
        "Able, Ann, ed. Emma. London: Penguin, 2003.",
    ),
    (
        {"people": people("Ann Able", "Ben Baker", role="edt")},
        "Able, A., & Baker, B. (Eds.). (2003). Emma. Penguin.",
        "Able, Ann, and Ben Baker, editors. Emma. Penguin, 2003.",
        "Able, Ann, and Ben Baker, eds. Emma. London: Penguin, 2003.",
    ),
    (  # author, editor, translators, edition
        {"people": people("Leo Tolstoy") + people("Amy Mandelker", role="edt")
            + people("Louise Maude", "Aylmer Maude", role="trl") + people("Not Cited", role="ill"),
         "title": "War and Peace", "edition": "2nd edition"},
        "Tolstoy, L. (2003). War and Peace (A. Mandelker, Ed.; L. Maude & A. Maude, Trans.; 2nd ed.). Penguin.",
        "Tolstoy, Leo. War and Peace. Edited by Amy Mandelker, translated by Louise Maude and Aylmer Maude, 2nd ed., "
        "Penguin, 2003.",
        "Tolstoy, Leo. War and Peace. Edited by Amy Mandelker. Translated by Louise Maude and Aylmer Maude. 2nd ed. "
        "London: Penguin, 2003.",
    ),
    (  # nobody, no year, no publisher
        {"people": (), "title": "Beowulf", "year": None, "publisher": "", "place": ""},
        "Beowulf. (n.d.).", "Beowulf.", "Beowulf. n.d.",
    ),
    (  # translators only
        {"people": people("Seamus Heaney", role="trl"), "title": "Beowulf"},
        "Heaney, S. (Trans.). (2003). Beowulf. Penguin.", "Heaney, Seamus, translator. Beowulf. Penguin, 2003.",
        "Heaney, Seamus, trans. Beowulf. London: Penguin, 2003.",
    ),
    (  # a title with a mark of its own, a subtitle, a publisher that ends in a stop
        {"people": people("Philip K. Dick"), "title": "Do Androids Dream?", "subtitle": "A Novel",
         "publisher": "Doubleday Inc."},
        "Dick, P. K. (2003). Do Androids Dream? A Novel. Doubleday Inc.",
        "Dick, Philip K. Do Androids Dream? A Novel. Doubleday Inc., 2003.",
        "Dick, Philip K. Do Androids Dream? A Novel. London: Doubleday Inc., 2003.",
    ),
    (
        {"people": people("Roddy Doyle"), "title": "Who?", "edition": "Revised edition"},
        "Doyle, R. (2003). Who? (Rev. ed.). Penguin.", "Doyle, Roddy. Who? Rev. ed., Penguin, 2003.",
        "Doyle, Roddy. Who? Rev. ed. London: Penguin, 2003.",
    ),
    (  # a body that publishes itself
        {"people": people("World Health Organization"), "publisher": "World Health Organization", "place": "Geneva"},
        "World Health Organization. (2003). Emma.", "Emma. World Health Organization, 2003.",
        "World Health Organization. Emma. Geneva: World Health Organization, 2003.",
    ),
    (  # first published long before
        {"people": people("Jane Austen"), "first_year": 1815, "subtitle": "A Novel"},
        "Austen, J. (2003). Emma: A Novel. Penguin. (Original work published 1815)",
        "Austen, Jane. Emma: A Novel. Penguin, 2003.", "Austen, Jane. Emma: A Novel. London: Penguin, 2003.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "in_apa", "in_mla", "in_chicago"), CASES)
def test_books_of_every_kind(facts: dict[str, Any], in_apa: str, in_mla: str, in_chicago: str) -> None:
    assert [cited(style, **facts) for style in ("apa", "mla", "chicago")] == [in_apa, in_mla, in_chicago]


@pytest.mark.parametrize("style", ["apa", "mla", "chicago"])
@pytest.mark.parametrize("title", ["Moby", "Who?"])
def test_styles_for_reading_know_what_stands_in_italics(title: str, style: str) -> None:
    moby = Facts(number=1, title=title, subtitle="A Life", people=people("Moby"), edition="2nd", year=2016)
    whole = STYLES[style].write(moby)
    assert isinstance(whole, Reference)
    assert (whole.before[:4], whole.title) == ("Moby", f"{title}{' ' if title == 'Who?' else ': '}A Life")


@pytest.mark.parametrize(
    ("name", "in_apa", "in_mla"),
    [
        ("Ursula K. Le Guin", "Le Guin, U. K.", "Le Guin, Ursula K."),
        ("J.R.R. Tolkien", "Tolkien, J. R. R.", "Tolkien, J.R.R."),
        ("Jean-Paul Sartre", "Sartre, J.-P.", "Sartre, Jean-Paul."),
        ("Guy de Maupassant", "de Maupassant, G.", "Maupassant, Guy de."),
        ("Martin Luther King Jr.", "King, M. L., Jr.", "King, Martin Luther, Jr."),
        ("Plato", "Plato.", "Plato."),
        ("Twain, Mark", "Twain, M.", "Twain, Mark."),
        ("村上春樹", "村上春樹.", "村上春樹."),
        ("村上 春樹", "村上 春樹.", "村上 春樹."),
        ("نجيب محفوظ", "نجيب محفوظ.", "نجيب محفوظ."),
        ("Антон Чехов", "Чехов, А.", "Чехов, Антон."),
        ("Great Britain. Home Office", "Great Britain. Home Office.", "Great Britain. Home Office."),
        ("Smith, Barney & Co.", "Smith, Barney & Co.", "Smith, Barney & Co."),
    ],
)
def test_names_are_turned_round_only_where_that_is_right(name: str, in_apa: str, in_mla: str) -> None:
    assert cited("apa", people=people(name)) == f"{in_apa} (2003). Emma. Penguin."
    assert cited("mla", people=people(name)) == f"{in_mla} Emma. Penguin, 2003."


def test_name_that_begins_with_the_family_takes_no_comma() -> None:
    du = (person("Nguyễn Du", "Nguyễn, Du"),)
    assert cited("mla", people=du).startswith("Nguyễn Du. ")
    assert cited("chicago", people=du + people("Ann Able")).startswith("Nguyễn Du and Ann Able. ")
    assert cited("apa", people=du).startswith("Nguyễn, D. ")
    assert "AU  - Nguyễn, Du\r\n" in cited("ris", people=du)


@pytest.mark.parametrize(
    ("statement", "short"),
    [
        ("2nd", "2nd ed."), ("2", "2nd ed."), ("2.", "2nd ed."), ("3rd ed.", "3rd ed."), ("Second edition", "2nd ed."),
        ("12th edition", "12th ed."), ("[1st ed.]", ""), ("First edition", ""), ("1st", ""), ("", ""),
        ("2., überarbeitete Auflage", "2., überarbeitete Auflage"), ("2nd revised edition", "2nd rev. ed."),
        ("Rev. ed.", "rev. ed."), ("Penguin Classics edition", "Penguin Classics ed."), ("1984", "1984"),
    ],
)  # fmt: skip
def test_edition_statements_are_shortened(statement: str, short: str) -> None:
    assert edition_of(statement).replace("Rev.", "rev.") == short


def test_bibtex_leaves_the_word_edition_to_the_style() -> None:
    given = ["Second edition", "3rd rev. ed.", "Limited edition, signed"]
    assert [re.search("edition = {(.*)}", cited("bibtex", title="A", edition=each))[1] for each in given] == [
        "Second", "3rd rev.", "Limited edition, signed",
    ]  # fmt: skip


def test_bibtex_is_one_entry_with_every_sign_that_means_something_written_out() -> None:
    text = cited(
        "bibtex", title="50% of {C} & C_#", subtitle="a\\b~c^d$", people=people("Martin Luther King Jr.", "Plato")
        + people("Smith and Sons Ltd") + people("Ann Able", role="edt"), publisher="Simon and Schuster", language="en",
        isbns=("9780553382563", "x"), edition="2nd", pages=300, url="https://x.example/books/17/", series="A_1",
    )  # fmt: skip
    assert text == (
        "@book{king2003-17,\n"
        "  author = {King, Jr., Martin Luther and {Plato} and {Smith and Sons Ltd}},\n"
        "  editor = {Able, Ann},\n"
        r"  title = {{50\% of \textbraceleft{}C\textbraceright{} \& C\_\#: a\textbackslash{}b\textasciitilde{}c"
        r"\textasciicircum{}d\$}}," "\n"
        "  edition = {2nd},\n"
        "  publisher = {{Simon and Schuster}},\n"
        "  address = {London},\n"
        "  year = {2003},\n"
        "  series = {A\\_1},\n"
        "  pagetotal = {300},\n"
        "  isbn = {9780553382563},\n"
        "  language = {en},\n"
        "  url = {https://x.example/books/17/},\n"
        "}\n"
    )  # fmt: skip


@pytest.mark.parametrize(("editors", "lines"), [
    ((), ["  editor = {Able, Ann},", "  editortype = {compiler},"]),
    (people("Ben Baker", role="edt"),
     ["  editor = {Baker, Ben},", "  editora = {Able, Ann},", "  editoratype = {compiler},"]),
])  # fmt: skip
def test_compilers_are_cited_beside_editors_and_in_their_place(editors: tuple[Person, ...], lines: list[str]) -> None:
    facts = {"people": people("Ann Able", role="com") + editors}
    assert [line for line in cited("bibtex", **facts).splitlines() if line.startswith("  editor")] == lines
    assert "ED  - Able, Ann\r\n" in cited("ris", **facts)


@pytest.mark.parametrize("hostile", ["{", "}", "}}\n@book{x", "\\", "%", "a\r\nb", '"'])
def test_bibtex_is_never_broken_out_of(hostile: str) -> None:
    text = cited("bibtex", title=hostile, people=people(hostile), publisher=hostile, series=hostile)
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert (depth, len(re.findall(r"^@", text, re.MULTILINE))) == (0, 1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"people": people("Émile Zola")}, "zola2003-17"), ({"people": people("村上春樹")}, "book2003-17"),
        ({"people": (), "year": None, "title": "Große Köche"}, "groekoche-17"),
    ],
)  # fmt: skip
def test_bibtex_key_is_plain_and_one_of_its_own(facts: dict[str, Any], expected: str) -> None:
    assert key(Facts(**{"number": 17, "title": "Emma", "year": 2003, **facts})) == expected


def test_ris_is_a_record_of_tags_in_lines_of_their_own() -> None:
    text = cited(
        "ris", subtitle="A\r\nER  - trick", people=people("Jane Austen") + people("Ann Able", role="edt")
        + people("Ben Baker", role="trl"), isbns=("9780553382563",), language="en", edition="2nd", pages=300,
        series="Classics", subjects=("Love", "England"), call_number="823 AUS", url="https://x.example/books/17/",
    )  # fmt: skip
    assert text.split("\r\n") == [
        "TY  - BOOK", "ID  - 17", "AU  - Austen, Jane", "ED  - Able, Ann", "A4  - Baker, Ben",
        "TI  - Emma: A ER - trick", "T2  - Classics", "ET  - 2nd", "CY  - London", "PB  - Penguin", "PY  - 2003",
        "SP  - 300", "SN  - 9780553382563", "LA  - en", "CN  - 823 AUS", "KW  - Love", "KW  - England",
        "UR  - https://x.example/books/17/", "ER  - ", "",
    ]  # fmt: skip
