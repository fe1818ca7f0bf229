"""Move pages and rename tags, with everything that leads to them."""
