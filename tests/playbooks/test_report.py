# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a verify run: documents are rendered, each file is read as its readers do, and Ansible writes them."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.privatelink.mongodb.plugins.module_utils._probe.hop import HOPS
from ansible_collections.privatelink.mongodb.plugins.plugin_utils._report.render import NotAReport, render
from tests.playbooks.reports import browser
from tests.playbooks.reports.documents import (
    CONTROL,
    ENUMERATED,
    HOST,
    MONGO_CONTROL,
    Document,
    crowded,
    half_dead,
    link,
    mapped,
    mongo_link,
    report,
    shadowed,
    unregistered,
    unzoned,
)
from tests.playbooks.reports.page import Page
from tests.support import returns
from tests.support.ansible import Ansible, Results
from tests.support.tools import needs

TESTS = Path(__file__).parents[1]
ROLE = TESTS.parent / "roles" / "private_link_verify"
SCHEMA = json.loads((ROLE / "files" / "report.schema.json").read_text())
FILES = ("html", "json", "md", "prom")

#: What a TXT record, a certificate or a server could say to be more than text.
PAYLOAD = """</style><script>alert(1)</script>" onload='x' & {{ 7 * 7 }} `tick` | pipe \\ *bold* [x](y)\nnext"""


def hostile(document: Document) -> Document:
    """The document, in which every text that comes from outside tries to be more than text."""
    changed: Document = mapped(document, lambda text: text if text in ENUMERATED else text + PAYLOAD)
    changed["generated_at"] = document["generated_at"]
    for one in changed["links"]:
        one["control"][0]["observed"] = {f"key{PAYLOAD}": {"nested": [PAYLOAD]}, "list": [PAYLOAD]}
    return changed


BOTH = ("app1", "app2")
BROKEN = report(shadowed(clients=BOTH))
DOCUMENTS = {
    "healthy": report(link()),
    "broken": BROKEN,
    "several": report(link("orders", BOTH), shadowed("billing", BOTH), unregistered(), half_dead()),
    "both": report(link(), mongo_link(clients=BOTH), unzoned()),
    "missing": report(link(), not_verified=("archive",)),
    "hostile": hostile(BROKEN),
    "hostile_both": hostile(report(link(), mongo_link(), unzoned(), not_verified=("archive", "search"))),
    "crowded": hostile(report(*crowded())),
    "empty": report(),
}

WRITTEN = [name for name in DOCUMENTS if name != "empty"]

Rendered = Callable[[str, str], str]


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    """`rendered("healthy", "html")` -> the file's text."""
    files = cache(lambda name: render(DOCUMENTS[name]))
    return lambda name, kind: files(name)[f"report.{kind}"]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_json_is_the_document_and_satisfies_its_schema(rendered: Rendered, name: str) -> None:
    document = json.loads(rendered(name, "json"))
    assert document == DOCUMENTS[name]
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_schema_is_strict_and_knows_every_hop() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    told = SCHEMA["$defs"]["hop_name"]["description"].partition(": ")[2].partition(". ")[0].split(", ")
    assert set(told) == {"control_plane", *CONTROL, *MONGO_CONTROL, "client", *HOPS}
    closed = [part for part in objects(SCHEMA) if part.get("additionalProperties") is not False]
    assert [part["description"] for part in closed] == ["The raw evidence, which differs from hop to hop."]


def objects(schema: Any) -> list[dict[str, Any]]:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    own = [schema] if isinstance(schema, dict) and schema.get("type") == "object" else []
    return own + [found for part in parts for found in objects(part)]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_page_is_sound_and_needs_nothing_else(rendered: Rendered, name: str) -> None:
    html = rendered(name, "html")
    page = Page(html)
    assert page.faults == []
    assert page.of("html")[0].attributes["lang"] == "en" and len(page.of("h1")) == 1
    assert page.of("script", "link", "img", "iframe", "object", "embed", "base", "form") == []
    assert "url(" not in html and "@import" not in html
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        assert not [name for name in element.attributes if name == "src" or name.startswith("on")]
        for reference in (element.attributes.get("href", "#"), *labels(element.attributes)):
            assert reference == "#" or (reference[0] == "#" and reference[1:] in ids), reference
    levels = [int(element.tag[1]) for element in page.of("h1", "h2", "h3", "h4")]
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False))
    assert all(th.attributes.get("scope") in ("row", "col") for th in page.of("th"))


def labels(attributes: dict[str, str]) -> list[str]:
    return [f"#{name}" for name in attributes.get("aria-labelledby", "").split()]


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "crowded"])
def test_the_page_tells_everything(rendered: Rendered, name: str) -> None:
    text = Page(rendered(name, "html")).text
    for one in DOCUMENTS[name]["links"]:
        hops = one["control"] + [hop for probe in one["probes"] for hop in probe["hops"]]
        told = [one["name"], *(hop[part] for hop in hops for part in ("title", "message", "status"))]
        told += [line[part] for line in one["lines"] for part in ("check", "observed")]
        told += [finding[part] for finding in one["findings"] for part in ("zone", "message", "fix")]
        told += [fact["value"] for fact in one["facts"]]
        told += [value for hop in hops for value in hop["observed"].values() if isinstance(value, str)]
        assert [words for words in told if " ".join(words.split()) not in text] == []


def test_the_verdict_comes_first(rendered: Rendered) -> None:
    text = Page(rendered("broken", "html")).text
    broken = DOCUMENTS["broken"]["links"][0]["broken"]
    told = [
        "Does not work",
        *(broken[part] for part in ("title", "cause", "fix")),
        *broken["evidence"],
        "As the clouds",
    ]
    assert [text.index(words) for words in told] == sorted({text.index(words) for words in told})
    assert Page(rendered("healthy", "html")).of("h1")[0].text == "Works"
    assert Page(rendered("several", "html")).of("h1")[0].text == "3 of 4 links do not work"


def test_the_path_is_drawn_hop_by_hop(rendered: Rendered) -> None:
    drawings = [e for e in Page(rendered("broken", "html")).of("svg") if e.attributes.get("role") == "img"]
    assert len(drawings) == 3  # for the link, and from two clients
    for station in ("Resolver: ok", "DNS records: failed", "Private endpoint: ok", "Endpoint service: ok", "TLS: not"):
        assert station in drawings[0].text
    page = Page(rendered("several", "html"))
    drawn = [e for e in page.of("svg") if e.attributes.get("role") == "img"]
    assert len(drawn) == 8  # for four links, and from the two clients of two
    for one in drawn:
        inside = {element.tag for element in page.elements if element.parent is one}
        assert inside >= {"title", "desc", "g"}


def test_each_product_has_its_own_path(rendered: Rendered) -> None:
    drawn = [e.text for e in Page(rendered("both", "html")).of("svg") if e.attributes.get("role") == "img"]
    to_atlas, to_vcore, without_zone = drawn[0], drawn[1], drawn[-1]
    assert "Endpoint service: ok" in to_atlas and "Private zone" not in to_atlas
    for station in ("Private zone: ok", "Private endpoint: ok", "Private link: ok", "Cluster's port: ok"):
        assert station in to_vcore
    assert "Endpoint service" not in to_vcore and "Private zone: failed" in without_zone
    assert value(rendered("both", "prom"), "hop_ok", link="reporting", hop="zone_group") == 0
    assert "DNS zone group" in rendered("both", "md")


def test_a_product_that_there_is_not_is_named() -> None:
    with pytest.raises(NotAReport, match="product is 'ru', not atlas or mongo_cluster"):
        render(report({**link(), "product": "ru"}))


def test_links_that_were_not_verified_are_named(rendered: Rendered) -> None:
    """Else the report would be green because its worst link is missing from it."""
    told = "1 of 2 was not verified"
    page = Page(rendered("missing", "html"))
    assert page.of("h1")[0].text == told and f"# Private link report: {told}\n" in rendered("missing", "md")
    assert "archive Not verified Its run failed before." in page.text
    assert "\n- archive\n" in rendered("missing", "md")
    assert [value(rendered("missing", "prom"), "link_verified", link=name) for name in ("orders", "archive")] == [1, 0]
    assert (
        Page(rendered("hostile_both", "html")).of("h1")[0].text
        == "1 of 5 links does not work, 2 of 5 were not verified"
    )


def test_several_links_make_a_matrix_with_a_cell_for_each_client(rendered: Rendered) -> None:
    page = Page(rendered("several", "html"))
    rows = [[e.text for e in page.of("th", "td") if e.parent is row] for row in page.of("tr")]
    assert rows[0] == ["Link", "Control planes", "app1", "app2"]
    assert ["billing", "ok", "broken srv", "ok"] in rows
    assert "not probed" in " ".join(rows[3]) and "broken endpoint_interface" in rows[3]
    crowd = Page(rendered("crowded", "html"))
    assert len(crowd.of("a")) >= sum(1 + len(one["probes"]) for one in DOCUMENTS["crowded"]["links"])
    assert "All hops are ok. They are in report.json." in crowd.text
    assert "The private link was not proved" in crowd.text and "not probed" in crowd.text
    assert not any("open" in fold.attributes for fold in crowd.of("details") if fold.attributes.get("class") == "fold")


def test_hostile_texts_stay_texts(rendered: Rendered) -> None:
    page, benign = Page(rendered("hostile", "html")), Page(rendered("broken", "html"))
    assert set(page.shape) == set(benign.shape)
    assert page.text.count("<script>alert(1)</script>") > 100
    for kind in FILES:
        text = rendered("hostile", kind)
        assert "{{ 7 * 7 }}" in text and " 49 " not in text


@pytest.mark.parametrize("name", ["hostile", "crowded"])
def test_hostile_texts_break_no_line_of_the_markdown(rendered: Rendered, name: str) -> None:
    markdown = rendered(name, "md").splitlines()
    outside = [line for line in markdown if not line.startswith("    ")]
    assert not any(re.search(r"(?<!\\)[<`]", line) for line in outside)
    rows = [line for line in outside if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4, 7}
    assert not any(line.startswith("next") for line in markdown)


def test_the_markdown_is_a_ticket(rendered: Rendered) -> None:
    text, broken = rendered("broken", "md"), DOCUMENTS["broken"]["links"][0]["broken"]
    plain = re.sub(r"\\([^a-z0-9\s])", r"\1", text)
    for words in ("# Private link report: Does not work", f"**Cause:** {broken['cause']}", f"**Fix:** {broken['fix']}"):
        assert f"{words}\n" in plain
    assert all(f"    {line}\n" in text for line in broken["evidence"])
    assert "\n| app1 | SRV record |  | **failed** | 4.6 ms |" in text
    assert "\n| failed |" not in text and "**Cause:**" not in rendered("healthy", "md")


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every series once, with its value."""
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    series = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(series) == len(found)
    return series


def value(text: str, name: str, **labels: str) -> float:
    (found,) = {
        v for (n, its), v in samples(text).items() if n == f"privatelink_{name}" and labels.items() <= dict(its).items()
    }
    return found


def test_the_metrics_say_what_is_up_and_what_is_not(rendered: Rendered) -> None:
    text = rendered("several", "prom")
    assert value(text, "last_run_timestamp_seconds") == 1768556467
    assert [value(text, "link_up", link=name) for name in ("orders", "billing", "search")] == [1, 0, 0]
    assert (
        value(text, "up", link="billing", client="app1") == 0 and value(text, "up", link="billing", client="app2") == 1
    )
    assert value(text, "hop_ok", link="billing", client="app1", hop="srv") == 0
    assert value(text, "hop_ok", link="search", client="", hop="endpoint_interface") == 0
    assert not [its for name, its in samples(text) if {("client", "app1"), ("link", "billing"), ("hop", "tcp")} <= its]
    assert value(text, "findings", link="billing", severity="breaks") == 1
    assert value(text, "findings", link="orders", severity="breaks") == 0
    assert value(text, "hop_duration_seconds", link="orders", client="app1", hop="srv") == 0.0046
    ends = value(text, "certificate_expiry_timestamp_seconds", link="orders", client="app1", target=f"{HOST}:1024")
    assert ends == 1775260800  # 2026-04-04T00:00:00Z
    for line in re.findall(r"^# TYPE .*$", text, re.MULTILINE):
        assert line.endswith(" gauge")


def test_a_series_stands_once_and_is_as_bad_as_its_worst_hop(rendered: Rendered) -> None:
    text, tcp = rendered("several", "prom"), {"link": "reports", "hop": "tcp"}
    assert value(text, "hop_ok", **tcp, target=f"{HOST}:1024") == 0
    assert value(text, "hop_ok", **tcp, target=f"{HOST}:1025") == 1
    assert value(text, "hop_duration_seconds", **tcp, target=f"{HOST}:1024") == 5


def test_labels_survive_the_exposition_format(rendered: Rendered) -> None:
    names = {dict(labels)["link"] for name, labels in samples(rendered("hostile", "prom")) if name == "privatelink_up"}
    assert names == {f"orders{PAYLOAD}"}


@pytest.mark.parametrize(("scheme", "widths"), [("light", [360, 768, 1100, 1440]), ("dark", [390, 1440])])
def test_the_page_is_readable_on_a_phone_and_on_a_desk(
    rendered: Rendered, scheme: str, widths: list[int], tmp_path: Path
) -> None:
    needs("chromium")
    pages = {name: rendered(name, "html") for name in ("healthy", "both", "several", "crowded", "hostile")}
    assert browser.complaints(pages, widths, scheme, tmp_path) == []


# -- what is no report ---------------------------------------------------------------------------------------------


def places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every dictionary or list within, with each of its keys or indexes."""
    for key in part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
        yield part, key
        yield from places(part[key])


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_no_report_is_refused_or_does_not_matter(data: st.DataObject) -> None:
    document = deepcopy(BROKEN)
    found = list(places(document))
    part, key = found[data.draw(st.integers(0, len(found) - 1))]
    if data.draw(st.booleans()) and isinstance(part, dict):
        del part[key]
    else:
        part[key] = data.draw(st.sampled_from([None, 5, -0.5, "text", [], {}, [{}], {"a": [1]}]))
    try:
        texts = render(document)
    except NotAReport as error:
        assert str(error) and "\n" not in str(error)
    else:
        assert Page(texts["report.html"]).faults == []


@pytest.mark.parametrize("key", BROKEN)
def test_what_is_missing_is_named(key: str) -> None:
    if key != "schema_version":
        with pytest.raises(NotAReport, match=key):
            render({name: value for name, value in BROKEN.items() if name != key})


# -- Ansible writes it ---------------------------------------------------------------------------------------------

READ = "{{ lookup('ansible.builtin.file', inventory_hostname ~ '.json') | from_json }}"
MODULE = "privatelink.mongodb.private_link_report"
ROLE_TASK = {
    "name": "role",
    "ansible.builtin.include_role": {"name": "privatelink.mongodb.private_link_verify", "tasks_from": "report"},
    "vars": {
        "private_link_verify_report": READ,
        "private_link_verify_report_directory": "{{ inventory_hostname }}",
        "private_link_verify_write_report": "{{ inventory_hostname != 'empty' }}",
    },
}
#: Half a character, as a server may send it. UTF-8 has no form for it.
TORN = {
    "report": READ.replace(" }}", " | combine({'collection_version': '%c' | format(0xd83d)}) }}"),
    "directory": "torn",
}
#: Task -> options, words of the message.
REFUSED = {
    "no dictionary": ({"report": [1], "directory": "new"}, "'report' is of type"),
    "no document": (
        {"report": {"links": []}, "directory": "new"},
        "report is not the document of report.schema.json: ",
    ),
    "no directory": ({"report": READ, "directory": "in-the-way"}, "/in-the-way', where the report cannot be written: "),
    "missing": ({"report": READ}, "missing required arguments: directory"),
    "unknown": ({"report": READ, "directory": "new", "colour": "red"}, "Unsupported parameters for"),
}
#: No task may want to get to the host, or to be somebody else.
NOWHERE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_become": True}


def play(folder: Path, documents: dict[str, Document], tasks: list[dict[str, Any]], *arguments: str) -> Results:
    """Task -> host -> result. Every document has a host of its name; the files lie in the working directory."""
    directory = folder / "playbooks"
    directory.mkdir(exist_ok=True)
    for name, document in documents.items():
        (directory / f"{name}.json").write_text(json.dumps(document))
    plays = [{"hosts": "all", "gather_facts": False, "vars": NOWHERE, "tasks": tasks}]
    ansible = Ansible(None, directory, [",".join([*documents, ""])], cwd=folder, record=True)
    return ansible.play(plays, *arguments).assert_ok().results


WRITE, SAY = "report | Write the files", "report | Say where it is"


def test_ansible_writes_four_files_where_the_user_stands_and_nothing_changed(tmp_path: Path) -> None:
    results = play(tmp_path, DOCUMENTS, [ROLE_TASK, {"name": "torn", MODULE: TORN, "run_once": True}])
    # No directory means no report.
    assert {path.name for path in tmp_path.iterdir()} == {*WRITTEN, "playbooks", "torn"}
    for name in WRITTEN:
        expected = render(DOCUMENTS[name])
        files = {path.name: path for path in (tmp_path / name).iterdir()}
        assert {path: file.read_bytes().decode() for path, file in files.items()} == expected
        assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o644}
        assert results[WRITE][name]["files"] == [str(tmp_path.resolve() / name / path) for path in expected]
        assert results[SAY][name]["msg"].startswith(f"The report is in {tmp_path.resolve()}/{name}/report.html ")
    assert r"privatelink.mongodb \ud83d" in (tmp_path / "torn" / "report.md").read_text()
    assert not any(result.get("changed") for task in results.values() for result in task.values())


def test_check_mode_writes_nothing_and_what_cannot_be_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "in-the-way").touch()
    rehearsed = {"name": "rehearsed", MODULE: {"report": READ, "directory": "new"}, "check_mode": True}
    refused = [{"name": name, MODULE: options, "ignore_errors": True} for name, (options, _words) in REFUSED.items()]
    results = {
        task: found["healthy"]
        for task, found in play(tmp_path, {"healthy": DOCUMENTS["healthy"]}, [rehearsed, *refused]).items()
    }
    assert {path.name for path in tmp_path.iterdir()} == {"in-the-way", "playbooks"}
    result = {name: value for name, value in results["rehearsed"].items() if not name.startswith("_ansible")}
    module = importlib.import_module("ansible_collections.privatelink.mongodb.plugins.modules.private_link_report")
    assert returns.violations(module, result) == [] and not result["changed"]
    assert result["files"] == [str(tmp_path.resolve() / "new" / f"report.{kind}") for kind in FILES]
    for name, (_options, words) in REFUSED.items():
        assert results[name]["failed"] and words in results[name]["msg"] and "\n" not in results[name]["msg"], name


def test_a_rehearsal_of_the_role_writes_no_report(tmp_path: Path) -> None:
    results = play(tmp_path, {"healthy": DOCUMENTS["healthy"]}, [ROLE_TASK], "--check")
    assert "healthy" not in {path.name for path in tmp_path.iterdir()} and SAY not in results
