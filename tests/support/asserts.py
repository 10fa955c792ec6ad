# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run sent to the clouds, and what its result must be."""

from __future__ import annotations

from typing import Any

from tests.lab.runtime import Lab


def writes(lab: Lab) -> list[str]:
    """Every write that a client sent, as "METHOD path" without the query."""
    return [f"{one.method} {one.path.partition('?')[0]}" for one in lab.requests if one.is_write]


def assert_predicted(predicted: dict[str, Any], real: dict[str, Any], *server_assigned: str) -> None:
    """Check mode said what then happened, but for what only the cloud can know."""
    assert predicted["changed"] is real["changed"] is True
    one, other = predicted["diff"]["after"], real["diff"]["after"]
    assert {k: v for k, v in one.items() if k not in server_assigned} == {
        k: v for k, v in other.items() if k not in server_assigned
    }
    assert one.keys() == other.keys()


def assert_unchanged(lab: Lab, result: dict[str, Any], before: list[str]) -> None:
    """Nothing changed, nothing was written since `before`."""
    assert result["changed"] is False, result
    assert writes(lab) == before


def assert_refused(result: dict[str, Any], *words: str) -> None:
    """A failure in one line that holds these words and says what to do."""
    assert result.get("failed") is True, result
    assert all(word in result["msg"] for word in words), result["msg"]
    assert "\n" not in result["msg"] and "Traceback" not in result["msg"]
    assert result["error"]["cause"] and result["error"]["fix"], result["error"]
