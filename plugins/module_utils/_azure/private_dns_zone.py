# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""The private DNS zone and its links to virtual networks."""

from __future__ import annotations

import hashlib
import typing as t

from .._engine import FAILED, PENDING, READY, Drift, Health, Plan, Readable, Resource, Step, Waiter
from .._errors import Busy, InvalidInput, NotFound, Raced
from . import ids, usage
from .client import GONE, GONE_WITH_PARENT, Client, Follow, resend
from .ownership import (
    MOST_IN_DNS,
    checked_tags,
    is_for_users,
    is_ours,
    marked,
    may_use,
    merged,
    unused,
    users,
    uses,
)
from .private_dns_records import NO_ZONE
from .private_dns_records import normalise as normalise_record
from .record_sets import identity

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

#: Azure refuses to delete a zone before its last link has gone, so that is always waited for.
_PATIENCE = (600, 5)


def normalise(found: t.Mapping[str, t.Any], links: t.Iterable[t.Mapping[str, t.Any]]) -> State:
    """Pure: a zone and its links in the shape that the modules return."""
    properties = found.get("properties") or {}
    return {
        "id": found["id"],
        "name": found["name"],
        "number_of_record_sets": properties.get("numberOfRecordSets"),
        "links": [_normalise_link(one) for one in links],
        "provisioning_state": properties.get("provisioningState"),
        "tags": dict(found.get("tags") or {}),
    }


def _normalise_link(found: t.Mapping[str, t.Any]) -> State:
    properties = found["properties"]
    return {
        "id": found["id"],
        "name": found["name"],
        "virtual_network_id": (properties.get("virtualNetwork") or {}).get("id"),
        "registration_enabled": bool(properties.get("registrationEnabled")),
        "resolution_policy": properties.get("resolutionPolicy"),
        "link_state": properties.get("virtualNetworkLinkState"),
        "provisioning_state": properties.get("provisioningState"),
        "tags": dict(found.get("tags") or {}),
    }


def wanted(options: Options) -> State:
    """What was asked for; None is "as it is". Raises `InvalidInput`."""
    links = [
        {
            "name": ids.checked_name(one["name"], "links.name") if one["name"] else None,
            "virtual_network_id": one["virtual_network_id"],
            "registration_enabled": one["registration_enabled"],
            "resolution_policy": one["resolution_policy"],
        }
        for one in options["links"] or []
    ]
    for one in links:
        if one["virtual_network_id"]:
            ids.checked_id("links.virtual_network_id", one["virtual_network_id"], ids.VIRTUAL_NETWORKS)
        elif options["state"] == "present" or not one["name"]:
            raise InvalidInput("links.virtual_network_id", None, "given for every link")
    return {"links": links, "tags": checked_tags(options["tags"], MOST_IN_DNS, options["used_by"]) or {}}


def _record_name(found: t.Mapping[str, t.Any]) -> str:
    return f"{found['type'].rsplit('/', 1)[-1]} {found['name']}"


class PrivateDnsZone(Resource):
    """Adopts or creates a zone and the links that were asked for; other links stay. `desired` is what `wanted` returns.

    Absent means: the links of `asked` (all of ours, if it names none) have gone, and so has the zone, unless it is not
    ours or somebody else still uses it. What stays is said in a note. With `force` nothing of it stays.

    With `used_by` links go together, when nobody else uses the zone: a network may hold applications of any endpoint
    whose names are in it. Who uses it is derived: from its record sets (our metadata names users, that of zone groups
    names endpoints), and from the marks of zone and links. A zone and a link have 15 tags at most, so each is marked
    with its first user only, and by that a zone is found before there is anything in it.
    """

    kind, key = "private DNS zone", "private_dns_zone"

    def __init__(
        self,
        client: Client,
        group: str,
        name: str,
        asked: State,
        *,
        present: bool,
        force: bool = False,
        used_by: str | None = None,
    ) -> None:
        self._client, self._names, self._force = client, (group, name), force
        self._asked: list[State] = asked["links"]
        self._used_by = used_by
        self._present = present
        self._id = ids.build(client.subscription, group, ids.PRIVATE_DNS_ZONES, name)
        self._zone: dict[str, t.Any] = {}
        self._links: dict[str, t.Any] = {}
        self._zone_begun: Follow | None = None
        self._links_begun: list[Follow] = []
        self._removed: list[State] = []
        self._gone: frozenset[str] = frozenset()
        self.label = name

    def read(self) -> State | None:
        try:
            return self._read()
        except NotFound as error:
            if error.code == "ParentResourceNotFound":  # its last user has taken it away since it was read
                self._zone, self._links = {}, {}
                return None
            raise

    def _read(self) -> State | None:
        self._zone_begun, self._links_begun, self._removed = None, [], []
        absent = GONE if self._present else GONE_WITH_PARENT
        found = self._client.find(self._id, absent=absent)
        links = self._client.pages(f"{self._id}/virtualNetworkLinks") if found else []
        self._zone, self._links = found or {}, {one["name"].lower(): one for one in links}
        if found is None:
            return None
        state = normalise(found, links)
        if self._present:
            return {**state, "foreign_record_sets": None, "bound_endpoints": [], "other_users": []}
        return {**state, **self._usage(state)}

    def _usage(self, state: State) -> State:
        """Who would miss the zone. The SOA is the zone's own, and a machine's record set is made by Azure."""
        records = [
            one
            for one in self._client.pages(f"{self._id}/ALL")
            if not one["type"].endswith("/SOA") and not one["properties"].get("isAutoRegistered")
        ]
        metadata = [one["properties"].get("metadata") or {} for one in records]
        marks = [*users(state["tags"]), *(text for one in state["links"] for text in users(one["tags"]))]
        marks += [text for one in metadata if is_ours(one) for text in users(one)]
        named = usage.others(sorted(set(marks)), self._used_by)
        self._gone = usage.gone(self._client, named)
        return {
            "foreign_record_sets": [
                _record_name(one) for one, about in zip(records, metadata) if not is_ours(about) or self._others(about)
            ],
            "bound_endpoints": usage.bound(records),
            "other_users": usage.others(named, self._used_by, self._gone),
        }

    def _others(self, tags: t.Mapping[str, str]) -> list[str]:
        """Who else uses what is tagged so; nobody is asked if we do not say who we are."""
        return usage.others(users(tags), self._used_by, self._gone)

    def plan(self, current: State | None, desired: State | None) -> Plan:
        if desired is None:
            return self._plan_absent(current)
        if current and current["provisioning_state"] == "Deleting":
            raise Busy(
                f"{self.title()} is being deleted", "it can be created again when it is gone", "Run again later."
            )
        steps: list[Step] = []
        drift: list[Drift] = []
        tags = current and merged(current["tags"], desired["tags"], MOST_IN_DNS)
        if current is None:
            steps.append(Step("create", self.title(), {"tags": marked(desired["tags"], self._used_by)}))
        elif tags != current["tags"] or current["provisioning_state"] == "Failed":
            steps.append(Step("update", self.title(), {"tags": tags}))
        for one, link in _paired(current, desired):
            what = f"link {one['name']} of {self.title()}"
            if link is None:
                steps.append(Step("create", what, {"link": one}))
            elif not ids.same(link["virtual_network_id"], one["virtual_network_id"]):
                field = f"virtual_network_id of link {link['name']}"
                drift.append(Drift(field, link["virtual_network_id"], one["virtual_network_id"], _RENAME))
            elif link["provisioning_state"] == "Deleting":
                raise Busy(f"{what} is being deleted", "it can be created again when it is gone", "Run again later.")
            elif self._change(link, one) or link["provisioning_state"] == "Failed":
                steps.append(Step("update", what, {"link": {"name": link["name"], **self._change(link, one)}}))
        return Plan(() if drift else tuple(steps), tuple(drift))

    def _change(self, link: State, asked: State) -> State:
        """What differs."""
        return {
            name: asked[name]
            for name in ("registration_enabled", "resolution_policy")
            if asked[name] not in (None, link[name])
        }

    def _plan_absent(self, current: State | None) -> Plan:
        if current is None or current["provisioning_state"] == "Deleting":
            return Plan()
        leaving, staying = self._divided(current)
        going = [one for one in leaving if one["provisioning_state"] != "Deleting"]
        steps = [Step("delete", f"link {one['name']} of {self.title()}", {"link": one}) for one in going]
        reasons = [] if self._force else list(self._reasons(current, staying))
        if not reasons:
            if len(going) < len(leaving):
                raise Busy(f"a link of {self.title()} is being deleted", "the zone can only go after it")
            return Plan((*steps, Step("delete", self.title())))
        if self._used_by is not None:
            steps += self._released(current, staying)
        return Plan(
            tuple(steps),
            notes=(f"{self.title()} stays: {'; '.join(reasons)}. force=true removes it all the same.",),
        )

    def _released(self, current: State, staying: list[State]) -> t.Iterator[Step]:
        """Takes our mark off what stays for others."""
        for one in staying:
            if uses(self._used_by, one["tags"]):
                change = {"name": one["name"], "tags": unused(one["tags"], self._used_by)}
                yield Step("update", f"link {one['name']} of {self.title()}", {"link": change})
        if uses(self._used_by, current["tags"]):
            yield Step("update", self.title(), {"tags": unused(current["tags"], self._used_by)})

    def _reasons(self, current: State, staying: list[State]) -> t.Iterator[str]:
        """Why a zone is not ours to delete."""
        if not is_ours(current["tags"]):
            yield "this collection did not create it"
        if self._in_use(current):
            named = [*current["other_users"], *(f"private endpoint {one}" for one in current["bound_endpoints"])]
            yield f"it is used by {', '.join(named)}"
        if staying:
            names = ", ".join(one["name"] for one in staying)
            yield f"it has other links ({names})" + (
                ", and clients in their networks may need its names" if self._in_use(current) else ""
            )
        if current["foreign_record_sets"]:
            yield f"it has record sets of others ({', '.join(current['foreign_record_sets'])})"

    def _in_use(self, current: State) -> bool:
        """Whether a zone has users beside this one. Zone groups count only for one who says who it is."""
        return bool(current["other_users"] or (self._used_by is not None and current["bound_endpoints"]))

    def _divided(self, current: State) -> tuple[list[State], list[State]]:
        """(links to remove, links that stay)."""
        links: list[State] = current["links"]
        if self._force:
            return links, []
        if self._in_use(current):
            return [], links
        named = [link for one, link in _paired({"links": links}, {"links": self._asked}) if link]
        leaving = [one for one in named or links if self._may_go(one)] if named or not self._asked else []
        return leaving, [one for one in links if one not in leaving]

    def _may_go(self, link: State) -> bool:
        """One that was made without a user was made to stay."""
        return is_for_users(link["tags"]) if self._used_by is not None else is_ours(link["tags"])

    def predict(self, current: State | None, desired: State | None) -> State | None:
        if desired is None:
            plan = self.plan(current, None)
            if current is None or any(step.verb == "delete" and "link" not in step.body for step in plan.steps):
                return None
            return self._left(current, plan)
        base: State = current or {
            "id": self._id,
            "name": self._names[1],
            "number_of_record_sets": 1,
            "links": [],
            "foreign_record_sets": None,
            "bound_endpoints": [],
            "other_users": [],
            "provisioning_state": "Succeeded",
            "tags": marked(desired["tags"], self._used_by),
        }
        links = {one["name"]: one for one in base["links"]}
        for one, link in _paired(current, desired):
            if link is None:
                links[one["name"]] = self._new_link(one)
            else:
                links[link["name"]] = {**link, **self._change(link, one)}
        return {**base, "tags": merged(base["tags"], desired["tags"], MOST_IN_DNS), "links": list(links.values())}

    def _left(self, current: State, plan: Plan) -> State:
        """A zone that stays, without what the steps take from it."""
        links = {one["name"]: one for one in current["links"]}
        tags = current["tags"]
        for step in plan.steps:
            link = step.body.get("link")
            if link is None:
                tags = step.body["tags"]
            elif step.verb == "delete":
                del links[link["name"]]
            else:
                links[link["name"]] = {**links[link["name"]], **link}
        return {**current, "tags": tags, "links": list(links.values())}

    def _new_link(self, asked: State) -> State:
        return {
            "id": f"{self._id}/virtualNetworkLinks/{asked['name']}",
            "name": asked["name"],
            "virtual_network_id": asked["virtual_network_id"],
            "registration_enabled": bool(asked["registration_enabled"]),
            "resolution_policy": asked["resolution_policy"],
            "link_state": "Completed",
            "provisioning_state": "Succeeded",
            "tags": marked(None, self._used_by),
        }

    def apply(self, step: Step, waiter: Waiter | None) -> None:
        link = step.body.get("link")
        if link and step.verb == "delete":
            # Only as it was read: somebody may have changed it since.
            found = self._links[link["name"].lower()]
            self._begin_link("delete", link["name"], if_match=found.get("etag"))
            self._removed.append(found)
        elif link:
            self._apply_link(step.verb == "create", link, waiter)
        elif step.verb == "delete":
            self._finish_links(waiter or Waiter(*_PATIENCE))
            self._stop_if_used()
            etag = self._zone.get("etag")
            self._zone_begun = self._client.dns.begin("private_zones.begin_delete", *self._names, if_match=etag)
        else:
            self._zone_begun = self._client.dns.begin(
                "private_zones.begin_create_or_update",
                *self._names,
                body={"location": "global", "tags": step.body["tags"]},
                create_only=step.verb == "create",
                if_match=self._zone.get("etag"),
            )

    def _stop_if_used(self) -> None:
        """A zone goes with its records, and who has begun to write into it since it was read has marked nothing else.
        The links are given back then."""
        state = normalise(self._zone, [])
        try:
            usage = {} if self._force else self._usage(state)
        except NotFound as error:
            raise _raced(error) from None
        if self._force or not list(self._reasons({**state, **usage}, [])):
            return
        for found in self._removed:
            self._begin_link("create_or_update", found["name"], body=resend(found), create_only=True)
        self._finish_links(Waiter(*_PATIENCE))
        raise Raced(f"{self.title()} is in use again", "somebody has written into it meanwhile", "Run again.")

    def finish(self, waiter: Waiter | None) -> None:
        if waiter:
            self._finish_links(waiter)
            self._finish_zone(waiter)

    def _finish_links(self, waiter: Waiter) -> None:
        while self._links_begun:
            self._links_begun.pop(0)(waiter)

    def _finish_zone(self, waiter: Waiter) -> None:
        begun, self._zone_begun = self._zone_begun, None
        if begun:
            begun(waiter)

    def _begin_link(self, verb: str, name: str, **more: t.Any) -> None:
        """All links of a zone go side by side."""
        follow = self._client.dns.begin(f"virtual_network_links.begin_{verb}", *self._names, name, **more)
        self._links_begun.append(follow)

    def _apply_link(self, create: bool, link: t.Mapping[str, t.Any], waiter: Waiter | None) -> None:
        found = self._links.get(link["name"].lower(), {})
        new = {"location": "global", "tags": marked(None, self._used_by), "properties": {}}
        body: State = resend(found) if found else new
        if "tags" in link:
            body["tags"] = link["tags"]
        properties = body["properties"]
        if create:
            properties["virtualNetwork"] = {"id": link["virtual_network_id"]}
            properties["registrationEnabled"] = bool(link["registration_enabled"])
        elif "registration_enabled" in link:
            properties["registrationEnabled"] = link["registration_enabled"]
        if link.get("resolution_policy"):
            # Only where asked for: other zones than those for private link refuse it, even the default (source:
            # Azure-Landing-Zones issue 4088).
            properties["resolutionPolicy"] = link["resolution_policy"]
        more: State = {"body": body, "create_only": create, "if_match": found.get("etag")}
        if waiter:
            self._finish_zone(waiter)
        try:
            self._begin_link("create_or_update", link["name"], **more)
        except NotFound as error:
            if self._zone_begun is None:
                raise _raced(error) from None
            self._finish_zone(Waiter(*_PATIENCE))  # without `wait` it is worth trying sooner
            self._begin_link("create_or_update", link["name"], **more)

    def health(self, state: State | None, wanted: bool) -> Health:
        if state is None:
            return Health("absent", PENDING) if wanted else Health("gone")
        if not wanted:
            return self._health_of_removal(state)
        if state["provisioning_state"] != "Succeeded":
            return _health_of(state["provisioning_state"])
        for one, link in _paired(state, {"links": self._asked}):
            if link is None:
                return Health(f"without link {one['name']}", PENDING)
            if link["provisioning_state"] != "Succeeded":
                return _health_of(link["provisioning_state"], f" (link {link['name']})")
            if link["link_state"] != "Completed":
                return Health(f"waiting for link {link['name']} ({link['link_state']})", PENDING)
        return Health("Succeeded", READY)

    def _health_of_removal(self, state: State) -> Health:
        """What stays because somebody else uses it is no reason to wait."""
        try:
            going = state["provisioning_state"] == "Deleting" or self.plan(state, None).steps
        except Busy:
            going = True
        return Health("Deleting", PENDING) if going else Health("still used by others", READY)


def _raced(error: NotFound) -> Raced:
    """The zone may have gone with its last user since it was read."""
    about: State = {"code": error.code, "http_status": error.http_status, "request_id": error.request_id}
    return Raced(error.what, error.cause, error.fix, **about)


_RENAME = "Give the link another name, or unlink the other network first."


def _health_of(state: str, of: str = "") -> Health:
    if state in ("Failed", "Canceled"):
        return Health(state + of, FAILED, "Azure could not provision it", "Run again; it is then sent once more.")
    return Health(state + of, PENDING)


def _paired(current: State | None, desired: State) -> list[tuple[State, State | None]]:
    """Each link that was asked for, with its name, and the link that exists: for the same network under any name, or
    else of the same name."""
    links: list[State] = current["links"] if current else []
    taken = {one["name"].lower() for one in links}
    pairs: list[tuple[State, State | None]] = []
    for one in desired["links"]:
        network = one["virtual_network_id"]
        found = next((link for link in links if network and ids.same(link["virtual_network_id"], network)), None)
        if found is None and one["name"]:
            found = next((link for link in links if ids.same(link["name"], one["name"])), None)
        name = one["name"] or _free_name(network, taken)
        taken.add(name.lower())
        pairs.append(({**one, "name": name}, found))
    return pairs


def _free_name(network_id: str, taken: t.Collection[str]) -> str:
    """The network's name, with a part of its id's hash if another network of that name has it."""
    name = network_id.rsplit("/", 1)[-1]
    if name.lower() not in taken:
        return name
    return f"{name}-{hashlib.sha256(network_id.lower().encode()).hexdigest()[:8]}"


class PrivateDnsZones(Readable):
    """The zone of a name, those of a resource group, or all of the subscription, with their links.

    Of these only the ones that are `related_to` a domain (it itself, above it or below it) and that are `used_by`
    somebody, where these are given; beside them those that nobody uses any more. Who uses a zone is seen in its links
    and record sets, so these are read where the zone's own tag does not tell. With `record_sets` each has its records.
    With `for_user` what lies in a domain and was made for others only is left out.
    """

    kind, key = "private DNS zones", "private_dns_zones"

    def __init__(
        self,
        client: Client,
        group: str | None,
        name: str | None,
        *,
        related_to: t.Sequence[str] | None = None,
        for_user: str | None = None,
        used_by: str | None = None,
        record_sets: bool = False,
    ) -> None:
        self._client, self._group, self._name = client, group, name
        self._domains, self._for_user = related_to, for_user
        self._used_by, self._with_records = used_by, record_sets
        self.label = name or f"of {group or 'the subscription'}"

    def read(self) -> list[State]:
        related = [
            one for one in self._zones() if self._domains is None or is_related(one, self._domains, self._for_user)
        ]
        return list(filter(None, map(self._whole, related)))

    def _zones(self) -> list[dict[str, t.Any]]:
        path = ids.collection(self._client.subscription, self._group, ids.PRIVATE_DNS_ZONES)
        if self._name:
            found = self._client.find(f"{path}/{self._name}", absent=GONE_WITH_PARENT)
            return [found] if found else []
        return self._client.pages(path, absent=GONE_WITH_PARENT if self._group else ())

    def _whole(self, zone: t.Mapping[str, t.Any]) -> State | None:
        """A zone with its links and records; None for one that somebody uses, but not the one who was asked for."""
        found = normalise(zone, self._links(zone))
        things = (found, *found["links"])
        known = self._used_by is None or any(uses(self._used_by, one["tags"]) for one in things)
        if not known and found["number_of_record_sets"] == 1:  # the SOA
            known = self._is_left_over(found)
            if not known:
                return None
        listed = self._listed(zone) if self._with_records or not known else []
        if not known and not self._has_records(found, listed):
            return None
        records = sorted(filter(None, map(normalise_record, listed)), key=identity)
        return {**found, "records": records if self._with_records else None}

    def _is_left_over(self, zone: State) -> bool:
        """Whether a zone without records was made for users who are all gone, so that nobody but us removes it."""
        things = [zone, *zone["links"]]
        named = [text for one in things for text in users(one["tags"])]
        left = is_ours(zone["tags"]) and any(is_for_users(one["tags"]) for one in things)
        return left and not usage.others(named, self._used_by, usage.gone(self._client, named))

    def _has_records(self, zone: State, listed: t.Sequence[t.Mapping[str, t.Any]]) -> bool:
        """Whether record sets are this one's: it wrote them, or its zone group did where we made zone or link."""
        written = [users(one["properties"].get("metadata")) for one in listed]
        ours = is_ours(zone["tags"]) or any(is_for_users(one["tags"]) for one in zone["links"])
        name = str(self._used_by).rpartition("/")[2].lower()
        is_bound = ours and name in [one.lower() for one in usage.bound(listed)]
        return is_bound or any(may_use(self._used_by, one) for one in written)

    def _listed(self, zone: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        return self._client.pages(f"{zone['id']}/ALL", absent=NO_ZONE)

    def _links(self, zone: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """None to ask for where the zone itself says that there are none: reads of private DNS are few (source:
        Microsoft, 500 in 5 minutes)."""
        if not zone["properties"].get("numberOfVirtualNetworkLinks"):
            return []
        return self._client.pages(f"{zone['id']}/virtualNetworkLinks", absent=GONE_WITH_PARENT)


def is_related(zone: t.Mapping[str, t.Any], domains: t.Collection[str], for_user: str | None = None) -> bool:
    """Whether a zone as ARM lists it is one of these domains, holds one, or lies in one. Those that lie in one and were
    made for others only are not related to `for_user`. Pure."""
    name, tags = zone["name"].lower(), zone.get("tags")
    if any(below(one, name) for one in domains):
        return True
    others_only = for_user is not None and is_ours(tags) and users(tags) and not uses(for_user, tags)
    return not others_only and any(below(name, one) for one in domains)


def below(name: str, domain: str) -> bool:
    """Whether a name is a domain or lies in it."""
    return f".{name}".endswith(f".{domain}")
