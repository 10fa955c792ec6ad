# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE to the collection.

"""The in-process door: a task for Ansible's own machine is done inside Ansible's worker, not by a Python of its own.

What makes a module slow is that it imports the clouds' libraries anew for each task. An action plugin imports them when
its file is loaded, and the strategies linear and free load it in the process from which the workers are forked (source:
their look at BYPASS_HOST_LOOP), so that they are imported once in a run. Whatever this cannot serve goes the ordinary
way, to the module, with the same result.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import shutil
import sys
import typing as t
from datetime import date, time
from pathlib import Path
from types import ModuleType

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as OrdinaryWay
from ansible.plugins.loader import filter_loader, test_loader
from ansible.utils.display import Display

from ansible_collections.privatelink.mongodb.plugins.module_utils._doors import process_door
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._run_tokens import share

from ..module_utils._errors import Failure
from ._identity import completed

#: What the modules of each family import. Microsoft's clients for networks and DNS are left to the task that has
#: something to write: azure-mgmt-network costs half a second, and each worker 25 MB.
ATLAS = ("requests",)
AZURE = ("azure.identity", "azure.mgmt.core", "msal_extensions", "netrc")
PROBE = ("dns.resolver", "pymongo")

#: Variables that Python and its libraries read when they start, which is over here: they need a process of their own.
READ_AT_START = ("PYTHON", "LD_", "OPENSSL_")

DOORS = ("module", "process")

#: What to add if a task that ran as another user found nothing in its environment.
AS_ANOTHER = (
    "The task ran as another user (become), and sudo drops environment variables: set become to false for it, or give "
    "them as options."
)
#: The codes of such errors.
NOT_FOUND = ("NoCredentials", "NotGiven")

# Loaded here, filters and tests are there in every worker that is forked later. Else each loads them for itself,
# Ansible's own all at once, and compiles ours, as Ansible's loader of collections keeps no bytecode (together a sixth
# of the CPU time of a verification, measured with ansible-core 2.19).
for file in sorted((Path(__file__).parents[1] / "filter").glob("*.py")):
    filter_loader.get(f"privatelink.mongodb.{file.stem}")
test_loader.get("ansible.builtin.match")

# Done here, for the workers are forked after this file was loaded.
share(C.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined,unused-ignore]

#: Libraries that tell of each request. Modules have no log; Ansible's own process may have one, at a level at which
#: they would write addresses and headers into it.
TALKATIVE = ("azure", "msal", "pymongo", "urllib3")


def load(name: str, libraries: t.Iterable[str]) -> ModuleType | None:
    """Imports a module and its libraries. None if one is missing, or if nobody would use them."""
    if os.environ.get("PRIVATELINK_DOOR") == "module":
        return None
    for name_of_log in TALKATIVE:
        logging.getLogger(name_of_log).setLevel(logging.WARNING)
    try:
        for library in libraries:
            importlib.import_module(library)
        module = importlib.import_module(f"ansible_collections.privatelink.mongodb.plugins.modules.{name}")
    except ImportError:
        return None
    # What is here now stays. No worker's garbage collection needs to look at it, and copy its pages by doing so (7 % of
    # the CPU time of ten unchanged links, measured with ansible-core 2.19).
    gc.freeze()
    return module


class InProcess(OrdinaryWay):  # type: ignore[misc,unused-ignore]
    """The action plugin of each module; `module` is what `load` gave."""

    module: t.ClassVar[ModuleType | None] = None

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        variables = task_vars or {}
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        reason = self._obstacle(variables, environment)
        say = self._speaker(variables, environment)
        told = f"as a module: {reason}" if reason else "in this process"
        Display().vvv(f"{self._task.get_name()} runs {told}", host=variables.get("inventory_hostname"))
        family = self._task.action.rpartition(".")[2].partition("_")[0]
        try:
            # Here and not in either door, since both need it and neither knows variables.
            self._task.args = completed(
                self._task.args, family, lambda name: self._templar.template(variables.get(name))
            )
        except Failure as failure:
            return {"failed": True, **failure.result()}
        if self.module is None or reason:
            result: dict[str, t.Any] = super().run(tmp, task_vars)
            return _explained(result) if self._connection.become else result
        with _surroundings(environment):
            return process_door(self.module.SPEC, self.module.build, self._arguments(variables), say)

    def _obstacle(self, variables: dict[str, t.Any], environment: dict[str, t.Any]) -> str | None:
        """Why the task cannot be done in this process, in words for `-vvv`."""
        host = variables
        if self._task.delegate_to:
            host = variables["ansible_delegated_vars"][self._task.delegate_to]
        # The variable first and by itself: what comes out of the configuration is no template any more.
        python = host.get("ansible_python_interpreter") or C.config.get_config_value(
            "INTERPRETER_PYTHON", variables=host
        )
        told_at_start = [name for name in environment if name.startswith(READ_AT_START)]
        obstacles = {
            "it was told so": "module" in self._doors(variables, environment),
            # Forked processes that look for proxies or names die there (source: Ansible's FAQ for macOS).
            "this is macOS": sys.platform == "darwin",
            "its host is not this machine": self._connection.transport != "local",
            "it is to run as another user": self._connection.become,
            "it is asynchronous": self._task.async_val,
            "another Python is configured": not is_this(self._templar.template(python)),
            f"its environment has {', '.join(told_at_start)}": told_at_start,
            "a library is missing": self.module is None,
        }
        return next((reason for reason, holds in obstacles.items() if holds), None)

    def _doors(self, variables: dict[str, t.Any], environment: dict[str, t.Any]) -> list[str]:
        """The doors that somebody asked for."""
        told = self._told("privatelink_door", variables, environment)
        for name, value in told.items():
            if value not in DOORS:
                raise _wrong(name, value, "module or process")
        return list(told.values())

    def _speaker(self, variables: dict[str, t.Any], environment: dict[str, t.Any]) -> t.Callable[[str], None] | None:
        """Shows a line of progress at once, after the link it is about; None if the task is to be silent."""
        silent = bool(self._task.no_log)
        for name, value in self._told("privatelink_progress", variables, environment).items():
            try:
                silent = silent or not boolean(value)
            except TypeError:
                raise _wrong(name, value, "true or false (also yes or no, on or off, 1 or 0)") from None
        if silent:
            return None
        link = variables["inventory_hostname"]
        prefix = "" if link in C.LOCALHOST else f"[{link}] "
        return lambda line: Display().display(f"{prefix}{line}")

    def _told(self, name: str, variables: dict[str, t.Any], environment: dict[str, t.Any]) -> dict[str, t.Any]:
        """What the variable of this name and the environment say, by who says it; nothing is said by a blank."""
        told = {
            f"the variable {name}": self._templar.template(variables.get(name)),
            name.upper(): {**os.environ, **environment}.get(name.upper()),
        }
        return {source: value for source, value in told.items() if value not in (None, "")}

    def _arguments(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """The arguments as a module would get them: with Ansible's own, and plain as JSON is."""
        arguments = dict(self._task.args)
        self._update_module_args(self._task.action, arguments, variables)
        plain: dict[str, t.Any] = json.loads(json.dumps(arguments, default=_plain))
        return plain


def _explained(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result of a task that ran as another user, with the likely cause if nothing said who signs in, or where."""
    error = result.get("error") or {}
    if error.get("code") not in NOT_FOUND:
        return result
    explained = {**error, "cause": f"{error['cause']}. {AS_ANOTHER}"}
    return {**result, "msg": f"{result['msg']} {AS_ANOTHER}", "error": explained}


def _wrong(name: str, value: t.Any, allowed: str) -> AnsibleActionFail:
    return AnsibleActionFail(f"{name} is {value!r}: it must be {allowed}. Correct it or leave it out.")


def _plain(value: t.Any) -> t.Any:
    """What JSON has no form for, in the form in which Ansible sends it to modules."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def is_this(python: str | None) -> bool:
    """Whether an interpreter is the one that runs Ansible. Without a name (or with one of the kinds of "auto") Ansible
    would search; on its own machine nothing fits better than what it runs on."""
    if not python or python.startswith("auto"):
        return True
    found = shutil.which(python)
    return found is not None and _place(found) == _place(sys.executable)


def _place(python: str) -> tuple[str, str]:
    """The Pythons of virtual environments are links to one file, so their directory counts as well."""
    return os.path.realpath(os.path.dirname(python)), os.path.realpath(python)


@contextlib.contextmanager
def _surroundings(environment: dict[str, t.Any]) -> t.Iterator[None]:
    """The task's environment, for as long as it takes: the next item of a loop runs in the same process."""
    changes = {str(name): str(value) for name, value in environment.items()}
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
