"""Dates, amounts and words to type follow the language of the reader."""

import re
from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts.models import LibrarySettings
from accounts.tests.factories import MemberFactory
from circulation.exceptions import CirculationRefused
from circulation.forms.rules import RuleForm
from circulation.models import CirculationRule
from circulation.policy import NO_VALUE
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan
from library_site.tests.texts import ROOT

# the names of a weekday, short and long, and of a month, the number of a day, seconds since 1970, what is compared only
IN_EVERY_LANGUAGE = ("l", "D", "F", "j", "U", "H:i:s")


@pytest.mark.parametrize(
    ("language", "named", "written"),
    [("en", "DATE_FORMAT", "3 March 2026"), ("en", "SHORT_DATE_FORMAT", "3 Mar 2026"),
     ("en", "MONTH_DAY_FORMAT", "3 Mar"), ("de", "DATE_FORMAT", "3. März 2026"),
     ("de", "SHORT_DATE_FORMAT", "3. März 2026"), ("de", "MONTH_DAY_FORMAT", "3. März")],
)  # fmt: skip
def test_dates_follow_the_language(language: str, named: str, written: str) -> None:
    with translation.override(language):
        shown = Template("{{ day|date:named }}").render(Context({"day": date(2026, 3, 3), "named": named}))
    assert shown == written


@pytest.mark.parametrize(("language", "written"), [("en", "€10.50"), ("de", "10,50\xa0€")])
def test_money_follows_the_language_of_the_reader(db: None, language: str, written: str) -> None:
    """Also where the library's own language is another."""
    library = LibrarySettings(currency="EUR", language="fr")
    with translation.override(language):
        assert Template("{{ sum|money:library }}").render(Context({"sum": 1050, "library": library})) == written


def test_dates_in_templates_have_named_formats() -> None:
    """A format that is spelt out is English in every language; the name of a weekday and a number are not."""
    spelt_out = [
        f"{path.name}: {form}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for form in re.findall(r"""(?:\|date:|\|time:|{% now )["']([^"']*)["']""", path.read_text(encoding="utf-8"))
        if form not in IN_EVERY_LANGUAGE and not form.endswith("_FORMAT")
    ]
    assert spelt_out == []


@pytest.mark.parametrize(
    ("moment", "shown"), [("2026-03-03", "3. März 2026"), ("2026-03-03T14:00", "3. März 2026, 14:00")]
)
def test_days_of_an_explanation_follow_the_language(moment: str, shown: str) -> None:
    with translation.override("de"):
        assert Template("{{ moment|in_words }}").render(Context({"moment": moment})) == shown


def test_reason_with_an_amount_follows_the_language(db: None) -> None:
    member = MemberFactory(category__debt_limit_minor=500)
    charge_member(member, amount_minor=1_050, reason="Ausweis", by=None)
    with translation.override("de"), pytest.raises(CirculationRefused) as refused:
        make_loan(member=member)
    assert [problem.message for problem in refused.value.problems] == [
        "Geschuldet werden 10,50\xa0€; die Grenze liegt bei 5,00\xa0€."
    ]


@pytest.mark.parametrize("typed", ["unlimited", "unbegrenzt", "Unbegrenzt"])
def test_words_for_no_number_are_taken_in_both_languages(db: None, typed: str) -> None:
    rule = CirculationRule.objects.order_by("pk")[0]
    with translation.override("de"):
        form = RuleForm({"fine_cap_minor": typed, "max_loans": typed}, instance=rule)
        form.is_valid()
        assert (form.cleaned_data["fine_cap_minor"], form.cleaned_data["max_loans"]) == (NO_VALUE, NO_VALUE)
        assert form.fields["max_loans"].prepare_value(NO_VALUE) == "unbegrenzt"
        assert form.fields["fine_cap_minor"].prepare_value(NO_VALUE) == "unbegrenzt"


def test_highest_fine_takes_a_decimal_comma(db: None) -> None:
    rule = CirculationRule.objects.order_by("pk")[0]
    with translation.override("de"):
        form = RuleForm({"fine_cap_minor": "10,50"}, instance=rule)
        form.is_valid()
    assert form.cleaned_data["fine_cap_minor"] == 1_050
