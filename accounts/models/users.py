"""The sign-in: one per person who signs in, whether staff or member."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A sign-in. A member's username is the card number; members need no sign-in and sign-ins need no e-mail."""

    first_name = None  # type: ignore[assignment] # people have one name here; which part comes first differs from place to place
    last_name = None  # type: ignore[assignment] # as above
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)
    first_password_until = models.DateTimeField(_("first password is valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_unique_in_any_case",
                violation_error_message=_("Somebody else signs in with this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique_in_any_case",
                violation_error_message=_("Somebody else signs in with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()  # sign-in and password reset look for it in small letters

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Rights come with roles alone; Django would look for single ones too, once on every page."""
        return self.is_active and (self.is_superuser or perm in self.get_group_permissions(obj))

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
