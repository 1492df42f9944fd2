"""``set_up_roles``: makes permissions, roles and the rows no library can do without. ``migrate`` calls it."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.library import ensure_library, ensure_roles
from catalog.services.copies import ensure_copy_types
from circulation.services.rules import ensure_rules


class Command(BaseCommand):
    help = "Make permissions, roles and the rows no library can do without. Changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
        ensure_library()
        ensure_copy_types()
        ensure_rules()
