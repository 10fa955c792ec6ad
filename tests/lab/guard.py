# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a lab alive: one broken thing is left out, and the lab's log says so once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

log = logging.getLogger("lab")
_said: set[tuple[str, str]] = set()


@contextlib.contextmanager
def left_out(what: str) -> Iterator[None]:
    """Leaves out what cannot be played. The log has the traceback once, for a lab looks at its world ten times a
    second."""
    try:
        yield
    except Exception as error:
        if (what, repr(error)) not in _said:
            _said.add((what, repr(error)))
            log.exception("the lab leaves out %s", what)
