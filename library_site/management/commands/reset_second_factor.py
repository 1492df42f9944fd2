"""``reset_second_factor``: for whoever runs the computer, when no Admin is left who could do it at the desk."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.exceptions import Refused
from accounts.models import LibrarySettings
from accounts.queries import user_signing_in
from accounts.services.second_factor import reset_second_factor


class Command(BaseCommand):
    help = (
        "Take away the second factor of a person who lost it: the password alone opens the next sign-in. All sign-ins "
        "and tokens of the person end, and the reason is recorded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the person signs in with: e-mail or card number")
        parser.add_argument("--reason", required=True, help="how you made sure that it is this person who asks")

    def handle(self, *args: Any, **options: Any) -> None:
        person = user_signing_in(options["name"])
        if person is None:
            raise CommandError("Nobody signs in with this name.")
        with translation.override(LibrarySettings.current().language):
            try:
                reset_second_factor(person, reason=options["reason"], by=None)
            except Refused as refusal:
                raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{person.username} signs in with the password alone now.")
