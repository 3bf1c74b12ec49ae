"""Recordings as text: decoded in a child process, cut at silences, heard by a transcriber, told with the seconds.

To add a transcriber: a module with a `Transcriber`, a row in ``choosing.py``. ``audio.py`` is the way in.
"""
