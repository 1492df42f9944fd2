"""The admin site's view of the catalogue: set-up and repair. Books and copies are managed at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.admin.recorded import ReadOnlyAdmin, RecordedAdmin
from catalog.models import Author, Book, Copy, CopyType, ImportBatch, SourceRecord, Subject
from catalog.normalize.languages import language_name
from catalog.services.search import follow, index_book, mark_stale


@admin.register(CopyType)
class CopyTypeAdmin(RecordedAdmin):
    list_display = ["code", "name", "replacement_price_minor", "processing_fee_minor", "is_lendable"]
    search_fields = ["code", "name"]

    def save_model(self, request: HttpRequest, obj: CopyType, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_lendable" in form.changed_data:  # in one transaction: the admin site's
            mark_stale(Book.objects.filter(copies__copy_type=obj))


class LanguageFilter(admin.SimpleListFilter):
    """The languages of books by their names; a book may say none."""

    title = _("language")
    parameter_name = "language"
    unknown = "none"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        codes = set(Book.objects.order_by().values_list("language", flat=True).distinct())
        named = [(code, language_name(code, get_language() or "en")) for code in codes - {""}]
        return sorted(named, key=lambda each: each[1]) + [(self.unknown, str(_("unknown")))] * ("" in codes)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Book]) -> QuerySet[Book]:
        if self.value() is None:
            return queryset
        return queryset.filter(language="" if self.value() == self.unknown else self.value())


@admin.register(Book)
class BookAdmin(ReadOnlyAdmin):
    list_display = ["title", "publisher", "year", "language", "format", "created_at"]
    list_filter = [LanguageFilter, "format"]
    search_fields = ["title", "identifiers__value", "contributors__author__name"]
    date_hierarchy = "created_at"


@admin.register(Copy)
class CopyAdmin(RecordedAdmin):
    list_display = ["barcode", "book", "copy_type", "home_branch", "location", "withdrawn_on"]
    list_filter = ["copy_type", "home_branch", "condition"]
    list_select_related = ["book", "copy_type", "home_branch"]
    search_fields = ["barcode", "book__title", "call_number"]
    autocomplete_fields = ["copy_type", "home_branch", "current_branch"]
    # The state depends on loans, which the desk's pages know.
    readonly_fields = ["book", "barcode", "withdrawn_on", "lost_on", "damaged_on"]

    def save_model(self, request: HttpRequest, obj: Copy, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        index_book(obj.book)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Author)
class AuthorAdmin(RecordedAdmin):
    list_display = ["name", "sort_name", "source_key"]
    search_fields = ["name", "source_key"]
    readonly_fields = ["name", "source_key"]  # books are searched by the name: it changes with the book, at the desk

    def save_model(self, request: HttpRequest, obj: Author, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        follow(Book.objects.filter(contributors__author=obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(SourceRecord)
class SourceRecordAdmin(ReadOnlyAdmin):
    list_display = ["key", "source", "book", "revision", "fetched_at"]
    list_filter = ["source"]
    list_select_related = ["book"]
    search_fields = ["key", "work_key", "book__title"]


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ["pk", "source", "state", "done", "total", "by", "created_at"]
    list_filter = ["state", "source"]
    list_select_related = ["by"]
