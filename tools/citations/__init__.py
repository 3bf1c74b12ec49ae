"""References as people write them: ``model.py`` the source, ``styles.py`` and ``exports.py`` its forms. Pure."""
