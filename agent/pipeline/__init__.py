"""Which recogniser, language model, voice and turn policy a call uses: build.py picks, providers.py is the table.

A new provider is one row in providers.py, plus its own module when it runs on this machine.
"""
