"""The site itself, and the admin site under the library's name."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class LibrarySiteConfig(AppConfig):
    name = "library_site"
    default = True


class LibraryAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "library_site.admin_site.LibraryAdminSite"
