"""Digest sign-in: the RFCs' own examples, and which of several challenges is answered."""

from __future__ import annotations

import pytest

from tools.calendars.caldav.digest import challenge_in

RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RFC_2617 = 'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'


@pytest.mark.parametrize(
    ("header", "password", "cnonce", "response"),
    [
        (
            RFC_7616.format("MD5"),
            "Circle of Life",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "8ca523f5e9506fed4657c9700eebdbec",
        ),
        (
            RFC_7616.format("SHA-256"),
            "Circle of Life",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
        (RFC_2617, "Circle Of Life", "0a4f113b", "6629fae49393a05397450978507c4ef1"),
    ],
)
def test_the_examples_of_the_rfcs_are_answered_as_they_are_there(
    header: str, password: str, cnonce: str, response: str
) -> None:
    challenge = challenge_in(header)
    assert challenge is not None
    answer = challenge.answer("Mufasa", password, "GET", "/dir/index.html", count=1, cnonce=cnonce)
    assert f'response="{response}"' in answer
    assert "nc=00000001" in answer


@pytest.mark.parametrize(
    ("header", "algorithm"),
    [
        (f'Basic realm="a", {RFC_7616.format("MD5")}, {RFC_7616.format("SHA-256")}', "SHA-256"),
        (f"{RFC_2617}, Basic realm=b", "MD5"),
        ('Digest realm="a", nonce="n", qop="auth-int"', None),
        ('Digest realm="a", nonce="n", algorithm=SHA-512-256', None),
        ('Digest realm="a"', None),
        ('Basic realm="a, Digest nonce"', None),
        ("", None),
    ],
)
def test_the_strongest_challenge_that_can_be_answered_is(header: str, algorithm: str | None) -> None:
    challenge = challenge_in(header)
    assert (challenge.algorithm if challenge else None) == algorithm


def test_names_with_quotes_are_written_as_they_were_read() -> None:
    challenge = challenge_in(r'Digest realm="the \"house\"", nonce="n"')
    assert challenge is not None
    assert (challenge.realm, challenge.qop) == ('the "house"', "")
    assert r'realm="the \"house\""' in challenge.answer("a", "b", "GET", "/", count=1, cnonce="c")
