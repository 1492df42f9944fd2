"""Members at the desk: find, register, edit, card, bars, first password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.forms.members import EditMemberForm, MemberSearchForm, NewCardForm, RegisterForm, RestrictForm
from accounts.models import Member, Restriction
from accounts.paging import page_of
from accounts.permissions import MANAGE_MEMBERS, REFUND, needs
from accounts.services import members as services
from accounts.services.cards import card_pdf
from accounts.services.record import note_look
from catalog.queries import books_with_isbn
from circulation.queries.hold_lists import rows_of
from circulation.queries.holds import active_holds
from circulation.queries.ledger import account, balance_minor, outstanding_by_member, refundable_minor
from circulation.queries.loans import estimates, members_loans
from circulation.queries.members import loan_counts
from circulation.queries.rules import rule_book
from circulation.queries.scans import copy_with_barcode
from circulation.queries.standing import room_for_fines


@needs(MANAGE_MEMBERS)
def members(request: HttpRequest) -> HttpResponse:
    form = MemberSearchForm(request.GET)
    form.is_valid()
    found = queries.search_members(form.cleaned_data.get("q", ""))
    if category := form.cleaned_data.get("category"):
        found = found.filter(category=category)
    page = page_of(request, found)
    shown = [member.pk for member in page]
    context = {
        "form": form, "page": page,
        "counts": loan_counts(shown, timezone.now()), "owed": outstanding_by_member(shown),
    }  # fmt: skip
    return render(request, "accounts/members.html", context)


@needs(MANAGE_MEMBERS)
def add_member(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = services.register_member(by=request.user, key=form.cleaned_data["key"], **form.values)
        except Refused as refusal:
            form.add_error("card_number", refusal.message)
        else:
            text = _("%(name)s is registered with the card %(card)s.")
            messages.success(request, text % {"name": member.name, "card": member.card_number})
            _warn_of_copy_or_book(request, member.card_number)
            return redirect(member)
    return render(request, "accounts/add_member.html", {"form": form})


@needs(MANAGE_MEMBERS)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(queries.current_members().select_related("category", "user"), pk=pk)
    _note_look(request, member)
    now, book = timezone.now(), rule_book(request.library)
    loans, page = list(members_loans(member).open().order_by("due_at")), page_of(request, account(member))
    running = estimates(loans, book, now, room_for_fines(member))
    context = {
        "member": member, "now": now, "loans": loans, "estimates": running, "page": page,
        "balance": balance_minor(member),
        "refundable": refundable_minor(member) if request.user.has_perm(REFUND) else 0,
        "running": sum(fine.amount_minor for fine in running.values()),
        "restrictions": queries.restrictions_on(member, timezone.localdate(now)),
        "holds": rows_of(active_holds(member, timezone.localdate(now)), timezone.localdate(now), book),
        "restrict_form": RestrictForm(auto_id="restrict_%s"), "card_form": NewCardForm(auto_id="card_%s"),
    }  # fmt: skip
    return render(request, "accounts/member.html", context)


@needs(MANAGE_MEMBERS)
def edit_member(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(queries.current_members(), pk=pk)
    form = EditMemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        key, changed = form.cleaned_data["key"], form.changed_values
        saved = services.edit_member(Member(pk=pk), by=request.user, key=key, **changed)
        messages.success(request, _("Saved."))
        if "email" in form.changed_data and not services.signs_in_with_email(saved):
            text = _("Somebody else signs in with %(email)s. %(name)s signs in with the card number.")
            messages.warning(request, text % {"email": saved.email, "name": saved.name})
        return redirect("accounts:member", pk)
    _note_look(request, member)
    return render(request, "accounts/edit_member.html", {"form": form, "member": Member.objects.get(pk=pk)})


@needs(MANAGE_MEMBERS)
@require_POST
def restrict_member(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(queries.current_members(), pk=pk)
    form = RestrictForm(request.POST)
    if form.is_valid():
        try:
            services.restrict_member(member, by=request.user, key=form.cleaned_data["key"], **form.values)
        except Refused as refusal:
            form.add_error("until_on", refusal.message)
        else:
            messages.warning(request, _("%(name)s may not borrow now.") % {"name": member.name})
            return redirect(member)
    title = _("Bar from borrowing")
    return render(request, "accounts/single_form.html", {"form": form, "title": title, "back": member})


@needs(MANAGE_MEMBERS)
@require_POST
def lift_restriction(request: HttpRequest, pk: int) -> HttpResponse:
    restriction = get_object_or_404(Restriction.objects.select_related("member"), pk=pk)
    form = KeyedForm(request.POST)
    form.full_clean()
    services.lift_restriction(restriction, by=request.user, key=form.cleaned_data["key"])
    messages.success(request, _("The restriction is lifted."))
    return redirect(restriction.member)


@needs(MANAGE_MEMBERS)
@require_POST
def replace_card(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(queries.current_members(), pk=pk)
    form = NewCardForm(request.POST)
    if form.is_valid():
        try:
            member = services.replace_card(member, by=request.user, key=form.cleaned_data["key"], **form.values)
        except Refused as refusal:
            form.add_error("card_number", refusal.message)
        else:
            text = _("The new card is %(card)s. The old one is worthless.")
            messages.success(request, text % {"card": member.card_number})
            _warn_of_copy_or_book(request, member.card_number)
            return redirect(member)
    return render(request, "accounts/single_form.html", {"form": form, "title": _("New card"), "back": member})


@needs(MANAGE_MEMBERS)
@require_POST
@never_cache
def give_first_password(request: HttpRequest, pk: int) -> HttpResponse:
    member, form = get_object_or_404(queries.current_members(), pk=pk), KeyedForm(request.POST)
    form.full_clean()
    password = services.first_password()
    user = services.give_first_password(member, password=password, by=request.user, key=form.cleaned_data["key"])
    if not user.check_password(password):
        return render(request, "accounts/first_password_given.html", {"member": member}, status=409)
    return render(request, "accounts/first_password.html", {"member": member, "password": password, "sign_in": user})


@needs(MANAGE_MEMBERS)
def member_card(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(queries.current_members(), pk=pk)
    response = HttpResponse(card_pdf(member, request.library), content_type="application/pdf")
    name = member.card_number.replace("/", "-")
    response.headers["Content-Disposition"] = f'inline; filename="card-{name}.pdf"'
    return response


def _note_look(request: HttpRequest, member: Member) -> None:
    """Members see who of the staff opened their page, and on which day."""
    if request.method == "GET":
        note_look(member, by=request.user, on=timezone.localdate())


def _warn_of_copy_or_book(request: HttpRequest, card: str) -> None:
    if copy := copy_with_barcode(card):
        text = _(
            "%(code)s is also the barcode of a copy of “%(title)s”. At the desk you will be asked which one you mean."
        )
        messages.warning(request, text % {"code": card, "title": copy.book.title})
    elif book := books_with_isbn(card).first():
        text = _("%(code)s is also an ISBN of “%(title)s”. At the desk it will mean the card, not the book.")
        messages.warning(request, text % {"code": card, "title": book.title})
