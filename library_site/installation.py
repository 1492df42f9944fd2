"""The .env of a fresh installation: .env.example with a secret of its own."""

import secrets
import sys
from pathlib import Path


def write_env(example: Path, target: Path) -> bool:
    """Write ``target`` from ``example`` with a random SECRET_KEY. False: it is there already and stays as it is."""
    if target.exists():
        return False
    text = example.read_text(encoding="utf-8")
    target.touch(mode=0o600)
    target.write_text(text.replace("SECRET_KEY=\n", f"SECRET_KEY={secrets.token_urlsafe(48)}\n"), encoding="utf-8")
    return True


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    write_env(root / ".env.example", Path(sys.argv[1]) if len(sys.argv) > 1 else root / ".env")
