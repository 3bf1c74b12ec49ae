"""One written or spoken sentence about the calendar: which operation, with what, and carrying it out.

`operations` says what is wanted, `reading` makes a Command of the words, `acting` does it through the calendar's
services. `names` and `target` read single parts and serve the voice too. Importing this loads none of them.
"""
