# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""How a task enters the engine and leaves it.

A module file holds a `Spec` and a function that turns validated options into a `Job`; a door does the rest. This is the
module door, for any host and any Python.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import AnsibleModule

from ._engine import Outcome, Readable, Resource, State, Waiter, ensure, fetch
from ._errors import Failure
from ._options import Spec

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Job:
    """What a task wants: a resource in a state (`desired` None: absent), or something to read."""

    target: Readable
    desired: State | None = None


def run(job: Job, options: Options, *, check_mode: bool) -> Outcome:
    """Carries a job out. `wait`, `wait_timeout`, `wait_delay` and `recreate` are taken from the options."""
    waiter = Waiter(options["wait_timeout"], options["wait_delay"]) if options.get("wait") else None
    if isinstance(job.target, Resource):
        recreate = bool(options.get("recreate"))
        return ensure(job.target, job.desired, check_mode=check_mode, recreate=recreate, waiter=waiter)
    return fetch(job.target, check_mode=check_mode, waiter=waiter)


class _Module(AnsibleModule):
    """An AnsibleModule for which a blank option is one that was not given, before any rule looks at it.

    AWX surveys and credentials pass what was left empty as an empty string; `required` would take it for a value and
    `mutually_exclusive` would count it.
    """

    def _load_params(self) -> None:
        super()._load_params()
        self.params = {name: value for name, value in self.params.items() if value not in ("", None)}


def module_door(spec: Spec, build: t.Callable[[Options], Job]) -> None:
    """The whole `main()` of a module. Ends the process with a result, or with one line that says what to do."""
    module = _Module(supports_check_mode=True, **spec.to_kwargs())
    try:
        job = build(module.params)
        outcome = run(job, module.params, check_mode=module.check_mode)
    except Failure as failure:
        module.fail_json(**failure.result())
    for note in outcome.notes:
        module.warn(note)
    result = outcome.result()
    if module._diff and isinstance(job.target, Resource):
        result["diff"] = outcome.diff()
    module.exit_json(**result)
