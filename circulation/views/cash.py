"""Cashing up: a day's money by desk and person, and line by line as a file."""

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import money
from accounts.models import LibrarySettings
from accounts.permissions import TAKE_PAYMENT, needs
from catalog.tables.cells import harmless
from catalog.tables.echo import Echo
from circulation.forms.ledger import CashUpForm
from circulation.models import LedgerEntry
from circulation.queries.cash import in_all, money_moved, tills


@needs(TAKE_PAYMENT)
def cash_up(request: HttpRequest) -> HttpResponse:
    asked = request.GET.copy()
    if not asked.get("day"):
        asked["day"] = timezone.localdate().isoformat()
    return _page(request, CashUpForm(asked))


def _page(request: HttpRequest, form: CashUpForm, status: int = 200) -> HttpResponse:
    context = {"form": form}
    if form.is_valid():
        day = form.cleaned_data["day"] or timezone.localdate()
        summed = tills(money_moved(day, request.library.zone, form.cleaned_data["branch"]))
        context |= {"day": day, "tills": summed, "total": in_all(summed)}
    return render(request, "circulation/cash_up.html", context, status=status)


@needs(TAKE_PAYMENT)
def cash_up_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    form = CashUpForm(request.GET)
    if not form.is_valid():
        return _page(request, form, status=400)
    day = form.cleaned_data["day"] or timezone.localdate()
    moved = money_moved(day, request.library.zone, form.cleaned_data["branch"])
    columns = [_("Number"), _("Time"), _("Desk"), _("By"), _("Member ID"), _("What"), _("Amount"), _("Reason")]
    kinds = {kind: str(name) for kind, name in LedgerEntry.Kind.choices}  # in the language of this request
    lines = _lines([*moved.select_related("branch", "by", "member")], columns, kinds, request.library)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="cash-{day:%Y-%m-%d}.csv"'
    return response


def _lines(
    entries: list[LedgerEntry], columns: list[str], kinds: dict[str, str], library: LibrarySettings
) -> Iterator[str]:
    """Money in is above zero here, money out below: the till's side, not the account's."""
    writer = csv.writer(Echo())
    yield "\ufeff"  # spreadsheets then read it as UTF-8
    yield writer.writerow(columns)
    for entry in entries:
        cells = [
            str(entry.pk), entry.at.astimezone(library.zone).strftime("%Y-%m-%d %H:%M"),
            str(entry.branch or ""), str(entry.by or ""), entry.member.card_number, kinds[entry.kind],
        ]  # fmt: skip
        amount = money.plain(-entry.amount_minor, entry.currency)
        yield writer.writerow([*map(harmless, cells), amount, harmless(entry.reason)])
