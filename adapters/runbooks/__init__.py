"""Runbooks as Markdown files in a folder."""
