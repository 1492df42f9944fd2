"""What holds for every template: no inline script or style, a token in every form, every sentence translatable."""

import gzip
import re
from pathlib import Path

from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
SCRIPTS = sorted(Path(settings.BASE_DIR, "static").rglob("*.js"))
MOST_LINES = 150


def found(pattern: str) -> list[str]:
    return [
        f"{path.name}: {match[0][:60]}"
        for path in TEMPLATES
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.IGNORECASE | re.DOTALL)
    ]


def test_nothing_inline_that_the_content_security_policy_would_block() -> None:
    assert found(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=\"|javascript:") == []


def test_nothing_is_marked_safe_but_help_texts_of_forms() -> None:
    assert [each for each in found(r"\|safe\b|autoescape off") if not each.startswith("field.html")] == []


def test_every_search_box_ends_before_the_address_is_too_long() -> None:
    boxes = found(r"<input\b[^>]*type=\"search\"[^>]*>")
    assert (len(boxes) >= 5, found(r"<input\b(?![^>]*maxlength)[^>]*type=\"search\"[^>]*>")) == (True, [])


def test_no_page_names_another_host_but_links_to_open_library() -> None:
    hosts = {host for path in TEMPLATES for host in re.findall(r"https?://([\w.-]+)", path.read_text(encoding="utf-8"))}
    assert hosts == {"openlibrary.org"}


def test_templates_can_be_held_in_the_head() -> None:
    assert [path.name for path in TEMPLATES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES] == []


def test_every_sentence_goes_through_translation() -> None:
    """What is left of a template without its tags, comments and translated parts holds no words."""
    strangers = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for pattern in (
            r"{%\s*(blocktrans(?:late)?|comment)\b.*?{%\s*end\1\s*%}",
            r"{%.*?%}|{{.*?}}|{#.*?#}|<!doctype[^>]*>",
            r"<code>.*?</code>|<[^>]*>",
        ):
            text = re.sub(pattern, " ", text, flags=re.IGNORECASE | re.DOTALL)
        words = [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in ALLOWED_WORDS]
        strangers += [f"{path.relative_to(settings.BASE_DIR)}: {word}" for word in words]
    assert strangers == []


ALLOWED_WORDS = {"Alt", "Open", "Library", "Openshelf", "nbsp"}


def test_scripts_are_few_bytes() -> None:
    """All of them together, as they are sent; no page has them all."""
    assert sum(len(gzip.compress(path.read_bytes())) for path in SCRIPTS) < 12_000
