"""Addresses of the API: of circulation."""

from django.urls import path

from circulation.api import holds, ledger, loans, mine, rules

routes = [
    path("loans", loans.Loans.as_view(), name="loans"),
    path("loans/<int:pk>", loans.OneLoan.as_view(), name="loan"),
    path("loans/<int:pk>/return", loans.ReturnLoan.as_view(), name="return_loan"),
    path("loans/<int:pk>/renew", loans.RenewLoan.as_view(), name="renew_loan"),
    path("holds", holds.Holds.as_view(), name="holds"),
    path("holds/<int:pk>", holds.OneHold.as_view(), name="hold"),
    path("holds/<int:pk>/cancel", holds.CancelHold.as_view(), name="cancel_hold"),
    path("holds/<int:pk>/suspend", holds.SuspendHold.as_view(), name="suspend_hold"),
    path("holds/<int:pk>/resume", holds.ResumeHold.as_view(), name="resume_hold"),
    path("holds/<int:pk>/move", holds.MoveHold.as_view(), name="move_hold"),
    path("members/<int:pk>/ledger", ledger.MemberLedger.as_view(), name="ledger"),
    path("members/<int:pk>/balance", ledger.MemberBalance.as_view(), name="balance"),
    path("ledger/<int:pk>", ledger.OneEntry.as_view(), name="entry"),
    path("ledger/<int:pk>/void", ledger.VoidEntry.as_view(), name="void_entry"),
    path("payments", ledger.Payments.as_view(), name="payments"),
    path("waivers", ledger.Waivers.as_view(), name="waivers"),
    path("write-offs", ledger.WriteOffs.as_view(), name="write_offs"),
    path("charges", ledger.Charges.as_view(), name="charges"),
    path("refunds", ledger.Refunds.as_view(), name="refunds"),
    path("rules/lookup", rules.RuleLookup.as_view(), name="look_up_rules"),
    path("me/loans", mine.MyLoans.as_view(), name="my_loans"),
    path("me/loans/<int:pk>/renew", mine.RenewMine.as_view(), name="renew_my_loan"),
    path("me/holds", mine.MyHolds.as_view(), name="my_holds"),
    path("me/holds/<int:pk>", mine.MyHold.as_view(), name="my_hold"),
    path("me/holds/<int:pk>/cancel", mine.CancelMine.as_view(), name="cancel_my_hold"),
    path("me/holds/<int:pk>/suspend", mine.SuspendMine.as_view(), name="suspend_my_hold"),
    path("me/holds/<int:pk>/resume", mine.ResumeMine.as_view(), name="resume_my_hold"),
    path("me/fines", mine.MyFines.as_view(), name="my_fines"),
    path("me/balance", mine.MyBalance.as_view(), name="my_balance"),
]
