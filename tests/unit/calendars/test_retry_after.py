"""What a server's Retry-After is worth: a number or a date, never more than an hour, and nonsense is nothing."""

from __future__ import annotations

import pytest

from tools.calendars.outside.requests import LONGEST_WAIT_S, retry_after_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("31536000", LONGEST_WAIT_S),
        ("9" * 400, LONGEST_WAIT_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_S),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_a_wait_is_believed_for_an_hour_at_most(header: str, seconds: float | None) -> None:
    assert retry_after_s(header) == seconds
