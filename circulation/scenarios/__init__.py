"""Scenarios: rules that run. Read from JSON, played by the real services, and nothing of it stays."""

from .misread import Misread
from .play import play, play_text
from .read import read

__all__ = ["Misread", "play", "play_text", "read"]
