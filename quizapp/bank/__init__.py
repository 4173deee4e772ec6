"""Question files: reading them, checking them, and the bank that comes out. Needs no web framework."""
