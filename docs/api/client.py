"""An example of a program that talks to Openshelf: it registers a member, saves a book, issues it and takes it back.

    python client.py https://library.example.org TOKEN 9780141439587

The token is made on the page "Tokens for programs" of somebody who works at the desk, with all three scopes.
"""

import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT = 30  # seconds
PROBLEM = "application/problem+json"
TRIES = 3  # of a request whose answer was lost; its key sees to it that it is done once


class Refused(Exception):
    """The library did not do it: ``status``, the ``code`` of the kind of problem, and codes of the ``reasons``."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.status: int = problem["status"]
        self.code: str = problem["type"].rsplit("/", 1)[-1]
        self.reasons: list[str] = [reason["code"] for reason in problem.get("reasons", [])]
        super().__init__(problem["detail"])


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    card_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A book of Open Library that is in the library now; ``copies``: barcodes of the copies made with it."""

    book: int
    title: str
    outcome: str
    copies: list[str]


@dataclass(frozen=True, slots=True)
class Loan:
    id: int
    title: str
    barcode: str
    due_at: str
    returned_at: str | None


class Library:
    """A library, as seen by a program that has a token."""

    def __init__(self, site: str, token: str) -> None:
        self.api = f"{site.rstrip('/')}/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def register_member(self, name: str, **details: str) -> Member:
        """Register a member. Raises Refused."""
        said = self._post("/members", name=name, **details)
        return Member(said["id"], said["card_number"], said["name"])

    def save_book(self, isbn: str) -> Saved:
        """Save the book with this ISBN and one copy of it; one that is here gets a further copy. Raises Refused."""
        said = self._post("/save", isbn=isbn, if_known="copy")
        return Saved(said["id"], said["book"]["title"], said["outcome"], said["copies"])

    def issue(self, barcode: str, member: Member) -> Loan:
        """Lend the copy with this barcode. Raises Refused, with every reason at once."""
        return _loan(self._post("/loans", barcode=barcode, member=member.id))

    def take_back(self, loan: Loan) -> Loan:
        """Take the copy of a loan back. Raises Refused."""
        return _loan(self._post(f"/loans/{loan.id}/return"))

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        for left in reversed(range(TRIES)):
            try:
                answer = self.session.post(self.api + path, json=body, headers=headers, timeout=TIMEOUT)
            except (requests.ConnectionError, requests.Timeout):  # it may have been done all the same
                if not left:
                    raise
                continue
            if not left or "Retry-After" not in answer.headers:
                break
            time.sleep(int(answer.headers["Retry-After"]))  # busy, too often, or the first one still runs
        if answer.headers.get("Content-Type") == PROBLEM:
            raise Refused(answer.json())
        answer.raise_for_status()  # what stands before the library may answer in its own way
        said: dict[str, Any] = answer.json()
        return said


def _loan(said: dict[str, Any]) -> Loan:
    return Loan(said["id"], said["title"], said["barcode"], said["due_at"], said["returned_at"])


def main(site: str, token: str, isbn: str) -> None:
    library = Library(site, token)
    with library.session:  # its connections are closed at the end
        member = library.register_member("Ada Example", email="ada@example.org")
        print(f"{member.name} has the card {member.card_number}.")
        saved = library.save_book(isbn)
        print(f"“{saved.title}” is in the library ({saved.outcome}), its copy {saved.copies[0]}.")
        loan = library.issue(saved.copies[0], member)
        print(f"Issued; due back at {loan.due_at}.")
        print(f"Returned at {library.take_back(loan).returned_at}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
