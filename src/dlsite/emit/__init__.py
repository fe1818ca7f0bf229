"""Outputs that no template makes: the feed, the sitemap, robots.txt."""
