"""Sign-ins of people who work here, made by an Admin."""

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Body
from accounts.api.fields import Names, Password, Text
from accounts.api.permissions import MANAGE
from accounts.api.problems import Problem
from accounts.api.resources import Resource, operation
from accounts.models import User
from accounts.permissions import LIBRARIAN, MANAGE_STAFF, STAFF_ROLES
from accounts.services.staff import register_staff


class StaffBody(Body):
    username = Text(max_length=150, validators=[UnicodeUsernameValidator()])
    name = Text(max_length=200)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    role = serializers.ChoiceField(STAFF_ROLES, default=LIBRARIAN)
    password = Password(max_length=200)


class StaffShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    roles = Names("name", source="groups")
    must_change_password = serializers.BooleanField()


class Register(Resource):
    permission = MANAGE_STAFF
    scope = {"POST": MANAGE}

    @operation("register_staff", "Make a sign-in for staff", takes=StaffBody, gives=StaffShown, status=201)
    def post(self, request: Request) -> User:
        try:
            return register_staff(**self.given, by=request.user, key=self.action_key)
        except ValidationError as error:
            raise Problem("invalid", errors={"password": error.messages}) from error
