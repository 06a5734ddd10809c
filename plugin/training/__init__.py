"""The Train tab, and what a training shows while it runs."""
