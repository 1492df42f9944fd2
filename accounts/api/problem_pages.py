"""What each type of problem means: what its address answers."""

from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.permissions import PUBLIC, READ
from accounts.api.problems import ADDRESS, KINDS, Kind, Problem
from accounts.api.resources import Resource, operation


class ProblemTypeShown(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    meaning = serializers.CharField()


class ProblemType(Resource):
    permission = PUBLIC
    scope = {"GET": READ}

    @operation("explain_problem", "What a type of problem means", gives=ProblemTypeShown, problems=("not_found",))
    def get(self, request: Request, code: str) -> dict[str, object]:
        kind: Kind | None = KINDS.get(code)
        if kind is None:
            raise Problem("not_found")
        return {"type": ADDRESS + code, "title": str(kind.title), "status": kind.status, "meaning": str(kind.meaning)}
