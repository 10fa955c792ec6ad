# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which api-versions a resource type has (source: the folders of Azure/azure-rest-api-specs; the words: public logs).

The lists may lack versions that are newer than their authors' sources, so what is newer than `COMPLETE_UNTIL`, and not
newer than the newest in a list, is taken. Of namespaces that are not listed every version since ARM exists is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.arm_call import SUBSCRIPTIONS, ArmError, Call

FIRST, COMPLETE_UNTIL, NEWEST = "2014-04-01", "2025-05-01", "2026-06-01"


def _dates(years: dict[int, str]) -> Iterator[str]:
    yield from (f"{year}-{day}" for year, days in years.items() for day in days.split())


NETWORK = tuple(
    _dates(
        {
            2014: "12-01-preview",
            2015: "05-01-preview 06-15",
            2016: "03-30 06-01 07-01 08-01 09-01 10-01 11-01 12-01",
            2017: "03-01 04-01 06-01 08-01 09-01 10-01 11-01",
            2018: "01-01 02-01 03-01 04-01 05-01 06-01 07-01 08-01 10-01 11-01 12-01",
            2019: "02-01 04-01 06-01 07-01 08-01 09-01 11-01 12-01",
            2020: "01-01 03-01 04-01 05-01 06-01 07-01 08-01 11-01",
            2021: "01-01 02-01 03-01 04-01 05-01 06-01 08-01 12-01",
            2022: "01-01 05-01 07-01 09-01 11-01",
            2023: "02-01 04-01 05-01 06-01 09-01 11-01",
            2024: "01-01 03-01 05-01 07-01 10-01",
            2025: "01-01 03-01 05-01",
            2026: "03-01",
        }
    )
)
PRIVATE_DNS = ("2018-09-01", "2020-01-01", "2020-06-01", "2024-06-01", "2026-06-01-preview")
DOCUMENTDB = tuple(
    _dates(
        {
            2023: "03-01-preview 03-15-preview 09-15-preview 11-15-preview",
            2024: "02-15-preview 03-01-preview 06-01-preview 07-01 10-01-preview",
            2025: "04-01-preview 07-01-preview 08-01-preview 09-01",
            2026: "02-01-preview 06-01",
        }
    )
)
#: By the beginning of a type: the first that fits counts.
VERSIONS = {
    "microsoft.network/privatedns": PRIVATE_DNS,
    "microsoft.network/": NETWORK,
    "microsoft.documentdb/": DOCUMENTDB,
}


def of_type(kind: str) -> tuple[str, ...]:
    """The listed versions of a type, oldest first."""
    return next((found for start, found in VERSIONS.items() if kind.lower().startswith(start)), ())


def newest(kind: str) -> str:
    """The newest version of a type that is no preview."""
    return next((version for version in reversed(of_type(kind)) if "preview" not in version), NEWEST)


def exists(kind: str, version: str) -> bool:
    version, listed = version.lower(), of_type(kind)
    if version in listed:
        return True
    since = COMPLETE_UNTIL if listed else FIRST
    return since < version <= max(listed, default=NEWEST)


def refuse(call: Call) -> None:
    """Raises what is answered to a version that a type does not have."""
    if exists(call.id.type, call.version):
        return
    versions = ", ".join(reversed(of_type(call.id.type)))
    if call.id.namespace == SUBSCRIPTIONS:
        message = f"The api-version '{call.version}' is invalid."
        raise ArmError(400, "InvalidApiVersionParameter", message)
    raise ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for API version '{call.version}' for type '{'/'.join(call.id.types)}'. "
        f"The supported api-versions are '{versions}'.",
    )
