"""Outputs that no template makes: feeds, sitemap, robots.txt, and what else programs read."""
