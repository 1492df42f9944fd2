"""Addresses of the desk, of loans and money, and of a member's own library."""

from django.urls import path

from circulation.views import branch, calendar, cash, desk, issue, ledger, loans, lost, mine, removal, returning, rules

app_name = "circulation"

urlpatterns = [
    path("me/", mine.my_loans, name="my_loans"),
    path("me/fines/", mine.my_fines, name="my_fines"),
    path("me/loans/renew/", mine.renew_all_mine, name="renew_all_mine"),
    path("me/loans/<int:pk>/renew/", mine.renew_mine, name="renew_mine"),
    path("desk/", desk.desk, name="desk"),
    path("desk/branch/<int:pk>/", branch.choose_branch, name="choose_branch"),
    path("desk/undo/<int:pk>/", desk.undo_action, name="undo"),
    path("desk/issue/", issue.issue, name="issue"),
    path("desk/return/", returning.return_, name="return"),
    path("desk/renew/", returning.renew, name="renew"),
    path("desk/loans/", loans.loans, name="loans"),
    path("desk/loans.csv", loans.loans_csv, name="loans_csv"),
    path("desk/members/<int:pk>/pay/", ledger.pay, name="pay"),
    path("desk/members/<int:pk>/waive/", ledger.waive_debt, name="waive"),
    path("desk/members/<int:pk>/charge/", ledger.charge, name="charge"),
    path("desk/members/<int:pk>/write-off/", ledger.write_off_debt, name="write_off"),
    path("desk/members/<int:pk>/refund/", ledger.give_back, name="refund"),
    path("desk/members/<int:pk>/remove/", removal.remove, name="remove_member"),
    path("desk/entries/<int:pk>/reverse/", ledger.void, name="void"),
    path("desk/cash/", cash.cash_up, name="cash_up"),
    path("desk/cash.csv", cash.cash_up_csv, name="cash_up_csv"),
    path("desk/copies/<int:pk>/what-happened/", lost.what_happened, name="what_happened"),
    path("desk/receipts/<int:pk>/", ledger.receipt, name="receipt"),
    path("desk/rules/", rules.rules, name="rules"),
    path("desk/rules/pair/", rules.pair, name="rule_pair"),
    path("desk/rules/row/", rules.edit_row, name="rule_row"),
    path("desk/rules/<int:pk>/remove/", rules.remove_row, name="rule_remove"),
    path("desk/calendar/", calendar.year, name="calendar"),
    path("desk/calendar/week/", calendar.week, name="calendar_week"),
    path("desk/calendar/close/", calendar.close, name="calendar_close"),
    path("desk/calendar/closed/<int:pk>/open-again/", calendar.open_again, name="calendar_open_again"),
    path("desk/calendar/entries/add/", calendar.entry, name="calendar_add"),
    path("desk/calendar/entries/<int:pk>/", calendar.entry, name="calendar_entry"),
    path("desk/calendar/entries/<int:pk>/remove/", calendar.remove, name="calendar_remove"),
]
