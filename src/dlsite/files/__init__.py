"""The files that a site is made of: found, looked at, read and rewritten."""
