"""Prints the key of everything that was saved, as JSON. Run by bench/within.py."""

import json

from accounts.models import Action

if __name__ == "__main__":
    print(json.dumps(list(Action.objects.exclude(key=None).values_list("key", flat=True))))
