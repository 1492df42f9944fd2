"""Makes sign-ins for the measurements and chooses what is asked for; prints it as JSON.

Usage: prepare.py TERMS.json. Run by bench/within.py.
"""

import json
import random
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from django.contrib.auth.models import Group
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from accounts.models import Member, User
from accounts.permissions import LIBRARIAN, MEMBER
from catalog.models import Author, Book, Copy, Subject
from catalog.search.finding import MOST_PAGES
from catalog.views.results import PER_PAGE
from circulation.models import Loan

DESKS = 16
PAIRS = 1_200
CHANCE = random.Random(1605)


def main() -> None:
    terms = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    busy = busiest_members(8)
    reader = Member.objects.get(pk=busy[0][0])
    print(
        json.dumps(
            {
                "counts": counts(),
                "librarians": [librarian(n) for n in range(DESKS)],
                "member": sign_in(reader.card_number, reader.name, MEMBER) | {"loans": busy[0][1]},
                "pages": [[name, who, paths] for name, who, paths in pages(terms, [pk for pk, _loans in busy])],
                "pairs": pairs(),
            }
        )
    )


def counts() -> dict[str, int]:
    return {
        "books": Book.objects.count(),
        "copies": Copy.objects.count(),
        "members": Member.objects.count(),
        "loans": Loan.objects.count(),
        "open loans": Loan.objects.open().count(),
        "overdue loans": Loan.objects.overdue(timezone.now()).count(),
    }


def librarian(number: int) -> dict[str, str]:
    return sign_in(f"bench-{number + 1}", f"Desk {number + 1}", LIBRARIAN)


def sign_in(username: str, name: str, role: str) -> dict[str, Any]:
    """A sign-in with a new password; of a member, if the username is a card number."""
    user, _made = User.objects.get_or_create(username=username, defaults={"name": name})
    password = secrets.token_urlsafe(16)
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    Member.objects.filter(card_number=username).update(user=user)
    return {"name": username, "password": password}


def busiest_members(count: int) -> list[tuple[int, int]]:
    """The members with most open loans, and how many; those first whose loans are late the least."""
    late = Count("loans", filter=Q(loans__closed_at=None, loans__due_at__lt=timezone.now()))
    members = Member.objects.annotate(open=Count("loans", filter=Q(loans__closed_at=None)), late=late)
    return list(members.order_by("-open", "late", "pk").values_list("pk", "open")[:count])


def pages(terms: dict[str, list], busy: list[int]) -> list[tuple[str, str, list[str]]]:
    """Name, who looks ("anybody", "librarian", "member") and addresses of every page that is timed."""
    words = {name: [word for word, _hits in found] for name, found in terms.items() if name != "meta"}
    last = min(-(-Book.objects.count() // PER_PAGE), MOST_PAGES)
    return [
        ("home", "anybody", ["/"]),
        ("search, common word", "anybody", searches(words["common"])),
        ("search, two words", "anybody", searches(words["two"])),
        ("search, author", "anybody", searches(words["author"])),
        ("search, rare word", "anybody", searches(words["rare"])),
        ("search, no hit", "anybody", searches(words["nohit"])),
        ("all books, page 1", "anybody", ["/search/"]),
        ("all books, last page with a number", "anybody", [f"/search/?page={last}"]),
        ("book", "anybody", [f"/books/{pk}/" for pk in some(Book, 40)]),
        ("author", "anybody", [f"/authors/{pk}/" for pk in some(Author, 40)]),
        ("subject", "anybody", [f"/subjects/{pk}/" for pk in some(Subject, 40)]),
        ("desk", "librarian", ["/desk/"]),
        ("desk: books", "librarian", ["/desk/books/"]),
        ("desk: books, common word", "librarian", searches(words["common"], "/desk/books/")),
        ("desk: loans", "librarian", ["/desk/loans/"]),
        ("desk: loans, a name", "librarian", searches(words["author"], "/desk/loans/")),
        ("desk: members", "librarian", ["/desk/members/"]),
        ("desk: one member", "librarian", [f"/desk/members/{pk}/" for pk in busy]),
        ("desk: issue to a member", "librarian", [f"/desk/issue/?member={pk}" for pk in busy]),
        ("my loans", "member", ["/me/"]),
    ]


def searches(words: list[str], path: str = "/search/") -> list[str]:
    return [f"{path}?q={quote_plus(word)}" for word in words]


def some(model: Any, count: int) -> list[int]:
    """Keys of rows from all over the table, the same for the same table."""
    ends = model.objects.aggregate(first=Min("pk"), last=Max("pk"))
    wanted = [CHANCE.randint(ends["first"], ends["last"]) for _each in range(count * 4)]
    found = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(wanted) if pk in found][:count]


def pairs() -> list[dict[str, Any]]:
    """Cards of members with nothing on loan and barcodes of copies that are in, each once, with their keys."""
    free = Copy.objects.filter(withdrawn_on=None, lost_on=None, damaged_on=None)
    copies = list(free.exclude(pk__in=Loan.objects.open().values("copy")).values_list("pk", "barcode"))
    members = Member.objects.filter(Q(expires_on=None) | Q(expires_on__gt=timezone.now()))
    cards = list(members.exclude(loans__closed_at=None).values_list("pk", "card_number"))
    count = min(PAIRS, len(copies), len(cards))
    chosen = zip(CHANCE.sample(cards, count), CHANCE.sample(copies, count), strict=True)
    return [
        {"member": member, "card": card, "copy": copy, "barcode": barcode} for (member, card), (copy, barcode) in chosen
    ]


if __name__ == "__main__":
    main()
