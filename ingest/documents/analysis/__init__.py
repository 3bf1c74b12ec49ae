"""What a document is about and what a person should know before they confirm it.

``analyst`` is the door; every other module answers one question about a `Parsed` document and knows no database.
To add a question: its module, a field in ``model.Analysis``, a line in ``keyless``.
"""
