"""Text recognition: a picture of a page in, its lines with places out. Child process only; knows no PDF and no store.

``reading.py`` picks the engine and makes pages of lines; an engine is one module with a `Recogniser` in it.
"""
