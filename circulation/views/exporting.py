"""Everything out again, as files."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from accounts.exceptions import Refused
from accounts.permissions import MANAGE_BOOKS, MANAGE_MEMBERS, needs
from catalog.models import Book
from circulation.exports.people import all_members, open_loans
from circulation.exports.writing import Export
from circulation.forms.exporting import ExportForm
from circulation.services.exporting import record_export


@needs(MANAGE_BOOKS)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    may_take_people = request.user.has_perm(MANAGE_MEMBERS)
    form = ExportForm(request.POST or None, may_take_people=may_take_people)
    if request.method == "POST" and form.is_valid():
        kind, what = form.cleaned_data["kind"], form.cleaned_data["what"]
        try:
            wanted = Export(kind, what, request.library)
        except Refused as refusal:
            form.add_error("what", refusal.message)
        else:
            record_export(kind=kind, what=what, by=request.user, key=form.key_for(f"{what}-{kind}"))
            return _file(wanted)
    counts = {"books": Book.objects.count()}
    if may_take_people:
        counts |= {"members": all_members().count(), "loans": open_loans().count()}
    return render(request, "circulation/export.html", {"form": form, "counts": counts})


def _file(wanted: Export) -> StreamingHttpResponse:
    response = StreamingHttpResponse(wanted.stream(), content_type=wanted.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{wanted.file_name}"'
    return response
