"""Builds that begin with what an earlier one left."""
