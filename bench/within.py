"""Runs a program of bench/inside within the site's code: within.py PROGRAM ARGUMENTS."""

import runpy
import sys

import django

if __name__ == "__main__":
    django.setup()
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
