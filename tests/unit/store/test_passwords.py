"""Passwords: hashed in threads, so many at once and no more, and never on the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import argon2
import pytest

from store import passwords
from store.errors import Invalid, TooMany

GATE_PATIENCE_S = 10


class Gate(argon2.PasswordHasher):
    """Verifies nothing until the gate opens; knows how many wait in it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()
        self.full = threading.Event()
        self.inside = 0
        self.most = 0
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # argon2's own name
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            if self.inside == passwords.AT_ONCE:
                self.full.set()
        assert threading.current_thread() is not threading.main_thread()
        assert self.opened.wait(GATE_PATIENCE_S)
        with self._lock:
            self.inside -= 1
        return True


async def test_a_hash_is_argon2id_and_fits_its_password_only() -> None:
    hash_ = await passwords.hash_password("correct horse battery")
    assert hash_.startswith("$argon2id$")
    assert await passwords.verify(hash_, "correct horse battery")
    assert not await passwords.verify(hash_, "correct horse batterz")
    assert not await passwords.verify("no hash at all", "correct horse battery")
    assert not await passwords.verify(None, "correct horse battery")
    assert not passwords.needs_rehash(hash_)


async def test_a_flood_is_hashed_a_few_at_a_time_and_its_end_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr(passwords, "_HASHER", gate)
    waiting = passwords.AT_ONCE + passwords.WAITING_AT_MOST
    flood = [asyncio.create_task(passwords.verify("$argon2id$", "guess")) for _ in range(waiting)]
    try:
        assert await asyncio.to_thread(gate.full.wait, GATE_PATIENCE_S)
        with pytest.raises(TooMany) as caught:
            await passwords.verify("$argon2id$", "one too many")
        assert caught.value.retry_after_s
    finally:
        gate.opened.set()
    assert all(await asyncio.gather(*flood))
    assert gate.most == passwords.AT_ONCE


@pytest.mark.parametrize("password", ["", "123456789", "x" * 201, "abababababab", " Ada@Demo.test "])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        passwords.check_strength(password, email="ada@demo.test")
    assert caught.value.code == "weak_password"


@pytest.mark.parametrize("password", ["ten chars!", "x y z" * 40, "пароль из десяти", "ada@demo.test and more"])
def test_others_are_taken(password: str) -> None:
    passwords.check_strength(password, email="ada@demo.test")
