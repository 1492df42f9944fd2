"""What a page notes of the answers it shows."""

import html
import re
from typing import Any


def what_the_page_says_it_shows(page: Any) -> dict[str, str]:
    """The hidden fields by which a form remembers what it showed, as a browser sends them back."""
    found = re.findall(r'name="(initial-[^"]+)"(?: value="([^"]*)")?', page.content.decode())
    return {name: html.unescape(value) for name, value in found}
