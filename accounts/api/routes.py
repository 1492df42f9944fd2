"""Addresses of the API: of itself and of accounts."""

from django.urls import path

from accounts.api.docs import Docs
from accounts.api.library import Branches, Library, MemberCategories
from accounts.api.members import Members, OneMember
from accounts.api.problem_pages import ProblemType
from accounts.api.schema import Schema
from accounts.api.signing_in import Me, SignIn, SignOut
from accounts.api.staff import Register

routes = [
    path("schema", Schema.as_view(), name="schema"),
    path("docs", Docs.as_view(), name="docs"),
    path("problems/<str:code>", ProblemType.as_view(), name="problem"),
    path("register", Register.as_view(), name="register"),
    path("login", SignIn.as_view(), name="login"),
    path("logout", SignOut.as_view(), name="logout"),
    path("me", Me.as_view(), name="me"),
    path("library", Library.as_view(), name="library"),
    path("branches", Branches.as_view(), name="branches"),
    path("member-categories", MemberCategories.as_view(), name="member_categories"),
    path("members", Members.as_view(), name="members"),
    path("members/<int:pk>", OneMember.as_view(), name="member"),
]
