"""How well spoken times are read: the project's grammar, and beside it the libraries that read dates."""
