"""Money at the desk: payment, waiver, charge, and a receipt to print."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import money
from accounts.permissions import TAKE_PAYMENT, WAIVE, needs
from accounts.queries import current_members
from accounts.services.actions import TakenBackSince
from circulation.exceptions import CirculationRefused
from circulation.forms.ledger import AmountForm, ChargeForm, PaymentForm, WaiverForm
from circulation.models import LedgerEntry
from circulation.queries.ledger import MONEY_RECEIVED, balance_minor, outstanding_minor, received_with, settled_by
from circulation.services.ledger import charge_member, take_payment, waive


@needs(TAKE_PAYMENT)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    return _money_page(request, pk, PaymentForm, take_payment, texts=(_("Take a payment"), _("Received %(amount)s.")))


@needs(WAIVE)
def waive_debt(request: HttpRequest, pk: int) -> HttpResponse:
    return _money_page(request, pk, WaiverForm, waive, texts=(_("Waive"), _("Waived %(amount)s.")))


@needs(TAKE_PAYMENT)
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    texts = (_("Charge"), _("Charged %(amount)s."))
    return _money_page(request, pk, ChargeForm, charge_member, texts=texts, prefill=False)


@needs(TAKE_PAYMENT)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    payments = LedgerEntry.objects.filter(kind__in=MONEY_RECEIVED).select_related("member", "by", "voided_by")
    entry = get_object_or_404(payments, pk=pk)
    received = received_with(entry)
    context = {
        "entry": entry, "amount": -sum(part.amount_minor for part in received), "settled": settled_by(received),
        "balance": balance_minor(entry.member),
    }  # fmt: skip
    return render(request, "circulation/receipt.html", context)


def _money_page(
    request: HttpRequest, pk: int, form_class: type[AmountForm], service: Any, *, texts: tuple[str, str],
    prefill: bool = True,
) -> HttpResponse:  # fmt: skip
    title, done = texts
    member = get_object_or_404(current_members(), pk=pk)
    currency, owed = request.library.currency, outstanding_minor(member)
    form = form_class(
        request.POST or None, currency=currency, initial={"amount_minor": owed if prefill and owed else None}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = service(member, by=request.user, key=form.cleaned_data["key"], **form.values)
        except CirculationRefused as refused:
            for problem in refused.problems:
                form.add_error("amount_minor", problem.message)
        except TakenBackSince as refusal:
            messages.error(request, refusal.message)
            return redirect(request.path)
        else:
            amount = money.formatted(form.cleaned_data["amount_minor"], currency, request.LANGUAGE_CODE)
            messages.success(request, done % {"amount": amount})
            return redirect("circulation:receipt", entry.pk) if form_class is PaymentForm else redirect(member)
    return render(request, "circulation/money.html", {"form": form, "member": member, "title": title, "owed": owed})
