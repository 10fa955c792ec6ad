# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""From symptom to cause and fix, as data: what Atlas and Azure say of a private link, and what a client sees that
means something more exact once both were asked.

Sources: Atlas' and Azure's troubleshooting pages, the Admin API specification, and faults played in full runs.
"""

from __future__ import annotations

from ..._probe.signatures import Diagnosis
from ..product import Signatures

_PENDING_LONG = (
    "If this lasts, compare the private endpoint's target with the endpoint service and look at the state of its "
    "connection in Azure ({connection_state})."
)

SIGNATURES: Signatures = {
    ("cluster", "missing"): Diagnosis(
        "There is no dedicated cluster {target} in the project (it has {clusters}): it was renamed or deleted, or it "
        "is in another project.",
        "Name the cluster as Atlas lists it, and the project that holds it.",
    ),
    ("cluster", "none"): Diagnosis(
        "The project has no dedicated cluster with nodes in the region of the endpoint service.",
        "Check project and region; free and Flex clusters have no private endpoints.",
    ),
    ("cluster", "unsupported"): Diagnosis(
        "The cluster {name} is of a tier that has no private endpoints ({instance_sizes}).",
        "Scale it to M10 or larger.",
    ),
    ("cluster", "paused"): Diagnosis(
        "The cluster {name} is paused: nothing listens behind the private endpoint.",
        "Resume the cluster. Atlas publishes nothing new for a paused one.",
    ),
    ("cluster", "elsewhere"): Diagnosis(
        "The cluster {name} has no nodes in {region}; it runs in {regions}.",
        "Make the link in a region of the cluster, and reach it from other regions through peered networks.",
    ),
    ("endpoint_service", "missing"): Diagnosis(
        "The project has no endpoint service in region {region}.",
        "Create it (atlas_endpoint_service, or the role atlas_private_link), and check project and region.",
    ),
    ("endpoint_service", "vanished"): Diagnosis(
        "The endpoint service in region {region} is gone while a private endpoint still points to it, now "
        "Disconnected: Atlas removes a service with its last registered endpoint.",
        "Create the service anew and re-create the private endpoint with the same static address: the new service has "
        "another id, so the old endpoint cannot be connected to it.",
    ),
    ("endpoint_service", "initiating"): Diagnosis(
        "Atlas is still building the endpoint service {id} (load balancer and Private Link Service).",
        "Wait; some minutes are usual. Run again to go on waiting.",
    ),
    ("endpoint_service", "failed"): Diagnosis(
        "Atlas could not build the endpoint service {id}: {error_message}.",
        "Delete the service if no endpoint is registered with it, and create it again; otherwise open a case with "
        "Atlas and give it this id.",
    ),
    ("endpoint_service", "deleting"): Diagnosis(
        "Atlas is removing the endpoint service {id}.",
        "Find out who removed it; wait until it has gone, then build the link again.",
    ),
    ("private_endpoint", "missing"): Diagnosis(
        "The private endpoint does not exist in Azure ({id}).",
        "Create it (the role atlas_private_link does), or correct resource group and name. If it was deleted, create "
        "it with its former address, so that its registration stays true.",
    ),
    ("private_endpoint", "failed"): Diagnosis(
        "Azure could not provision the private endpoint {id}.",
        "Run the role again: it sends the endpoint once more. Locks, policies and a full subnet are the usual reasons; "
        "the activity log names the one.",
    ),
    ("private_endpoint", "deleting"): Diagnosis(
        "Azure is removing the private endpoint {id}.", "Find out who removed it, and build the link again."
    ),
    ("private_endpoint", "other_service"): Diagnosis(
        "The private endpoint {id} connects to {connects_to}, not to the endpoint service {private_link_service_id}.",
        "A target cannot be changed: re-create the endpoint (atlas_private_link_recreate), with a static address if "
        "the old one is in use elsewhere.",
    ),
    ("private_endpoint", "no_address"): Diagnosis(
        "The private endpoint {id} has no network interface with an address ({provisioning_state}).",
        "Wait until Azure has provisioned it; if that fails, look at the activity log.",
    ),
    ("endpoint_interface", "not_registered"): Diagnosis(
        "The private endpoint exists in Azure, where its connection is {connection_state}, but nobody registered it "
        "with Atlas, which therefore never accepts it.",
        "Register its resource id and its address (atlas_endpoint_interface, or the role atlas_private_link).",
    ),
    ("endpoint_interface", "initiating"): Diagnosis(
        "Atlas has not accepted the registered endpoint {private_endpoint_id} yet.",
        "Wait some minutes. " + _PENDING_LONG,
    ),
    ("endpoint_interface", "failed"): Diagnosis(
        "Atlas could not connect the registered endpoint {private_endpoint_id}: {error_message}.",
        "Compare resource id and address with the endpoint in Azure (its connection is {connection_state} there). Then "
        "register it again: a second endpoint first if this is the service's last one, because Atlas removes a service "
        "with its last endpoint.",
    ),
    ("endpoint_interface", "rejected"): Diagnosis(
        "The registration of {private_endpoint_id} was rejected.",
        "Remove the registration and the private endpoint, and build the link again.",
    ),
    ("endpoint_interface", "deleting"): Diagnosis(
        "The registration of {private_endpoint_id} is being removed.",
        "Find out who removed it; wait until it has gone, then register the endpoint again.",
    ),
    ("connection", "pending"): Diagnosis(
        "Azure shows the connection as Pending although Atlas has accepted the endpoint.",
        "Wait some minutes; if it stays, remove the registration and register the endpoint again.",
    ),
    ("connection", "rejected"): Diagnosis(
        "The owner of the service rejected the connection ({connection_description}).",
        "A rejected connection does not recover: re-create the private endpoint with the same static address and "
        "register it again.",
    ),
    ("connection", "disconnected"): Diagnosis(
        "The connection is Disconnected: the service behind it removed it or was replaced ({connection_description}).",
        "A disconnected endpoint does not recover: re-create it with the same static address and register it again.",
    ),
    ("registered_address", "mismatch"): Diagnosis(
        "The private endpoint's network interface has {network_interface}, but Atlas was told {registered} and "
        "publishes that in DNS: the endpoint was re-created, or the wrong address was registered.",
        "Atlas cannot change a registered address: give the endpoint {registered} again (static address), or register "
        "a second endpoint first and then remove this one. Bring records in private zones up to date afterwards.",
    ),
    ("connection_string", "region_without_endpoint"): Diagnosis(
        "{cluster} runs in {regions}, and {without} has no available private endpoint: Atlas publishes private "
        "connection strings only when every region has one.",
        "Make a link in {without} too, or turn the regionalized mode on for a sharded cluster.",
    ),
    ("connection_string", "updating"): Diagnosis(
        "Atlas is still updating {cluster}; its private connection string is not published yet.",
        "Wait: 3 to 5 minutes after the endpoint became available are usual.",
    ),
    ("connection_string", "missing"): Diagnosis(
        "{cluster} ({state}) has no connection string through this endpoint, though everything before it is in order.",
        "Wait some minutes and read the cluster again. If it stays so, check that this endpoint is registered in the "
        "cluster's own project and in each of its regions ({regions}).",
    ),
    ("connection_string", "outdated"): Diagnosis(
        "The application's name {srv_host} is no name of a connection string through this endpoint any more; Atlas now "
        "says {current}. Its index and name change with endpoints, regions and the regional mode.",
        "Give the application the current string, read from the API, never built by hand.",
    ),
    ("connection_string", "public_string"): Diagnosis(
        "{srv_host} belongs to the public connection string of {public_string_of}: its traffic never takes the private "
        "endpoint.",
        "Give the application the private string: {current}.",
    ),
    **{
        (hop, "unknown_state"): Diagnosis(
            "Atlas says {status}, a state that is not documented.",
            "Look at the private endpoint page of the project; tell the authors of this collection.",
        )
        for hop in ("endpoint_service", "endpoint_interface")
    },
    ("connection", "unknown"): Diagnosis(
        "Azure gives the connection no state.", "Look at the private endpoint in Azure; it may still be provisioning."
    ),
    # -- on the way from the clients
    ("srv", "hidden"): Diagnosis(
        "The DNS server {server} says that there is no SRV record {name} (zone {zone}), but Atlas has this name: the "
        "server answers from a zone of its own that lacks the record, or still remembers a time when it was not there.",
        "Ask another resolver to compare; forward the domain instead of holding a zone for it, or copy the SRV and TXT "
        "records into that zone.",
    ),
    **{
        (hop, "outdated"): Diagnosis(
            "The {rdtype} record of {name} says {said}, but Atlas now says {api}: it is a copy in a private zone that "
            "was not kept in sync, or an answer that is still cached ({server}).",
            "Bring the copy up to date (the role private_link_dns in mode cluster_zone does), or remove it and use one "
            "zone for each SRV target host; a cached answer passes with its TTL.",
        )
        for hop in ("srv", "txt")
    },
}
