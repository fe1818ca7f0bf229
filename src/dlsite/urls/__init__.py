"""Permalinks, targets, slugs and fragments as text: pure string work."""
