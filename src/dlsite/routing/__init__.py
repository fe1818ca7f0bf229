"""What stands at each address of a site."""
