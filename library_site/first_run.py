"""What whoever starts the library is told: where it is, how to sign in, and the code with which it is set up."""

from accounts.models import LibrarySettings, Member, User
from accounts.queries import waits_for_set_up
from accounts.services.library import new_set_up_code
from catalog.models import Book
from library_site.demo.signing_in import sign_ins_that_work


def is_new() -> bool:
    """Nothing is here, and nobody took the demo out to have it so."""
    is_empty = not (User.objects.exists() or Member.objects.exists() or Book.objects.exists())
    return is_empty and not LibrarySettings.current().demo


def greeting(address: str) -> list[str]:
    """The lines to be printed; while nobody has set the library up, each call makes a new code."""
    lines = [
        f"  sign in as {name:<12} password {password}   ({role}, demo)" for name, password, role in sign_ins_that_work()
    ]
    if waits_for_set_up(LibrarySettings.current()):
        lines.append(f"  Set the library up at {address}/setup/ with the code {new_set_up_code()}")
    return [f"Openshelf: {address}", *lines]
