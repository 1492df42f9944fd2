"""The admin site: set-up and repair, signed in to like every other page."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class LibraryAdminSite(AdminSite):
    site_header = _("Openshelf administration")
    site_title = _("Openshelf administration")
    index_title = _("Set-up and repair")
    site_url = "/desk/"
    enable_nav_sidebar = True

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return secure_admin_login(super().login)(request, extra_context)
