"""Files of one conversation: ``inbox.py`` takes them in, ``reading.py`` reads them in the job process."""
