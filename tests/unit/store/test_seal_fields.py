"""A sealed field opens in its own place with its own key, and nowhere and with nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from store.errors import SettingsError
from store.seal import Keyring, SealBroken, field_key_id

OLD, NEW = "o" * 40, "n" * 40
RING = Keyring((NEW,))
PLACES = st.fixed_dictionaries(
    {"tenant_id": st.uuids(), "table": st.text(max_size=8), "row_id": st.uuids(), "field": st.text(max_size=8)}
)
PLACE = {"tenant_id": UUID(int=1), "table": "mails", "row_id": UUID(int=2), "field": "body"}


@given(plain=st.binary(max_size=300), place=PLACES)
def test_it_opens_where_it_was_sealed(plain: bytes, place) -> None:
    assert RING.open_field(RING.seal_field(plain, **place), **place) == plain


@given(place=PLACES, other=PLACES, part=st.sampled_from(["tenant_id", "table", "row_id", "field"]))
def test_in_any_other_place_it_does_not_open(place, other, part: str) -> None:
    assume(place[part] != other[part])
    with pytest.raises(SealBroken):
        RING.open_field(RING.seal_field(b"secret", **place), **{**place, part: other[part]})


@given(left=st.text(max_size=6), right=st.text(max_size=6), cut=st.integers(0, 12))
def test_table_and_field_do_not_run_into_each_other(left: str, right: str, cut: int) -> None:
    whole = left + right
    moved = {**PLACE, "table": whole[:cut], "field": whole[cut:]}
    place = {**PLACE, "table": left, "field": right}
    assume(moved != place)
    with pytest.raises(SealBroken):
        RING.open_field(RING.seal_field(b"secret", **place), **moved)


@given(plain=st.binary(max_size=60), position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_changed_byte_breaks_it(plain: bytes, position: int, flip: int) -> None:
    sealed = bytearray(RING.seal_field(plain, **PLACE))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealBroken):
        RING.open_field(bytes(sealed), **PLACE)


@given(plain=st.binary(max_size=60), length=st.integers(0, 200))
def test_what_was_cut_short_does_not_open(plain: bytes, length: int) -> None:
    sealed = RING.seal_field(plain, **PLACE)
    assume(length < len(sealed))
    with pytest.raises(SealBroken):
        RING.open_field(sealed[:length], **PLACE)


def test_the_same_value_never_looks_the_same() -> None:
    assert len({RING.seal_field(b"same", **PLACE) for _ in range(100)}) == 100


def test_a_field_is_no_file_and_another_purpose_has_another_key() -> None:
    assert len({RING.derive(purpose) for purpose in ("field", "file", "session")}) == 3
    with pytest.raises(SealBroken):
        RING.open_field(b"VLS1" + RING.seal_field(b"x", **PLACE)[4:], **PLACE)


def test_the_old_key_opens_what_it_sealed_until_it_is_taken_away() -> None:
    old, both = Keyring((OLD,)), Keyring((NEW, OLD))
    sealed = old.seal_field(b"secret", **PLACE)
    assert both.open_field(sealed, **PLACE) == b"secret"
    assert field_key_id(sealed) == old.current_id == both.ids[1]
    assert field_key_id(both.seal_field(b"secret", **PLACE)) == RING.current_id
    with pytest.raises(SealBroken) as caught:
        RING.open_field(sealed, **PLACE)
    assert caught.value.code == "unknown_key"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is missing"),
        (" , ", "is missing"),
        (f"{NEW},", "comma too many"),
        ("short", "at least 32"),
        (f"{NEW},short", "at least 32"),
        (f"{NEW} {OLD}", "blanks"),
        (f"{NEW}\n{OLD}", "blanks"),
        (f"{NEW},{OLD}, {NEW}", "twice"),
    ],
)
def test_unusable_keys_are_refused_in_a_sentence_that_does_not_show_them(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        Keyring.from_text(text)
    assert NEW not in caught.value.message
    assert "short" not in caught.value.message


def test_blanks_around_a_key_do_not_matter() -> None:
    assert Keyring.from_text(f" {NEW} ,\n{OLD}\n").ids == Keyring((NEW, OLD)).ids
