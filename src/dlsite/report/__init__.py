"""Diagnostics as people and programs want them: one module for each form."""
