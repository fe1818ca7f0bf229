"""The words of pages as the search index holds them, known from one page alone."""
