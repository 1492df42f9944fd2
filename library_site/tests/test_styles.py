"""What holds for the style sheets: colours in one file, nothing undefined or from elsewhere; drawn covers are bound."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from library_site.templatetags.library import BINDINGS, CLOTHS, LETTERS, binding

FOLDER = Path(settings.BASE_DIR, "static", "css")
SHEETS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.css"))}
OTHERS = {name: text for name, text in SHEETS.items() if name != "tokens.css"}


def test_colours_stand_in_the_file_of_tokens_alone() -> None:
    found = [f"{name}: {hit}" for name, text in OTHERS.items() for hit in re.findall(r"#[0-9a-f]{3,8}\b", text)]
    assert found == []


def test_every_token_that_is_used_is_defined_and_the_other_way_round() -> None:
    text = " ".join(SHEETS.values())
    used = set(re.findall(r"var\((--[\w-]+)", text))
    own = set(re.findall(r"(--[\w-]+):", " ".join(SHEETS[name] for name in SHEETS if name != "admin.css")))
    assert used == own


def test_what_is_dark_is_a_colour_that_light_has_too() -> None:
    light, dark = SHEETS["tokens.css"].split("@media (prefers-color-scheme: dark)")
    names = re.compile(r"(--[\w-]+):")
    assert set(names.findall(dark)) - set(names.findall(light)) == set()


def test_style_sheets_ask_nobody_else() -> None:
    assert re.findall(r"https?://|@import|url\(\"(?!\.\./img/)", " ".join(SHEETS.values())) == []


@pytest.mark.parametrize("title", ["Dune", "The Count of Monte Cristo", "", "吾輩は猫である"])
def test_a_title_is_always_bound_alike_in_a_binding_that_is_drawn(title: str) -> None:
    classes = binding(title).split()
    drawn = set(re.findall(r"\.((?:cloth|binding|letters)-\w+)", SHEETS["components.css"]))
    assert binding(title) == binding(title)
    assert set(classes) - drawn - {"cloth-0"} == set()  # cloth-0 is what a cover has without more


def test_every_cloth_and_binding_comes_up() -> None:
    found = {each for number in range(2000) for each in binding(f"Title {number}").split()}
    assert found == {f"cloth-{n}" for n in range(CLOTHS)} | {f"binding-{n}" for n in range(BINDINGS)}


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("Brave New World", ""),
        ("Americanah", "letters-m"),
        ("Schachnovelle", "letters-s"),
        ("Donaudampfschiffahrt", "letters-xs"),
        ("Alice's Adventures in Wonderland and Through the Looking-Glass", "letters-s"),
        ("word " * 30, "letters-xs"),
    ],
)
def test_long_words_and_long_titles_are_lettered_smaller(title: str, letters: str) -> None:
    assert binding(title).split()[2:] == ([letters] if letters else [])
    assert [size for size, _word, _title in LETTERS] == ["", "letters-m", "letters-s"]
