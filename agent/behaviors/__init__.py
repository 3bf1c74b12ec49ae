"""When X happens the agent does Y: one module each, attached by one line in ``worker.py``."""
