"""What tests send to the pages of members."""

import html
import re
from typing import Any

from accounts.models import MemberCategory

HOSTILE = "<script>alert('x')</script>\"'&{{ 7|add:7 }}{% now 'Y' %}"
KEY = "a-key-of-a-form"


def texts(response: Any) -> str:
    """What a person reads on the page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def sent(**changes: Any) -> dict[str, Any]:
    return {"name": "Mia Member", "category": MemberCategory.objects.get(code="ADULT").pk, "key": KEY} | changes
