"""Many rows at once, and many values looked for at once, say the same as Django's own ways."""

import pytest
from django.db import transaction

from accounts.models import Branch
from accounts.services import rows
from accounts.services.rows import as_json, insert_and_key, insert_rows

pytestmark = pytest.mark.django_db


def branches(first: int, count: int) -> list[tuple[str, str]]:
    return [(f"B{n}", f"Branch {n}") for n in range(first, first + count)]


@pytest.mark.parametrize("count", [0, 1, rows.FEW, rows.FEW + 1])
def test_rows_get_the_keys_that_are_told(count: int) -> None:
    before = Branch.objects.create(code="OLD", name="Old")
    given = branches(1, count)
    with transaction.atomic():
        keys = insert_and_key(Branch, ("code", "name"), given)
    assert list(Branch.objects.filter(pk__gt=before.pk).order_by("pk").values_list("pk", "code", "name")) == [
        (key, *row) for key, row in zip(keys, given, strict=True)
    ]
    assert Branch.objects.create(code="NEXT", name="Next").pk > max([before.pk, *keys])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_key_is_drawn_that_another_might_draw(transactional_db: None) -> None:
    keys = insert_and_key(Branch, ("code", "name"), branches(1, 2 * rows.FEW + 1))
    assert list(Branch.objects.filter(pk__in=keys).order_by("pk").values_list("code", flat=True)) == [
        code for code, _name in branches(1, 2 * rows.FEW + 1)
    ]


def test_row_that_is_known_by_another_field_gets_what_is_new() -> None:
    old = Branch.objects.create(code="B1", name="Old")
    insert_rows(Branch, ("code", "name"), branches(1, 2), replacing=["name"], known_by="code")
    assert list(Branch.objects.filter(code__in=["B1", "B2"]).order_by("code").values_list("code", "name")) == [
        ("B1", "Branch 1"), ("B2", "Branch 2"),
    ]  # fmt: skip
    assert Branch.objects.get(code="B1").pk == old.pk


@pytest.mark.parametrize(("value", "text"), [({"a": "é"}, '{"a":"é"}'), ("\ud800", '"\\ud800"'), (2**70, str(2**70))])
def test_values_become_json_whatever_they_are(value: object, text: str) -> None:
    assert as_json(value) == text


@pytest.mark.parametrize("wanted", [[], ["B1"], ["B1", "B3", "none", "odd \"' é"]])
def test_among_finds_what_in_finds(wanted: list[str]) -> None:
    insert_rows(Branch, ("code", "name"), [*branches(1, 3), ("odd \"' é", "Odd")])
    found = Branch.objects.filter(code__among=wanted).order_by("pk")
    assert list(found) == list(Branch.objects.filter(code__in=wanted).order_by("pk"))
    pks = [branch.pk for branch in found]
    assert list(Branch.objects.filter(pk__among=pks).order_by("pk")) == list(found)
    assert Branch.objects.exclude(code__among=wanted).count() == Branch.objects.count() - len(found)
