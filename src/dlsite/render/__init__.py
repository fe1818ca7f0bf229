"""Outputs made by templates: what each one gets, and the templates themselves."""
