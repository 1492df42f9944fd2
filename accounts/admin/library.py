"""Settings and branches."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Branch, LibrarySettings

from .recorded import RecordedAdmin


@admin.register(LibrarySettings)
class LibrarySettingsAdmin(RecordedAdmin):
    list_display = ["name", "time_zone", "currency", "language"]
    readonly_fields = ["currency"]  # money hangs on it: changed at /desk/settings/, as long as none was booked

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Branch)
class BranchAdmin(RecordedAdmin):
    list_display = ["code", "name", "address"]
    search_fields = ["code", "name"]
