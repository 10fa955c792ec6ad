# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that the clouds' APIs show: clusters, endpoint services, private endpoints, their registration.

Sources: Atlas' page on troubleshooting private endpoints and its Admin API specification; Microsoft's private endpoint
overview.
"""

from __future__ import annotations

from tests.lab.faults.link import OTHER, AnyLink, Link
from tests.lab.faults.registry import of_any_link, of_link

MORE_REGIONS = ("US_WEST_2", "EUROPE_WEST")  # for a cluster that gets one more


# -- clusters ----------------------------------------------------------------------------------------------------------


@of_link
def cluster_paused(link: Link) -> None:
    """The clusters are paused: nothing listens behind the private endpoint."""
    for cluster in link.clusters:
        cluster.paused = True


@of_link
def cluster_deleted(link: Link) -> None:
    """The clusters are gone, while all that led to them stands."""
    link.project.clusters.clear()


@of_link
def cluster_renamed(link: Link) -> None:
    """Each cluster now has another name, and so have its DNS records."""
    for cluster in link.clusters:
        del link.project.clusters[cluster.name]
        cluster.name = f"{cluster.name}-new"
        link.project.clusters[cluster.name] = cluster


@of_link
def tier_without_support(link: Link) -> None:
    """The clusters are of a tier that has no private endpoints (M0)."""
    for cluster in link.clusters:
        cluster.instance_size = "M0"


@of_link
def strings_not_published(link: Link) -> None:
    """Everything is available, but the clusters are still UPDATING and have no private connection string yet."""
    for cluster in link.clusters:
        cluster.updating = True


@of_link
def region_without_endpoint(link: Link) -> None:
    """The clusters have nodes in a region that has no endpoint, so none of their private strings exists."""
    for cluster in link.clusters:
        if len(cluster.regions) == 1:
            cluster.regions.append(another_region(cluster.regions))
    without = link.clusters[0].regions[-1]
    for service in link.services:
        if service.region == without:
            service.interfaces.clear()


def another_region(regions: list[str]) -> str:
    """An Atlas region that is not among these."""
    return next(region for region in MORE_REGIONS if region not in regions)


@of_link
def outdated_srv_name(link: Link) -> None:
    """The endpoint's index moved from 0 to 1, so the names that the application uses do not exist any more."""
    for interface in link.interfaces:
        interface.index += 1


# -- endpoint services -------------------------------------------------------------------------------------------------


@of_link
def service_vanished(link: Link) -> None:
    """Atlas removed the endpoint service with its last interface; Azure's endpoint is Disconnected."""
    link.project.services.clear()


@of_link
def link_removed(link: Link) -> None:
    """Neither cloud has anything of the link: no endpoint service, no private endpoint."""
    _remove_endpoints(link)
    link.project.services.clear()


@of_link
def service_initiating(link: Link) -> None:
    """Atlas is still building the endpoint service."""
    for service in link.services:
        service.interfaces.clear()
        service.timeline.set("INITIATING")


@of_link
def service_failed(link: Link) -> None:
    """Atlas could not build the endpoint service, and says no word why (its error message is null)."""
    for service in link.services:
        service.timeline.set("FAILED")
        service.error = None
    _interfaces(link, "FAILED")


@of_link
def service_deleting(link: Link) -> None:
    """Atlas is removing the endpoint service."""
    for service in link.services:
        service.timeline.set("DELETING")
    _interfaces(link, "DELETING")


def _interfaces(link: Link, state: str, error: str | None = None) -> None:
    for interface in link.interfaces:
        interface.timeline.set(state)
        interface.error = error


# -- private endpoints -------------------------------------------------------------------------------------------------


@of_any_link
def endpoint_missing(link: AnyLink) -> None:
    """The private endpoint was deleted in Azure; Atlas still has it registered."""
    _remove_endpoints(link)


def _remove_endpoints(link: AnyLink) -> None:
    for endpoint in link.endpoints:
        link.clouds.delete(endpoint["id"])


@of_any_link
def endpoint_provisioning_failed(link: AnyLink) -> None:
    """Azure could not provision the private endpoint."""
    for endpoint in link.endpoints:
        link.world.timelines[endpoint["id"].lower()].set("Failed")
    _connection(link, "Pending")


@of_link
def endpoint_of_another_service(link: Link) -> None:
    """The private endpoint connects to the endpoint service of another project, so Atlas cannot accept it."""
    other = link.world.add_project(f"{link.project.name}{OTHER}")
    for endpoint in link.endpoints:
        service = link.world.service_behind(link.world.target_of(endpoint))
        assert service is not None
        target = link.world.add_service(other, service.region)
        for connection in endpoint["properties"]["manualPrivateLinkServiceConnections"]:
            connection["properties"]["privateLinkServiceId"] = target.pls_id
    _interfaces(link, "FAILED", "The private endpoint could not be connected.")


@of_link
def endpoint_recreated(link: Link) -> None:
    """The endpoint was re-created with a new address; Atlas and the private DNS zone keep the old one."""
    for endpoint in link.endpoints:
        address = link.unused_address(endpoint)
        nic = link.world.azure[endpoint["properties"]["networkInterfaces"][0]["id"].lower()]
        nic["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] = address


@of_any_link
def rejected(link: AnyLink) -> None:
    """The owner of the service rejected the endpoint's connection."""
    _connection(link, "Rejected")


@of_link
def disconnected(link: Link) -> None:
    """The endpoint's connection is Disconnected: its target was removed or replaced."""
    _connection(link, "Disconnected")


@of_link
def pending(link: Link) -> None:
    """Atlas says AVAILABLE, but in Azure the connection still waits for approval."""
    _connection(link, "Pending")


def _connection(link: AnyLink, status: str) -> None:
    for endpoint in link.endpoints:
        link.world.forced_connection[endpoint["id"].lower()] = status


# -- registration ------------------------------------------------------------------------------------------------------


@of_link
def never_registered(link: Link) -> None:
    """Nobody registered the endpoint with Atlas, so its connection stays Pending."""
    for interface in link.interfaces:
        for service in link.services:
            service.interfaces.pop(interface.endpoint_id.lower(), None)


@of_link
def interface_initiating(link: Link) -> None:
    """Atlas has not accepted the endpoint yet."""
    _interfaces(link, "INITIATING")


@of_link
def interface_failed(link: Link) -> None:
    """Atlas could not connect the endpoint, and says so."""
    _interfaces(link, "FAILED", "The private endpoint could not be connected.")


@of_link
def interface_deleting(link: Link) -> None:
    """Atlas is removing the endpoint's registration."""
    for interface in link.interfaces:
        interface.delete_requested = True
    _interfaces(link, "DELETING")


@of_link
def wrong_ip_registered(link: Link) -> None:
    """The endpoint was registered with an address that is not its own, and Atlas publishes that."""
    for endpoint in link.endpoints:
        for interface in link.interfaces:
            if interface.endpoint_id.lower() == endpoint["id"].lower():
                interface.ip_address = link.unused_address(endpoint)
