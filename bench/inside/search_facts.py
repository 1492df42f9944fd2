"""Says what the library can be filtered by, and how many titles it has, as JSON. Run by bench/within.py."""

import json

from django.db.models import Count

from catalog.models import Author, Book

MOST = 300


def main() -> None:
    print(
        json.dumps(
            {
                "titles": Book.objects.count(),
                "languages": used("language"),
                "formats": used("format"),
                "authors": list(
                    Author.objects.annotate(n=Count("contributions"))
                    .order_by("-n", "pk")
                    .values_list("pk", flat=True)[:MOST]
                ),
            }
        )
    )


def used(field: str) -> list[str]:
    """The values of ``field``, commonest first."""
    values = Book.objects.exclude(**{field: ""}).order_by().values_list(field).annotate(n=Count("pk")).order_by("-n")
    return [value for value, _n in values[:20]]


if __name__ == "__main__":
    main()
