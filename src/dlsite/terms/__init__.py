"""The terms that pages are grouped by."""
