# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""How a task enters the engine and leaves it.

A module file holds a `Spec` and a function that turns validated options into a `Job`; a door does the rest. The module
door is for any host and any Python, the in-process door for tasks that run where Ansible itself runs.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages

from ._engine import Outcome, Progress, Readable, Resource, State, Waiter, ensure, fetch
from ._errors import Failure
from ._options import Spec
from ._tokens import within

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Job:
    """What a task wants: a resource in a state (`desired` None: absent), or something to read."""

    target: Readable
    desired: State | None = None


def run(
    job: Job,
    options: Options,
    *,
    check_mode: bool,
    progress: Progress | None = None,
    waiter: Waiter | None = None,
) -> Outcome:
    """Carries a job out. Taken from the options: `recreate`, and if there is no waiter already, `wait`, `wait_timeout`
    and `wait_delay`."""
    waiter = waiter or waiter_for(options, progress)
    with within(waiter):
        if isinstance(job.target, Resource):
            recreate = bool(options.get("recreate"))
            return ensure(job.target, job.desired, check_mode=check_mode, recreate=recreate, waiter=waiter)
        return fetch(job.target, check_mode=check_mode, waiter=waiter)


def waiter_for(options: Options, progress: Progress | None = None) -> Waiter | None:
    """The deadline of a task; None if it is not to wait."""
    return Waiter(options["wait_timeout"], options["wait_delay"], progress) if options.get("wait") else None


class _Module(AnsibleModule):
    """An AnsibleModule for which a blank option is one that was not given, before any rule looks at it.

    AWX surveys and credentials pass what was left empty as an empty string; `required` would take it for a value and
    `mutually_exclusive` would count it. Only the options that are `never_blank` are left for the module to refuse.
    """

    def __init__(self, spec: Spec) -> None:
        self._never_blank = spec.never_blank
        super().__init__(supports_check_mode=True, **spec.to_kwargs())

    def _load_params(self) -> None:
        self._read_params()
        given = {name: value for name, value in self.params.items() if value is not None}
        self.params = {name: value for name, value in given.items() if value != "" or name in self._never_blank}

    def _read_params(self) -> None:
        super()._load_params()


class _Guest(_Module):
    """The same inside Ansible's own process: the options are handed over, the result is raised, nothing is printed.

    All else is AnsibleModule's own: how options are checked and errors are worded, which values are censored.
    """

    def __init__(self, spec: Spec, arguments: t.Mapping[str, t.Any]) -> None:
        self._arguments = arguments
        # Before ansible-core 2.19 these lists last as long as the process, so they hold those of earlier loop items.
        self._before = len(get_warning_messages()), len(get_deprecation_messages())
        super().__init__(spec)

    def _read_params(self) -> None:
        self.params = dict(self._arguments)

    def progress(self, say: t.Callable[[str], None]) -> Progress:
        """Makes a line of what a wait tells, without values that are secret."""

        def tell(title: str, state: str, elapsed: float) -> None:
            say(remove_values(progress_line(title, state, elapsed), self.no_log_values))

        return tell

    def _return_formatted(self, kwargs: dict[str, t.Any]) -> t.NoReturn:
        warnings, deprecations = self._before
        notes = {
            "warnings": list(get_warning_messages()[warnings:]),
            "deprecations": list(get_deprecation_messages()[deprecations:]),
        }
        told = {**kwargs, **{k: v for k, v in notes.items() if v}}
        # From ansible-core 2.21 on a setting says whether a result holds the task's options.
        if self._arguments.get("_ansible_inject_invocation", True):
            told["invocation"] = {"module_args": self.params}
        flags = {name: value for name, value in told.items() if value is None or isinstance(value, bool)}
        raise _Done(json.loads(json.dumps({**remove_values(told, self.no_log_values), **flags})))


def progress_line(title: str, state: str, elapsed: float) -> str:
    """Pure: one line of plain text, whatever a cloud puts into its words."""
    minutes, seconds = divmod(int(elapsed), 60)
    line = f"{title}: {state} {minutes}:{seconds:02d}"
    return "".join(letter if letter.isprintable() else " " for letter in line)


class _Done(BaseException):
    """A guest's result. Not an Exception, so that no handler on the way takes it for a failure."""

    def __init__(self, result: dict[str, t.Any]) -> None:
        super().__init__()
        self.result = result


def module_door(spec: Spec, build: t.Callable[[Options], Job]) -> None:
    """The whole `main()` of a module. Ends the process with a result, or with one line that says what to do."""
    _carry_out(_Module(spec), build)


def process_door(
    spec: Spec,
    build: t.Callable[[Options], Job],
    arguments: t.Mapping[str, t.Any],
    say: t.Callable[[str], None] | None = None,
) -> dict[str, t.Any]:
    """What the module would have returned for these arguments, Ansible's own (`_ansible_check_mode`, ...) included.

    `say` is given a line ("private endpoint rg/pe: InProgress 0:15") whenever there is something to tell of a wait.
    """
    try:
        guest = _Guest(spec, arguments)
        _carry_out(guest, build, guest.progress(say) if say else None)
    except _Done as done:
        return done.result


def _carry_out(module: _Module, build: t.Callable[[Options], Job], progress: Progress | None = None) -> t.NoReturn:
    try:
        waiter = waiter_for(module.params, progress)
        with within(waiter):  # to name a project by its id, one has to sign in
            job = build(module.params)
        outcome = run(job, module.params, check_mode=module.check_mode, waiter=waiter)
    except Failure as failure:
        module.fail_json(**failure.result())
    for note in outcome.notes:
        module.warn(note)
    result = outcome.result()
    if module._diff and isinstance(job.target, Resource):
        result["diff"] = outcome.diff()
    module.exit_json(**result)
