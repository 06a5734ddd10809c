"""Forms over the algorithms, and their work in the background."""
