"""Makes rows of the library and its people for tests; never more than the name says."""

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Branch, Card, Member, MemberCategory, User


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"User {n}")


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = Branch

    code = factory.Sequence(lambda n: f"BRANCH{n}")
    name = factory.Sequence(lambda n: f"Branch {n}")


class MemberCategoryFactory(DjangoModelFactory):
    """A category without any limit."""

    class Meta:
        model = MemberCategory

    code = factory.Sequence(lambda n: f"CATEGORY{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class MemberFactory(DjangoModelFactory):
    """A member without limits, whose membership does not end."""

    class Meta:
        model = Member

    card_number = factory.Sequence(lambda n: f"CARD{n}")
    name = factory.Sequence(lambda n: f"Member {n}")
    category = factory.SubFactory(MemberCategoryFactory)
    joined_on = datetime.date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **fields: Any) -> Member:
        Card.objects.create(number=fields["card_number"])
        return super()._create(model_class, *args, **fields)
