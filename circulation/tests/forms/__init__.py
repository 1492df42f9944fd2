"""Tests of the forms of circulation."""
