# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE to the collection.

"""From symptom to cause and fix, as data: what Azure says of a private link to Azure DocumentDB, and what a client sees
where it means something else than with other products.

Sources: Microsoft's pages on private endpoints, their DNS and its fallback to the internet; the resource provider's
specification; issues and public notes of users; faults played in full runs.
"""

from __future__ import annotations

from ..._probe.signatures import Diagnosis
from ..product import Signatures

_ZONE_GROUP = "azure_private_dns_zone_group, or the role private_link_dns in mode zone_group"
_FALLBACK = "private_link_dns_fallback_to_internet=true"

SIGNATURES: Signatures = {
    ("control_plane", "cannot_look"): Diagnosis("Azure could not be looked at: {error}", "{advice}"),
    ("cluster", "missing"): Diagnosis(
        "The cluster does not exist ({id}): it was deleted, or it is in another resource group or subscription.",
        "Correct the cluster's name, or give its resource id. An account of Azure Cosmos DB for MongoDB (RU) is "
        "another product.",
    ),
    ("cluster", "stopped"): Diagnosis(
        "The cluster {name} is {cluster_status}: nothing listens behind the private endpoint.",
        "Start the cluster, and wait until it is Ready.",
    ),
    ("cluster", "provisioning"): Diagnosis(
        "Azure is still building or starting the cluster {name} ({cluster_status}, {provisioning_state}).",
        "Wait until it is Ready; run again to go on waiting.",
    ),
    ("cluster", "failed"): Diagnosis(
        "Azure could not provision the cluster {name} ({provisioning_state}).",
        "Look at the cluster's activity log; delete it and create it again if it never was Ready.",
    ),
    ("cluster", "deleting"): Diagnosis(
        "Azure is removing the cluster {name}.", "Find out who removed it; its connection string dies with it."
    ),
    ("private_endpoint", "missing"): Diagnosis(
        "The private endpoint does not exist in Azure ({id}).",
        "Create it (the role mongo_cluster_private_link does), or correct resource group and name.",
    ),
    ("private_endpoint", "failed"): Diagnosis(
        "Azure could not provision the private endpoint {id}.",
        "Run the role again: it sends the endpoint once more. Locks, policies and a full subnet are the usual reasons; "
        "the activity log names the one.",
    ),
    ("private_endpoint", "deleting"): Diagnosis(
        "Azure is removing the private endpoint {id}.", "Find out who removed it, and build the link again."
    ),
    ("private_endpoint", "other_target"): Diagnosis(
        "The private endpoint {id} connects to {connects_to}, not to the cluster {cluster_id}.",
        "A target cannot be changed: re-create the endpoint (mongo_cluster_private_link_recreate), or name the cluster "
        "that it is for.",
    ),
    ("private_endpoint", "wrong_group"): Diagnosis(
        "The private endpoint {id} connects to the sub-resource {group_ids}; the cluster has {wanted}.",
        "A sub-resource cannot be changed: re-create the endpoint with the group id {wanted}.",
    ),
    ("private_endpoint", "no_address"): Diagnosis(
        "The private endpoint {id} has no network interface with an address ({provisioning_state}).",
        "Wait until Azure has provisioned it; if that fails, look at the activity log.",
    ),
    ("connection", "pending"): Diagnosis(
        "The connection is Pending: the cluster's owner has not approved it yet, and nothing approves it by itself.",
        "Approve it with azure_private_endpoint_connection (resource_id {cluster_id}, state approved), or have "
        "somebody do so who may write the cluster's private endpoint connections.",
    ),
    ("connection", "rejected"): Diagnosis(
        "The cluster's owner rejected the connection ({connection_description}).",
        "Settle it with the owner. A rejected connection does not recover: re-create the private endpoint "
        "(mongo_cluster_private_link_recreate).",
    ),
    ("connection", "disconnected"): Diagnosis(
        "The connection is Disconnected: it was removed on the cluster's side, or the cluster was replaced "
        "({connection_description}).",
        "A disconnected endpoint does not recover: re-create it (mongo_cluster_private_link_recreate).",
    ),
    ("connection", "removed"): Diagnosis(
        "The cluster has no connection of this private endpoint (the endpoint itself says {endpoint_says}): it was "
        "removed on the cluster's side.",
        "A removed connection does not come back: re-create the endpoint (mongo_cluster_private_link_recreate).",
    ),
    ("connection", "disagree"): Diagnosis(
        "The endpoint says that the connection is {endpoint_says}, the cluster says {cluster_says}.",
        "Wait some minutes: the two sides follow each other. If it stays, re-create the private endpoint.",
    ),
    ("connection", "unknown"): Diagnosis(
        "Azure gives the connection no state.", "Look at the private endpoint in Azure; it may still be provisioning."
    ),
    ("zone_group", "missing"): Diagnosis(
        "The private endpoint has no DNS zone group, and no private zone that was looked at holds its records in "
        "{required}: clients are told the cluster's public address.",
        f"Make one ({_ZONE_GROUP}) for the zone {{required}}.",
    ),
    ("zone_group", "wrong_zone"): Diagnosis(
        "The private endpoint's records are meant for {zones}, which no client asks; the cluster's names lead into "
        "{required}.",
        f"Bind the endpoint to {{required}} ({_ZONE_GROUP}); the other zone can go. Older instructions name it in "
        f"error.",
    ),
    ("zone_group", "failed"): Diagnosis(
        "Azure could not bring the zone group {zone_group} about (zones {zones}).",
        f"Make it anew ({_ZONE_GROUP}); locks and missing rights on the zones are the usual reasons.",
    ),
    ("zone_group", "no_records"): Diagnosis(
        "The zone group {zone_group} has written no record into {zones}.",
        "Wait some minutes. If there is still none, delete the zone group and make it again: it writes its records "
        "then.",
    ),
    ("zone_group", "record_missing"): Diagnosis(
        "{record} is not in its private zone any more: somebody deleted it, or another endpoint to the same cluster "
        "shared the zone, and took the record with it when it went.",
        "Delete the zone group and make it again: it writes its records then. Give each endpoint to one cluster a zone "
        "of its own.",
    ),
    ("zone_group", "other_address"): Diagnosis(
        "The private zone says {said} for {record}, but the endpoint's network interface has {network_interface}: "
        "another endpoint to the same cluster shares the zone and overwrote the record, somebody changed it, or this "
        "endpoint was re-created.",
        "If another endpoint wrote it, give each of them a zone of its own: they cannot share one. Then have this zone "
        "group write its records again: delete it and make it anew, or run private_link_dns with "
        "private_link_dns_overwrite=true.",
    ),
    ("zone_link", "missing"): Diagnosis(
        "No private zone {required} is linked to the network {virtual_network}, so clients there are told the "
        "cluster's public address.",
        f"Link it (private_link_dns_links of the role private_link_dns), with {_FALLBACK}.",
    ),
    ("zone_link", "other_zone"): Diagnosis(
        "The network {virtual_network} is linked to another private zone {required} ({zones}), which does not hold "
        "this endpoint's records. A network can be linked to one zone of a name only.",
        "Bind the endpoint to the zone that the network uses, by its zone group; or link the network to the endpoint's "
        f"zone instead. With {_FALLBACK} on that link, names that the zone lacks would be public ones.",
    ),
    ("connection_string", "missing"): Diagnosis(
        "Azure shows no connection string of {name} ({cluster_status}).",
        "Wait until the cluster is Ready, and check the right to read it.",
    ),
    ("connection_string", "other_name"): Diagnosis(
        "{srv_host} is not the name in the cluster's connection string, which is {current}: it is another cluster's, "
        "or of one that was deleted.",
        "Give the application mongodb+srv://{current}/, or verify the cluster that it means.",
    ),
    ("connection_string", "other_product"): Diagnosis(
        "{srv_host} is no name of this product: its clusters' names end in {domain}.",
        "Give the application mongodb+srv://{current}/, as the cluster's connection string has it.",
    ),
    ("connection_string", "member"): Diagnosis(
        "{srv_host} is the name of one of the cluster's nodes, which has no SRV record and may change.",
        "Give the application mongodb+srv://{current}/: drivers find the node by its SRV record.",
    ),
    ("connection_string", "read_only"): Diagnosis(
        "{srv_host} is a name for reading only: writes through it are refused.",
        "Give the application mongodb+srv://{current}/, whose SRV record leads to the node that takes writes.",
    ),
    # -- on the way from the clients
    ("srv", "hidden"): Diagnosis(
        "The DNS server {server} says that there is no SRV record {name} (zone {zone}), but the cluster has this name: "
        "the server cannot see public DNS, or answers from a zone of its own.",
        "Let that server forward the domain to public DNS or to 168.63.129.16; only addresses of this product are "
        "private, its SRV records are public.",
    ),
    ("srv", "nxdomain"): Diagnosis(
        "There is no SRV record {name}: the name is mistyped or of a cluster that is gone, or the resolver cannot see "
        "public names.",
        "Take the name from the cluster's connection string (azure_mongo_cluster_info), and compare with another "
        "resolver.",
    ),
    ("srv", "private_zone"): Diagnosis(
        "The private DNS zone {zone}, linked to this client's network, answers for {name} and does not hold it. It "
        "hides the public SRV record.",
        "Unlink the zone {zone}: the zone that begins with privatelink is all that a private endpoint needs. Fallback "
        "to internet does not help: it never covers SRV and TXT.",
    ),
    ("txt", "private_zone"): Diagnosis(
        "The private DNS zone {zone} answers for {name} and hides what public DNS says of it.",
        "Unlink the zone {zone}: the zone that begins with privatelink is all that a private endpoint needs.",
    ),
    ("address", "private_zone"): Diagnosis(
        "The private DNS zone {zone}, linked to this client's network, answers for {name} ({aliases}) and does not "
        "hold it: the zone is there for the endpoints of other clusters, and this one's record is missing.",
        "Have the zone group of this cluster's endpoint write into the zone that the network uses; or set the "
        "resolution "
        f"policy NxDomainRedirect on its link ({_FALLBACK}), with which names that it lacks are looked up publicly.",
    ),
    ("address", "nxdomain"): Diagnosis(
        "The SRV target {name} does not exist in DNS (zone {zone}).",
        "Check that the cluster still exists, and compare with another resolver; if a zone of one's own answers, bring "
        "it up to date.",
    ),
    ("address", "nodata"): Diagnosis(
        "{name} exists in DNS, but without an address (zone {zone}).",
        f"Let the zone group write the record again ({_ZONE_GROUP}), and compare with another resolver.",
    ),
    ("address", "emptied"): Diagnosis(
        "The resolver {server} gives an empty answer for {name}: a DNS rebinding filter drops private addresses, or "
        "the answer got lost behind an alias.",
        "Exempt the cluster's domain from the filter (dnsmasq: rebind-domain-ok), or ask 168.63.129.16 directly.",
    ),
    ("address", "zone_not_seen"): Diagnosis(
        "The private zone {private_zone} holds the address of {target}, but this client's DNS server ({server}) does "
        "not answer from it ({rcode}): it is not the resolver of a virtual network that the zone is linked to.",
        "Let that server forward the cluster's public domain, not {private_zone}, to 168.63.129.16 from within a "
        "linked network, or link the zone to this client's network ({linked} is linked).",
    ),
    ("expected_address", "zone_not_seen"): Diagnosis(
        "{target} resolves to the cluster's public address {wrong}, though the private zone {private_zone} holds the "
        "endpoint's: this client's DNS server ({server}) is not the resolver of a virtual network that the zone is "
        "linked to.",
        "Let that server forward the cluster's public domain, not {private_zone}, to 168.63.129.16 from within a "
        "linked network, or link the zone to this client's network ({linked} is linked).",
    ),
    ("expected_address", "public"): Diagnosis(
        "{target} resolves to the cluster's public address ({wrong}), not to {expected}: the private zone is missing, "
        "has another name than the one that the cluster asks for, lacks the record, or is not linked to this client's "
        "network.",
        f"Have a zone group keep the record ({_ZONE_GROUP}), and link that zone to this client's network.",
    ),
    ("expected_address", "unexpected"): Diagnosis(
        "{target} resolves to {wrong}, which is not the private endpoint's address ({expected}): another endpoint to "
        "the same cluster wrote the record, or it is left from an earlier one.",
        "Give each endpoint to one cluster a zone of its own, and let the zone group write the record again.",
    ),
    ("expected_address", "stale_record"): Diagnosis(
        "The private zone {private_zone} says {wrong} for {target}; the private endpoint has {expected}.",
        "If this is the address of another endpoint to the cluster, the client uses that one's zone: link its network "
        "to this endpoint's zone instead, or verify the other endpoint. If not, have the zone group write its records "
        "again: run private_link_dns with private_link_dns_overwrite=true.",
    ),
    ("tcp", "timeout"): Diagnosis(
        "Nothing answers at {address} on port {port} ({targets}): packets are dropped on the way.",
        "Allow TCP from this client to {address} on port {port} (security groups on both subnets, firewall, routes), "
        "and peer the networks. If the address is public, the cluster's own firewall rules decide.",
    ),
    ("tcp", "refused"): Diagnosis(
        "{address} is reached but refuses {targets}: nothing listens there.",
        "Use the port of the SRV record, and check that the cluster is not stopped and that {address} is the private "
        "endpoint's address.",
    ),
    ("hello", "no_primary"): Diagnosis(
        "The node answers, but does not take writes ({members}).",
        "Wait for a failover to end; if it lasts, look at the cluster's state in Azure.",
    ),
    **{
        (hop, "read_only"): Diagnosis(
            "The name leads to a node that may be read only ({through}): names with ro.global refuse writes.",
            "Use the host of the cluster's own connection string, whose SRV record leads to the node that takes writes."
            "",
        )
        for hop in ("hello", "create", "update", "delete")
    },
    ("authentication", "wrong_credentials"): Diagnosis(
        "The network path is fine, but the login of {username} was refused.",
        "Check name and password (special characters are not to be percent-encoded here): the administrator's, or "
        "those of a user that was made in this cluster.",
    ),
    **{
        (hop, "not_primary"): Diagnosis(
            "The node that was asked does not take writes any more.",
            "Run the probe again after the failover; this product does not let drivers repeat a write themselves "
            "(retryWrites=false).",
        )
        for hop in ("create", "read", "update", "delete")
    },
}
