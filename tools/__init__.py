"""What the assistant can do: one folder a domain. Rules are plain Python; only ``toolset.py`` files know LiveKit."""
