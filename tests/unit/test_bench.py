# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks compute from what they measure."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import counting, document, measure, pace, polling
from tests.lab.pace import PACES
from tests.lab.traffic import Exchange

SECONDS = st.floats(0, 1000)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, pace.Step]:
    """Steps that wait for earlier ones only."""
    steps: dict[str, pace.Step] = {}
    for number in range(draw(st.integers(1, 8))):
        after = draw(st.sets(st.sampled_from(sorted(steps)))) if steps else set()
        steps[f"step {number}"] = pace.Step(draw(SECONDS), tuple(sorted(after)))
    return steps


@given(graphs())
def test_the_critical_path_is_a_chain_that_takes_as_long_as_everything(steps: dict[str, pace.Step]) -> None:
    ended, chain = pace.ends(steps), pace.longest(steps)
    assert sum(steps[name].seconds for name in chain) == pytest.approx(max(ended.values()))
    for before, after in zip(chain, chain[1:], strict=False):
        assert before in steps[after].after
    for name, step in steps.items():
        assert all(ended[name] >= ended[before] + step.seconds for before in step.after)


def test_the_critical_paths_of_both_products() -> None:
    atlas = pace.steps_of("atlas", PACES["real"])
    assert pace.longest(atlas) == [
        *["endpoint service", "endpoint interface", "connection strings", "private DNS zone", "virtual network link"]
    ]
    assert max(pace.ends(atlas).values()) == 59 + 75 + 180 + 30 + 45
    assert pace.longest(pace.steps_of("mongo_cluster", PACES["real"])) == ["private DNS zone", "virtual network link"]


@given(st.floats(1, 100), st.floats(0, 100), st.sets(st.integers(1, 500), min_size=2, max_size=6))
def test_points_on_a_line_are_found_to_be_on_it(start: float, slope: float, numbers: set[int]) -> None:
    line = measure.fit({number: start + slope * number for number in numbers})
    assert line.slope == pytest.approx(slope, abs=1e-6)
    assert line.start == pytest.approx(start, abs=1e-4)


def test_how_far_a_point_is_off_the_line() -> None:
    line = measure.fit({0: 9.0, 1: 12.0, 2: 9.0})
    assert [line.start, line.slope, line.off] == pytest.approx([10.0, 0.0, 1 / 6])


@pytest.mark.parametrize("product", counting.KINDS)
def test_a_request_is_of_one_kind(product: str) -> None:
    group = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
    service = "/api/atlas/v2/groups/p/privateEndpoint/AZURE/endpointService"
    asked = [
        Exchange("azure", "PUT", f"{group}/privateDnsZones/z/A/@?api-version=1"),
        Exchange("azure", "GET", f"{group}/privateDnsZones/z/aLL?api-version=1"),
        Exchange("azure", "PUT", f"{group}/privateDnsZones/z/virtualNetworkLinks/n?api-version=1"),
        Exchange("azure", "GET", f"{group}/privateDnsZones/z?api-version=1"),
        Exchange("azure", "GET", "/subscriptions/s/providers/Microsoft.Network/privateDnsZones?api-version=1"),
        Exchange("azure", "GET", "/subscriptions/s/providers/Microsoft.Network/locations/l/operations/o?api-version=1"),
        Exchange("atlas", "GET", f"{service}/s/endpoint/%2Fsubscriptions%2Fs"),
        Exchange("atlas", "GET", f"{service}/s"),
        Exchange("entra", "POST", "/tenant/oauth2/v2.0/token"),
        Exchange("azure", "GET", "/subscriptions/s"),
    ]
    found = counting.count(counting.KINDS[product], asked)
    expected = {"record sets": 2, "virtual network links": 1, "private DNS zones": 2, "operations": 1}
    expected |= {"sign-in to Azure": 1, counting.OTHER: 1}
    expected |= {"endpoint interface": 1, "endpoint service": 1} if product == "atlas" else {counting.OTHER: 3}
    assert found == expected


@given(st.floats(0.0, 700.0))
def test_a_wait_returns_within_one_poll_interval(ready: float) -> None:
    found = polling.wait(ready)
    assert 0 <= found.late <= found.interval
    assert found.reads >= (2 if ready else 1)


@given(st.text(), st.text())
def test_only_the_part_that_was_measured_is_rewritten(first: str, second: str) -> None:
    text = "a\n<!-- one: measured -->\n<!-- one: end -->\nb\n<!-- two: measured -->\nkept\n<!-- two: end -->\nc\n"
    once = document.replaced(text, "one", first)
    assert document.replaced(once, "one", second) == document.replaced(text, "one", second)
    assert once.endswith("\nb\n<!-- two: measured -->\nkept\n<!-- two: end -->\nc\n")
    with pytest.raises(ValueError, match="three"):
        document.replaced(text, "three", first)


def test_the_document_has_a_place_for_every_part() -> None:
    text = document.DOCUMENT.read_text()
    for part in ("tasks", "link", "requests", "polling", "fleet", "pace", "probe", "peers"):
        assert document.replaced(text, part, "found") != text


def test_a_target_says_whether_it_is_met() -> None:
    met, missed = document.Target("a", 1.0, 1.0, "s"), document.Target("b", 1.1, 1.0, "s")
    assert document.targets([met, missed]).splitlines()[2:] == [
        "| a | 1 s | 1 s | yes |",
        "| b | 1 s | 1.1 s | **no** |",
    ]


def test_a_run_is_measured_with_the_processes_that_it_started() -> None:
    busy = (
        "import time\nheld = b'x' * 50_000_000\nend = time.process_time() + 0.7\nwhile time.process_time() < end: pass"
    )
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True); print('said')"
    cost = measure.run([sys.executable, "-c", outer], os.environ, memory=True)
    assert cost.output == "said\n"
    assert cost.cpu >= 0.7
    assert cost.memory >= 50_000_000


def test_a_run_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="a reason"):
        measure.run([sys.executable, "-c", "raise SystemExit('a reason')"], os.environ)
