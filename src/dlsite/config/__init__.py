"""The settings of a site: the records, and how files are read into them."""
