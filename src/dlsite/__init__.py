"""A static site generator for a deep-learning knowledge base."""

__version__ = "0.1.0"
