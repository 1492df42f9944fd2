"""Addresses of the API: of circulation."""

from django.urls import URLPattern

routes: list[URLPattern] = []
