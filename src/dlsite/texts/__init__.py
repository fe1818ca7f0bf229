"""What authors write, taken apart with a place for everything."""
