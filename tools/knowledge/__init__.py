"""Search in a tenant's confirmed documents, with sources. ``service.py`` has the rules, ``toolset.py`` the words."""
