"""Names, e-mail addresses, telephone numbers, dates and amounts taken down with care: heard, read back, confirmed.

`rules` says what follows from an answer, `reading` what was said, `corrections` what is changed, `readback` how a value
is told, `typed` what was typed or keyed. All pure; `toolset` is the same as function tools for a model. To add a kind:
a row in `reading.READERS` and in `typed`.
"""
