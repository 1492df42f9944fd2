"""What somebody puts into a link or a box comes back as a script: it comes back as text, or not at all."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.tests.api.programs import Program
from library_site.tests.threats.asking import every_page, parameters, text_of
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
CANARY = "zq'\"><svg onload=zq>&{{7*7}}"
RAW = ("<svg onload", "zq'\"", "zq'&quot;", 'zq&#x27;"')  # one quotation mark that stayed one is enough
BOXES = {
    "/desk/issue/": "scan", "/desk/return/": "scan", "/desk/renew/": "scan", "/desk/scan/": "scan", "/desk/books/": "q",
}  # fmt: skip
BREAKS = [
    Break("templates/catalog/_search_box.html", "{{ form.q.value|default:'' }}", "{{ form.q.value|default:''|safe }}"),
    Break("templates/errors/error.html", 'value="{{ q }}"', 'value="{{ q|safe }}"', test="not_there"),
    Break("templates/components/outcomes.html", "<p>{{ message }}</p>", "<p>{{ message|safe }}</p>", test="barcodes"),
]


def what_ran(text: str) -> list[str]:
    return [raw for raw in RAW if raw in text]


def test_canary_in_every_parameter_of_every_page_is_only_words(
    address: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    names = parameters()
    given = dict.fromkeys(names, CANARY)
    found, shown, faults = {}, set(), set()
    for name, answer in every_page(address, request.getfixturevalue, given):
        text = text_of(answer)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            found |= {name: ran} if (ran := what_ran(text)) else {}
            shown |= {name} if "&lt;svg onload=zq&gt;" in text else set()
        faults |= {name} if answer.status_code == 500 else set()
    assert (found, faults) == ({}, set())
    assert (len(names) > 25, len(shown) > 25) == (True, True)


@pytest.mark.parametrize("path", BOXES)
def test_canary_in_a_box_for_barcodes_is_only_words(path: str, desk: Client) -> None:
    pages = [desk.post(path, {BOXES[path]: CANARY, "member": CANARY, "returned_on": CANARY}, follow=True)]
    pages.append(desk.get(path, {BOXES[path]: CANARY}))
    assert [what_ran(page.content.decode()) for page in pages] == [[], []]


def there_is_no(word: str) -> list[str]:
    return [f"/{word}/", f"/isbn/{word}/", f"/books/1/cite/{word}", f"/x?q={word}"]


def test_canary_in_an_address_that_is_not_there_is_only_words(client: Client) -> None:
    pages = [
        client.get(path) for path in (f"/{CANARY}/", f"/isbn/{CANARY}/", f"/books/1/cite/{CANARY}", f"/x?q={CANARY}")
    ]
    assert [(page.status_code, what_ran(page.content.decode())) for page in pages] == [(404, [])] * 4


def test_canary_sent_to_the_api_comes_back_as_json_alone() -> None:
    for path in (f"problems/{CANARY}", f"books?isbn={CANARY}", f"books?{CANARY}=1", f"catalogue/search?q={CANARY}"):
        answer = Program().ask("GET", path)
        kinds = ("application/json", "application/problem+json")
        assert (answer.headers["Content-Type"] in kinds, answer.headers["X-Content-Type-Options"]) == (True, "nosniff")
