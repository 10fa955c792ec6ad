# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""The access tokens of a whole Ansible run: one for each identity, for all workers.

Tokens are in memory that the workers share with the process that they are forked from. Only the locks are files, empty
ones in Ansible's private directory of the run: the kernel opens a lock when its holder dies, and what a killed run
leaves behind holds no secret. A worker whose parent did not load this module has a memory of its own, so it signs in
for itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import mmap
import os
import struct
import time
import typing as t
from dataclasses import astuple

from ansible_collections.privatelink.mongodb.plugins.module_utils import _tokens
from ansible_collections.privatelink.mongodb.plugins.module_utils._tokens import Store, Token, turn_seconds

#: Bytes. An access token has 1 to 10 kB; memory that nothing is written to costs nothing.
SIZE = 1 << 19
#: Seconds between two looks at a lock.
LOOK = 0.02
#: Seconds, the longest wait for somebody who writes to the memory.
WRITING = 5.0

#: Before the content: its length and its checksum. Whoever reads half of what is being written notices.
_HEADER = struct.Struct("!I16s")


class RunStore(Store):
    """Tokens in shared memory, with locks in a directory that only the user of the run can enter.

    What does not fit into the memory, and what cannot be locked, is kept by each process for itself.
    """

    def __init__(self, directory: str, size: int = SIZE, clock: t.Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self._directory = directory
        self._memory = mmap.mmap(-1, size)

    @contextlib.contextmanager
    def _turn(self, key: str) -> t.Iterator[None]:
        with self._lock(key, turn_seconds()):
            yield

    def _look_up(self, key: str) -> Token | None:
        found = [token for token in (self._read().get(key), super()._look_up(key)) if token]
        return max(found, key=lambda token: token.issued, default=None)

    def _keep(self, key: str, token: Token) -> None:
        with self._lock("memory", WRITING) as locked:
            if not (locked and self._write({**self._read(), key: token})):
                super()._keep(key, token)

    def _read(self) -> dict[str, Token]:
        """What is in the memory; nothing if it is just being written, or if its writer died."""
        length, checksum = _HEADER.unpack_from(self._memory, 0)
        content = self._memory[_HEADER.size : _HEADER.size + length]
        if not length or _checksum(content) != checksum:
            return {}
        kept: dict[str, t.Any] = json.loads(content)
        return {key: Token(text, at, until, tuple(times)) for key, (text, at, until, times) in kept.items()}

    def _write(self, tokens: dict[str, Token]) -> bool:
        """Whether they fit. Those that have expired are left out."""
        living = {key: one for key, one in tokens.items() if one.expires_on > self._clock()}
        content = json.dumps({key: astuple(one) for key, one in living.items()}).encode()
        end = _HEADER.size + len(content)
        if end > len(self._memory):
            return False
        self._memory[_HEADER.size : end] = content
        _HEADER.pack_into(self._memory, 0, len(content), _checksum(content))
        return True

    @contextlib.contextmanager
    def _lock(self, name: str, longest: float) -> t.Iterator[bool]:
        """Whether the lock was free in time; where there are no locks, it never is."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            file = os.open(os.path.join(self._directory, f"privatelink-{name}"), flags, 0o600)
        except OSError:
            yield False
            return
        try:
            yield _locked(file, longest)
        finally:
            os.close(file)


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _locked(file: int, longest: float) -> bool:
    """Tries again and again, as a lock that is waited for in the kernel knows no deadline."""
    until = time.monotonic() + longest
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
        except OSError:
            return False
        time.sleep(LOOK)


def share(directory: str) -> None:
    """From now on, this process and those that are forked from it share their tokens. `directory` is Ansible's private
    one of the run."""
    if not isinstance(_tokens.STORE, RunStore):
        _tokens.use(RunStore(directory))
