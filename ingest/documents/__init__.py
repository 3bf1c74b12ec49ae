"""A document's way from bytes to something that can be cited: one stage a module, value to value.

``stages.py`` alone moves rows; ``inbox.py`` takes files in; the parsers run in a child process (``sandbox.py``).
"""
