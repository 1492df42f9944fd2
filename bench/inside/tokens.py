"""Makes tokens for the API: of the librarians and of the member that prepare.py made; prints them as JSON.

Usage: tokens.py PREPARED.json. Run by bench/within.py.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from accounts.models import ApiToken, User
from accounts.services.tokens import make_token, new_token_text


def main() -> None:
    prepared = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    people = {"librarians": [each["name"] for each in prepared["librarians"]], "member": [prepared["member"]["name"]]}
    print(json.dumps({kind: [token_of(name) for name in names] for kind, names in people.items()}))


def token_of(username: str) -> str:
    text = new_token_text()
    facts = {"name": "bench", "scopes": ApiToken.Scope.values, "valid_for": timedelta(days=1)}
    make_token(User.objects.get(username=username), text=text, by=None, **facts)
    return text


if __name__ == "__main__":
    main()
