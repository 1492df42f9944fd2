"""Staff: sign-ins and their roles."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Action, User
from accounts.permissions import ADMIN
from accounts.services.actions import describe, recorded
from accounts.services.sign_ins import end_everything_of, sign_out_everywhere

from .recorded import RecordedAdmin

admin.site.unregister(Group)  # roles are named in accounts.permissions, not made by hand
admin.site.unregister(Authenticator)  # second factors are their owners' alone


@recorded("set_password_in_admin")
def settle_password(action: Action, user: User, *, but: str | None = None, by: Any, now: Any) -> None:
    """After ``user`` was given a password in the admin site: who did not choose it chooses another at first use.

    Every sign-in but that of the session ``but`` ends, and every token.
    """
    User.objects.filter(pk=user.pk).update(must_change_password=user != by, first_password_until=None)
    describe(action, user, after={"ended": end_everything_of(user, by=by, now=now, but=but)})


@admin.register(User)
class UserAdmin(RecordedAdmin, DjangoUserAdmin):
    list_display = ["username", "name", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "name", "email"]
    ordering = ["username"]
    filter_horizontal = ["groups"]
    fieldsets = [
        (None, {"fields": ["username", "name", "email", "password"]}),
        (_("Role"), {"fields": ["is_active", "groups"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"classes": ["wide"], "fields": ["username", "name", "email", "usable_password", "password1", "password2"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody gives or takes their own role, or closes their own sign-in."""
        return ["is_active", "groups"] if obj == request.user else []

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who set the library up is beyond the reach of those who came after."""
        out_of_reach = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not out_of_reach

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """The door to the admin site follows the role Admin."""
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not user.is_superuser:
            User.objects.filter(pk=user.pk).update(is_staff=user.groups.filter(name=ADMIN).exists())

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            sign_out_everywhere(obj, by=request.user)
        if not change and obj.has_usable_password():
            settle_password(obj, by=request.user)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        if request.resolver_match.url_name == "auth_user_password_change":
            own = request.session.session_key if obj == request.user else None
            settle_password(obj, but=own, by=request.user)
        return super().log_change(request, obj, message)
