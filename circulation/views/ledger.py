"""Money at the desk: payment, waiver, write-off, refund, charge, reversal, and a receipt to print."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import money
from accounts.permissions import REFUND, TAKE_PAYMENT, WAIVE, needs
from accounts.queries import current_members, desk_branch
from accounts.services.actions import TakenBackSince
from circulation.exceptions import CirculationRefused
from circulation.forms.ledger import (
    AmountForm,
    ChargeForm,
    PaymentForm,
    RefundForm,
    ReversalForm,
    WaiverForm,
    WriteOffForm,
)
from circulation.models import LedgerEntry
from circulation.queries.cash import PAID_IN, PAID_OUT
from circulation.queries.ledger import (
    balance_minor,
    outstanding_minor,
    received_with,
    refundable_minor,
    settled_by,
)
from circulation.services.ledger import charge_member, refund, take_payment, void_entry, waive, write_off


@needs(TAKE_PAYMENT)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    return _money_page(request, pk, PaymentForm, take_payment, texts=(_("Take a payment"), _("Received %(amount)s.")))


@needs(WAIVE)
def waive_debt(request: HttpRequest, pk: int) -> HttpResponse:
    return _money_page(request, pk, WaiverForm, waive, texts=(_("Waive"), _("Waived %(amount)s.")))


@needs(WAIVE)
def write_off_debt(request: HttpRequest, pk: int) -> HttpResponse:
    texts = (_("Write off"), _("Written off: %(amount)s."))
    return _money_page(request, pk, WriteOffForm, write_off, texts=texts)


@needs(REFUND)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _money_page(request, pk, RefundForm, refund, texts=(_("Give money back"), _("Given back: %(amount)s.")))


@needs(WAIVE)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    entries = LedgerEntry.objects.select_related("member", "loan__copy__book", "by")
    entry = get_object_or_404(entries.filter(member__removed_at=None).exclude(kind=LedgerEntry.Kind.VOID), pk=pk)
    if entry.moves_money and not request.user.has_perm(REFUND):
        raise PermissionDenied
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_entry(entry, by=request.user, key=form.cleaned_data["key"], **form.values)
        except CirculationRefused as refused:
            for problem in refused.problems:
                form.add_error(None, problem.message)
        else:
            messages.success(request, _("The line is reversed."))
            return redirect(entry.member)
    return render(request, "circulation/void.html", {"form": form, "entry": entry, "member": entry.member})


@needs(TAKE_PAYMENT)
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    texts = (_("Charge"), _("Charged %(amount)s."))
    return _money_page(request, pk, ChargeForm, charge_member, texts=texts, prefill=False)


@needs(TAKE_PAYMENT)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    moved = LedgerEntry.objects.filter(PAID_IN | PAID_OUT).select_related("member", "by", "branch", "voided_by")
    entry = get_object_or_404(moved, pk=pk)
    received = received_with(entry)
    context = {
        "entry": entry, "amount": abs(sum(part.amount_minor for part in received)), "settled": settled_by(received),
        "balance": balance_minor(entry.member), "is_refund": entry.amount_minor > 0,
    }  # fmt: skip
    return render(request, "circulation/receipt.html", context)


def _money_page(
    request: HttpRequest, pk: int, form_class: type[AmountForm], service: Any, *, texts: tuple[str, str],
    prefill: bool = True,
) -> HttpResponse:  # fmt: skip
    title, done = texts
    member = get_object_or_404(current_members(), pk=pk)
    currency, owed = request.library.currency, outstanding_minor(member)
    refundable = refundable_minor(member) if form_class is RefundForm else None
    most = owed if refundable is None else min(refundable, max(0, -balance_minor(member)))
    form = form_class(
        request.POST or None, currency=currency, initial={"amount_minor": most if prefill and most else None}
    )
    where = {"branch": desk_branch(request.session)} if form_class in (PaymentForm, RefundForm) else {}
    if request.method == "POST" and form.is_valid():
        try:
            entry = service(member, by=request.user, key=form.cleaned_data["key"], **form.values, **where)
        except CirculationRefused as refused:
            for problem in refused.problems:
                form.add_error("amount_minor", problem.message)
        except TakenBackSince as refusal:
            messages.error(request, refusal.message)
            return redirect(request.path)
        else:
            amount = money.formatted(form.cleaned_data["amount_minor"], currency, request.LANGUAGE_CODE)
            messages.success(request, done % {"amount": amount})
            return redirect("circulation:receipt", entry.pk) if where else redirect(member)
    context = {"form": form, "member": member, "title": title, "owed": owed, "refundable": refundable, "unused": most}
    return render(request, "circulation/money.html", context)
