"""Copies at the desk: add, edit, mark, labels."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.permissions import MANAGE_BOOKS, needs
from catalog import queries
from catalog.forms.copies import AddCopiesForm, EditCopyForm, LabelsForm, MarkForm
from catalog.models import Book, Copy
from catalog.services.copies import add_copies as add_copies_service
from catalog.services.copies import card_with_this_code
from catalog.services.copies import edit_copy as edit_copy_service
from catalog.services.labels import labels_pdf
from catalog.views.outcomes import tell_copies_added
from circulation.exceptions import CirculationRefused
from circulation.queries.copies import with_availability
from circulation.services.copies import clear_copy, mark_copy
from circulation.services.copies import delete_copy as delete_copy_service

MARK_ID = "mark_%s"  # two forms stand on one page


@needs(MANAGE_BOOKS)
@require_POST
def add_copies(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=pk)
    form = AddCopiesForm(request.POST)
    if form.is_valid():
        try:
            copies = add_copies_service(book, by=request.user, key=form.cleaned_data["key"], **form.values)
        except Refused as refusal:
            form.add_error("barcode", refusal.message)
        else:
            tell_copies_added(request, copies)
            _warn_of_card(request, copies[0].barcode)
            return redirect("catalog:edit_book", pk)
    return render(request, "catalog/copy_form.html", {"form": form, "book": book, "title": _("Add copies")})


@needs(MANAGE_BOOKS)
def edit_copy(request: HttpRequest, pk: int) -> HttpResponse:
    copy = _copy_or_404(pk)
    form = EditCopyForm(request.POST or None, instance=copy, currency=request.library.currency)
    if request.method == "POST" and form.is_valid():
        try:
            saved = edit_copy_service(Copy(pk=pk), by=request.user, key=form.cleaned_data["key"], **form.values)
        except Refused as refusal:
            if refusal.code == "changed_since":
                form.show_once_more(refusal.message, now=Copy.objects.get(pk=pk))
            else:
                form.add_error("barcode", refusal.message)
        else:
            messages.success(request, _("Saved."))
            _warn_of_card(request, saved.barcode)
            return redirect("catalog:edit_book", copy.book_id)
    return _copy_page(request, copy, form, MarkForm(auto_id=MARK_ID))


@needs(MANAGE_BOOKS)
@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    copy = _copy_or_404(pk)
    form = MarkForm(request.POST, auto_id=MARK_ID)
    if not form.is_valid():
        return _copy_page(request, copy, EditCopyForm(instance=copy, currency=request.library.currency), form)
    try:
        values = form.cleaned_data
        service = clear_copy if values["clear"] else mark_copy
        service(Copy(pk=copy.pk), state=values["state"], reason=values["reason"], by=request.user, key=values["key"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    except CirculationRefused as refused:
        for problem in refused.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("catalog:edit_copy", pk)


@needs(MANAGE_BOOKS)
@require_POST
def delete_copy(request: HttpRequest, pk: int) -> HttpResponse:
    if done := queries.deletion_of(Copy, pk):  # the button was pressed twice
        _tell_deleted(request, done.before["barcode"])
        return redirect("catalog:books")
    copy = get_object_or_404(Copy, pk=pk)
    try:
        delete_copy_service(copy, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        _tell_deleted(request, copy.barcode)
    return redirect("catalog:edit_book", copy.book_id)


@needs(MANAGE_BOOKS)
def labels(request: HttpRequest) -> HttpResponse:
    form = LabelsForm(request.POST or request.GET)  # POST where an address would be too long
    if not form.is_valid():
        return render(
            request, "catalog/copy_form.html", {"form": form, "title": _("Labels"), "method": "get"}, status=400
        )
    values = form.cleaned_data
    pdf = labels_pdf(values["copies"], values["sheet"], skip=values["skip"])
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response


def _copy_or_404(pk: int) -> Copy:
    return get_object_or_404(with_availability(Copy.objects.select_related("book", "copy_type")), pk=pk)


def _copy_page(request: HttpRequest, copy: Copy, form: EditCopyForm, mark_form: MarkForm) -> HttpResponse:
    context = {"form": form, "book": copy.book, "copy": copy, "mark_form": mark_form, "title": _("Edit copy")}
    return render(request, "catalog/copy_form.html", context)


def _tell_deleted(request: HttpRequest, barcode: str) -> None:
    messages.success(request, _("The copy %(barcode)s is deleted.") % {"barcode": barcode})


def _warn_of_card(request: HttpRequest, barcode: str) -> None:
    if member := card_with_this_code(barcode):
        text = _("%(code)s is also the card of %(name)s. At the desk you will be asked which one you mean.")
        messages.warning(request, text % {"code": barcode, "name": member.name})
