"""Rows and bytes that both programs keep. Knows neither LiveKit nor HTTP; imports nothing of the other packages."""
