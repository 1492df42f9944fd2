import pytest
from django.urls import reverse

from accounts.addresses import address_of


@pytest.mark.parametrize("pk", [1, 8_888_888, 2**40])
def test_an_address_is_the_one_that_django_makes(pk: int) -> None:
    assert address_of("catalog:edit_book", pk) == reverse("catalog:edit_book", args=[pk])


def test_a_row_without_a_key_has_no_address() -> None:
    with pytest.raises(TypeError):
        address_of("catalog:book", None)  # type: ignore[arg-type]
