"""Addresses of the library and its people."""

from django.urls import path

from accounts.views import audit, library, members, profile, record, sign_ins, staff, tokens, webhooks

app_name = "accounts"

urlpatterns = [
    path("setup/", library.set_up, name="set_up"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/tokens/", tokens.tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", tokens.revoke, name="revoke_token"),
    path("me/record/", record.my_record, name="my_record"),
    path("me/sessions/", sign_ins.sign_ins, name="sign_ins"),
    path("me/sessions/end-others/", sign_ins.end_other_sign_ins, name="end_other_sign_ins"),
    path("me/sessions/<int:pk>/end/", sign_ins.end_sign_in, name="end_sign_in"),
    path("desk/audit/", audit.audit, name="audit"),
    path("desk/audit.csv", audit.audit_csv, name="audit_csv"),
    path("desk/staff/", staff.staff, name="staff"),
    path("desk/staff/<int:pk>/second-factor/", staff.reset_second_factor, name="reset_second_factor"),
    path("desk/staff/<int:pk>/sign-out/", staff.sign_out_everywhere, name="sign_out_everywhere"),
    path("desk/settings/", library.settings, name="settings"),
    path("desk/webhooks/", webhooks.webhooks, name="webhooks"),
    path("desk/webhooks/add/", webhooks.add_webhook, name="add_webhook"),
    path("desk/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("desk/webhooks/<int:pk>/test/", webhooks.test_webhook, name="test_webhook"),
    path("desk/webhooks/<int:pk>/enable/", webhooks.enable_webhook, name="enable_webhook"),
    path("desk/webhooks/<int:pk>/secret/", webhooks.replace_secret, name="replace_webhook_secret"),
    path("desk/webhooks/<int:pk>/remove/", webhooks.remove_webhook, name="remove_webhook"),
    path("desk/webhooks/events/<int:pk>/resend/", webhooks.resend_event, name="resend_event"),
    path("desk/members/", members.members, name="members"),
    path("desk/members/add/", members.add_member, name="add_member"),
    path("desk/members/<int:pk>/", members.member, name="member"),
    path("desk/members/<int:pk>/edit/", members.edit_member, name="edit_member"),
    path("desk/members/<int:pk>/card.pdf", members.member_card, name="member_card"),
    path("desk/members/<int:pk>/replace-card/", members.replace_card, name="replace_card"),
    path("desk/members/<int:pk>/restrict/", members.restrict_member, name="restrict_member"),
    path("desk/members/<int:pk>/first-password/", members.give_first_password, name="give_first_password"),
    path("desk/restrictions/<int:pk>/lift/", members.lift_restriction, name="lift_restriction"),
]
