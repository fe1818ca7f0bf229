"""What builds remember of a site, and of dlsite itself."""
