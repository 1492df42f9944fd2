"""Addresses of the API: of catalog."""

from django.urls import URLPattern

routes: list[URLPattern] = []
