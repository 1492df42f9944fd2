"""Descriptions as plain paragraphs: no markup, no link lists, no credits of where they were copied."""

import html
import re

from .text import many_lines

LONGEST_DESCRIPTION = 10_000
RULE = re.compile(r"^[ \t]*(?:-{3,}|_{3,}|\*{3,}|={3,})[ \t]*$", re.MULTILINE)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.{0,2000}?-->", re.DOTALL)
BREAK_TAG = re.compile(r"<(?:br|/?p|/?div|/?li)\b[^<>]{0,100}>", re.IGNORECASE)
LINK_DEFINITION = re.compile(r"^[ \t]*\[[^][\n]{1,20}\]:[ \t]*\S*.*$", re.MULTILINE)
CREDIT_LINE = re.compile(r"^[ \t]*\(?(?:source|quelle)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE)
CREDIT_LINK = re.compile(r"\(?\[\s*source\s*\](?:\[[^][\n]{0,20}\]|\([^()\s]{0,500}\))\)?", re.IGNORECASE)
LAST_CREDIT = re.compile(r"\s[-–—]\s*(?:\[[^][\n]{1,60}\](?:\[[^][\n]{0,20}\]|\([^()\s]{0,500}\))|https?://\S+)\s*$")
LINK = re.compile(r"!?\[([^][\n]{1,300})\](?:\[[^][\n]{0,20}\]|\((?:https?:|/)[^()\s]{0,500}\))")
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=[^\s*_])([^*_\n]{1,1000}?)(?<=\S)\1(?![\w*])")
EXTENT = re.compile(
    r"[\dxivlcdm\[\], ]*(?:p\.|pp\.|pages)[^.\n]{0,60}\bcm\.?", re.IGNORECASE
)  # "vii, 59 pages : 20 cm"
# Where none of these stands there is nothing to take away.
MARKS, SIGNS = re.compile(r"[<&\[*_]"), ("---", "===", "http", "source", "quelle")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]?\s")


def read_description(value: object) -> str:
    """``value`` (text, or {"value": text}) as plain text of at most 10,000 characters, cut at a sentence.

    Everything from a ruled line on is dropped (there follow lists of other editions), with it Markdown, HTML,
    "Source: ..." and link definitions.
    """
    text = many_lines(value)
    paragraphs = re.sub(r"\n{3,}", "\n\n", _without_marks(text) if _has_marks(text) else text)
    return "" if EXTENT.fullmatch(paragraphs) else _cut_at_sentence(paragraphs)


def _has_marks(text: str) -> bool:
    small = text.lower()
    return bool(MARKS.search(text)) or any(sign in small for sign in SIGNS)


def _without_marks(text: str) -> str:
    text = RULE.split(text, maxsplit=1)[0]
    text = BREAK_TAG.sub("\n", html.unescape(text))
    text = TAG.sub("", text)
    for credit in (CREDIT_LINK, LINK_DEFINITION, CREDIT_LINE):
        text = credit.sub("", text)
    text = LINK.sub(r"\1", LAST_CREDIT.sub("", text.rstrip()))
    return many_lines(EMPHASIS.sub(r"\2", text))


def _cut_at_sentence(text: str) -> str:
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    head = text[: LONGEST_DESCRIPTION - 1]
    ends = [found.end() for found in SENTENCE_END.finditer(head, LONGEST_DESCRIPTION // 2)]
    return head[: ends[-1]].rstrip() if ends else head.rstrip() + "…"
