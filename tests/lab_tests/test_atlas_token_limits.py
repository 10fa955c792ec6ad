# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlas limits service accounts: token requests in a minute, and tokens that live at once."""

from __future__ import annotations

import requests

from tests.lab import atlas_model
from tests.lab.world import Credential
from tests.lab_tests.atlas_server import Atlas


def ask(atlas: Atlas, account: Credential) -> requests.Response:
    return requests.post(
        atlas.url + atlas_model.TOKEN_PATH,
        data={"grant_type": "client_credentials"},
        auth=(account.id, account.secret),
        timeout=10,
    )


def account_of(atlas: Atlas) -> Credential:
    return atlas.world.add_credential("service_account", {atlas.project.id: "GROUP_OWNER"})


def test_the_eleventh_request_of_a_minute_is_refused(atlas: Atlas) -> None:
    account, other = account_of(atlas), account_of(atlas)
    for _request in range(10):
        assert ask(atlas, account).status_code == 200
        atlas.clock.now += 5
    refused = ask(atlas, account)
    assert refused.status_code == 429 and "Retry-After" not in refused.headers
    assert refused.json() == {
        "detail": "Resource /api/oauth/token is limited to 10 requests every 1 minutes.",
        "error": 429,
        "errorCode": "RATE_LIMITED",
        "parameters": ["/api/oauth/token", 10, 1],
        "reason": "Too Many Requests",
    }
    assert ask(atlas, other).status_code == 200
    atlas.clock.now += 10
    assert ask(atlas, account).status_code == 200
    assert ask(atlas, account).status_code == 429


def test_requests_that_are_denied_count_as_well(atlas: Atlas) -> None:
    account = account_of(atlas)
    liar = Credential("service_account", account.id, "wrong")
    assert [ask(atlas, liar).status_code for _request in range(11)] == [401] * 10 + [429]
    assert ask(atlas, account).status_code == 429


def test_the_token_after_the_hundredth_is_refused_until_one_expires(atlas: Atlas) -> None:
    account = account_of(atlas)
    for _request in range(100):
        assert ask(atlas, account).status_code == 200
        atlas.clock.now += 7
    refused = ask(atlas, account)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert "Access Token limit reached" in refused.json()["error_description"]
    atlas.clock.now += 3600 - 700
    assert ask(atlas, account).status_code == 200
