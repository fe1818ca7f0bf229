"""Python-Markdown made into dlsite's dialect: one module per construct."""
