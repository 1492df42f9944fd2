"""20, template and expression injection: own words for notices know fixed placeholders only; nobody's text is ever run.

NOTICE-27 and MAIL-10 (circulation/tests/services) try the same on the way a message takes, and with people's names.
"""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.policy.notices import filled
from circulation.tests.factories import make_overdue_loan
from library_site.tests.test_architecture import sources
from library_site.tests.threats.breaking import Break

BREAKS = [
    Break(
        "circulation/policy/notices.py", "return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)",
        "from django.template import Context, Template\n    return Template(text).render(Context(dict(values)))",
    ),
    Break(
        "circulation/policy/notices.py", "return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)",
        "return text.format_map(values)",
    ),
    Break("catalog/search/words.py", "import re\n", "import re\n\nfound = lambda text: re.search(text, '')\n"),
]  # fmt: skip
MADE = {
    "accounts.api.fields", "catalog.citations.wording", "catalog.forms.search", "catalog.marc.charsets",
    "catalog.normalize.formats", "catalog.normalize.years", "catalog.openlibrary.keys", "catalog.openlibrary.sieves",
    "catalog.tables.states", "circulation.scenarios.aside", "library_site.installation",
}  # fmt: skip
HOSTILE = (
    "{{settings.SECRET_KEY}} {% load i18n %}{% now 'Y' %} {0.__class__} {title.__class__} %(name)s {{title|upper}}"
)


@pytest.mark.parametrize("text", [*HOSTILE.split(" "), "{", "}", "{}", "{:>9999999}", "{title!r}", "{title"])
def test_what_is_no_placeholder_stays_as_it_was_written(text: str) -> None:
    assert filled(text, {"title": "Emma", "name": "Rosa"}) == text


def test_value_of_a_placeholder_is_not_filled_in_again() -> None:
    assert filled("{title}", {"title": "{name} {{settings}}", "name": "Rosa"}) == "{name} {{settings}}"


@pytest.mark.django_db
def test_own_words_of_a_notice_are_shown_as_written_and_never_run(admin_desk: Client) -> None:
    member = MemberFactory(name="{{settings.SECRET_KEY}}{% now 'Y' %}")
    make_overdue_loan(CopyFactory(book=BookFactory(title="{name} {0.__class__}")), member)
    words = {"subject": "Late", "body": f"{HOSTILE} {{title}} {{name}}", "card": member.card_number, "look": "1"}
    page = admin_desk.post("/desk/messages/texts/overdue/en/", words)
    preview = page.context["preview"]
    assert f"{HOSTILE} {{name}} {{0.__class__}} {member.name}" in preview.text
    assert settings.SECRET_KEY not in page.content.decode()


MATCHING = re.compile(r"re\.(compile|match|fullmatch|search|sub|subn|split|findall|finditer)")


def patterns(text: str) -> Iterator[str]:
    """The source of every pattern that is no constant."""
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        if MATCHING.fullmatch(ast.unparse(call.func)) and not isinstance(call.args[0], ast.Constant):
            yield ast.unparse(call.args[0])


def test_patterns_are_made_of_what_the_program_says_never_of_what_people_typed() -> None:
    """Each of these was looked at: what it is made of stands in the code, or in the names of settings."""
    code = dict(sources())
    made = {name for name, text in code.items() if "re." in text and any(patterns(text))}
    assert made == MADE
    ran = {name for name, text in code.items() if re.search(r"__i?regex|\beval\(|\bexec\(|Template\(", text)}
    assert ran == {"accounts.services.removal", "catalog.invariants"}  # of a name that is escaped, and of a constant
