"""The site: settings, addresses, and the commands and pages that see everything."""

VERSION = "0.1.0"
