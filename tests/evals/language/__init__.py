"""Phrases about time as people say them, what each one means, and how a reading of one is scored."""
