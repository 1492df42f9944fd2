"""Addresses of the desk, of loans and money, and of a member's own library."""

from django.urls import path

from circulation.views import branch, cash, desk, holds, issue, ledger, loans, lost, mine, my_holds, removal, returning

app_name = "circulation"

urlpatterns = [
    path("me/", mine.my_loans, name="my_loans"),
    path("me/fines/", mine.my_fines, name="my_fines"),
    path("me/loans/renew/", mine.renew_all_mine, name="renew_all_mine"),
    path("me/loans/<int:pk>/renew/", mine.renew_mine, name="renew_mine"),
    path("books/<int:pk>/hold/", my_holds.place_mine, name="place_mine"),
    path("me/holds/", my_holds.my_holds, name="my_holds"),
    path("me/holds/<int:pk>/cancel/", my_holds.cancel_mine, name="cancel_mine"),
    path("me/holds/<int:pk>/suspend/", my_holds.suspend_mine, name="suspend_mine"),
    path("me/holds/<int:pk>/resume/", my_holds.resume_mine, name="resume_mine"),
    path("desk/holds/", holds.holds, name="holds"),
    path("desk/holds/let-go/", holds.let_go, name="let_go"),
    path("desk/holds/<int:pk>/slip/", holds.slip, name="hold_slip"),
    path("desk/holds/<int:pk>/cancel/", holds.cancel, name="cancel_hold"),
    path("desk/holds/<int:pk>/suspend/", holds.suspend, name="suspend_hold"),
    path("desk/holds/<int:pk>/resume/", holds.resume, name="resume_hold"),
    path("desk/holds/<int:pk>/move/", holds.move, name="move_hold"),
    path("desk/books/<int:pk>/holds/", holds.book_holds, name="book_holds"),
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
]
