"""Write a site into its output directory, wholly or not at all."""
