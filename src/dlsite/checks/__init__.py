"""Checks of the whole site: each a function from the site to diagnostics, in one list."""
