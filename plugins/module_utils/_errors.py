# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""One family of errors: what failed, the server's own code and request id, the cause, and what to do."""

from __future__ import annotations

import typing as t


class Failure(Exception):
    """Anything this collection reports instead of a result.

    `what` is a short clause ("the endpoint service could not be created"), `cause` why as far as it is known, `fix`
    what the reader can do. `code`, `http_status` and `request_id` are the server's, where one answered.
    """

    def __init__(
        self,
        what: str,
        cause: str = "",
        fix: str = "",
        *,
        code: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        self.what, self.cause, self.fix = what, cause, fix
        self.code, self.http_status, self.request_id = code, http_status, request_id
        super().__init__(str(self))

    def __str__(self) -> str:
        text = ": ".join(part.strip().rstrip(".") for part in (self.what, self.cause) if part)
        return " ".join(f"{text}. {self.fix}".split())

    def result(self) -> dict[str, t.Any]:
        """The message and the `error` dictionary that every module returns on failure."""
        return {
            "msg": str(self),
            "error": {
                "code": self.code or type(self).__name__,
                "http_status": self.http_status,
                "request_id": self.request_id,
                "cause": self.cause or self.what,
                "fix": self.fix,
            },
        }


class InvalidInput(Failure):
    """An option's value cannot be right; found before anything was sent."""

    def __init__(self, option: str, value: t.Any, allowed: str, fix: str = "") -> None:
        what = f"{option} is not given" if value is None else f"{option} is {value!r}"
        super().__init__(what, f"it must be {allowed}", fix or f"Correct {option} and run again.")


class NotGiven(InvalidInput):
    """An option that may come from the environment is in neither place."""


class MissingLibrary(Failure):
    """A Python library that this module needs cannot be imported by this interpreter."""

    def __init__(self, names: str, reason: str) -> None:
        super().__init__(
            f"the Python library {names} cannot be imported",
            reason,
            f"Install it (pip install {names}) or point ansible_python_interpreter at a Python that has it.",
        )


class Denied(Failure):
    """401, 402 or 403: who we are, what we may do, or whether the account is paid. Never "absent"."""


class NoCredentials(Denied):
    """Nothing says who signs in."""


class NotFound(Failure):
    """404 for something that must exist (a project, a resource group)."""


class Rejected(Failure):
    """The cloud understood the request and refused it."""


class Unavailable(Failure):
    """The cloud could not be reached or answered with a server error, after all retries."""


class Busy(Failure):
    """The resource is locked or its state does not allow the step yet: the engine pauses, reads again and plans again.

    `retry_after` is the server's, in seconds.
    """

    def __init__(self, *args: t.Any, retry_after: float | None = None, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self.retry_after = retry_after


class Raced(Failure):
    """Someone was faster: it exists already, or it changed since it was read. The engine reads again and adopts."""


class LostAnswer(Failure):
    """A write was sent and no answer came back: it may have happened. The engine reads again before it decides."""


class Drifted(Failure):
    """A field that cannot change in place differs from what was asked for."""


class Undecided(Failure):
    """Several things fit what was said, or none does, and nobody must guess which one is meant."""


class Guarded(Failure):
    """The step would destroy something that somebody else may depend on, and was not asked for by name."""


class WaitFailed(Failure):
    """The resource reached a state from which it does not recover by itself."""


class WaitTimeout(Failure):
    """The deadline passed before the resource settled."""


class ProbeFailed(Failure):
    """A hop between this machine and a cluster is broken. The whole `report` is returned beside the error."""

    def __init__(self, report: dict[str, t.Any], what: str, cause: str, fix: str) -> None:
        super().__init__(what, cause, fix)
        self.report = report

    def result(self) -> dict[str, t.Any]:
        return {**super().result(), "probe": self.report}
