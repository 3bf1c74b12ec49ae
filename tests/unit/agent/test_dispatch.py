"""Whatever a dispatch carries, the call starts, and never with anything but text it can use."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.dispatch import Dispatch, read_dispatch

USER = "0193c000-0000-7000-8000-000000000001"


def test_metadata_chooses_tenant_persona_language_and_user() -> None:
    text = json.dumps({"tenant": "acme", "persona": "receptionist", "language": "en", "user": USER})
    assert read_dispatch(text, default_tenant="demo") == Dispatch("acme", "receptionist", "en", UUID(USER))


@pytest.mark.parametrize(
    "text", ["", "   ", "{", "[]", "null", '"acme"', '{"tenant": 7, "persona": null, "user": "x"}']
)
def test_anything_malformed_means_the_default(text: str) -> None:
    assert read_dispatch(text, default_tenant="demo") == Dispatch("demo")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert read_dispatch(text, default_tenant="demo").tenant
