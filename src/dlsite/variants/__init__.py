"""Smaller forms of the images of a site: which there are, how they are made and remembered."""
