"""What each command does: the pipeline's stages, then words about them and an exit code."""
