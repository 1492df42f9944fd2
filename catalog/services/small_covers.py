"""Covers for lists: made of the stored picture when one is first wanted, and kept beside it."""

import io
import os
import secrets
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from catalog.models import Cover
from catalog.models.covers import SMALL_SIZE


def small_name(name: str) -> str:
    """The name of the small picture that stands beside the one with this name."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-s{path.suffix}"))


def small_picture(cover: Cover) -> bytes:
    """The picture of ``cover`` within SMALL_SIZE as JPEG. Raises FileNotFoundError if the file is gone."""
    name = small_name(cover.file.name or "")
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return file.read()
    picture = _smaller(cover)
    _keep(name, picture)
    return picture


def _smaller(cover: Cover) -> bytes:
    out = io.BytesIO()
    with cover.file.open("rb") as file, Image.open(file, formats=("JPEG",)) as picture:
        picture.thumbnail(SMALL_SIZE)
        picture.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _keep(name: str, picture: bytes) -> None:
    """Store ``picture`` so that nobody sees half of it; a disk that does not take it makes it again next time."""
    try:
        half = default_storage.save(f"{name}.{secrets.token_hex(4)}", ContentFile(picture))
        os.replace(default_storage.path(half), default_storage.path(name))
    except OSError:
        return
