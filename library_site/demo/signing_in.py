"""The sign-ins of the demo library: invented per installation, printed in the terminal as long as they serve."""

import secrets

from django.contrib.auth.models import Group

from accounts.models import LibrarySettings, Member, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER

WORDS = [
    "amber", "anchor", "apple", "basket", "beacon", "birch", "bridge", "candle", "canyon", "cedar", "clover",
    "cobalt", "comet", "copper", "coral", "cotton", "dapple", "ember", "falcon", "fern", "garden", "ginger",
    "harbor", "hazel", "heron", "island", "ivory", "jasper", "juniper", "kettle", "lantern", "lemon", "linden",
    "maple", "marble", "meadow", "mellow", "mosaic", "nectar", "nutmeg", "olive", "orchid", "otter", "paper",
    "pebble", "pepper", "plume", "poppy", "prairie", "quartz", "quill", "raven", "ribbon", "river", "saffron",
    "sparrow", "spruce", "summit", "thistle", "timber", "tulip", "velvet", "violet", "walnut", "willow", "winter",
    "zephyr",
]  # fmt: skip


def new_password() -> str:
    """A password that can be read aloud across a desk: three words and a number."""
    return "-".join(secrets.choice(WORDS) for _each in range(3)) + f"-{secrets.randbelow(90) + 10}"


def make_staff() -> tuple[User, User, dict[str, str]]:
    """The demo's Admin and Librarian, and their passwords by username."""
    passwords = {"admin": new_password(), "librarian": new_password()}
    admin = User.objects.create_user("admin", password=passwords["admin"], name="Ada Admin", is_staff=True)
    admin.groups.add(Group.objects.get(name=ADMIN))
    librarian = User.objects.create_user("librarian", password=passwords["librarian"], name="Lena Librarian")
    librarian.groups.add(Group.objects.get(name=LIBRARIAN))
    return admin, librarian, passwords


def make_member_sign_in(member: Member) -> tuple[User, dict[str, str]]:
    """A sign-in for one demo member, and its password by username."""
    password = new_password()
    user = User.objects.create_user(member.card_number, password=password, name=member.name)
    user.groups.add(Group.objects.get(name=MEMBER))
    Member.objects.filter(pk=member.pk).update(user=user)
    return user, {user.username: password}


def sign_ins_that_work() -> list[tuple[str, str, str]]:
    """Name, password and role of each demo sign-in whose password was not changed."""
    passwords = LibrarySettings.current().demo.get("passwords", {})
    users = User.objects.filter(username__in=passwords, is_active=True).prefetch_related("groups").order_by("pk")
    return [
        (user.username, passwords[user.username], ", ".join(group.name for group in user.groups.all()))
        for user in users
        if user.check_password(passwords[user.username])
    ]
