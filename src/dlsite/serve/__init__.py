"""The live preview: the site served from memory, and shown anew when a source changes."""
