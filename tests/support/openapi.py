# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our model of the Atlas API, compared with MongoDB's OpenAPI document.

The document is not part of this project. It is looked for at PRIVATELINK_ATLAS_OPENAPI, then beside the checkout.
Both are reduced to flat facts ("Service.id" has the type string and this pattern) and must be equal, except where the
tables here say that the model is stricter, or follows live recordings instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from pydantic import TypeAdapter

from tests.lab import atlas_base as base
from tests.lab import atlas_cluster_model as clusters
from tests.lab import atlas_model as model
from tests.lab import atlas_project, regions

Schema = dict[str, Any]
Fact = dict[str, Any]

ENVIRONMENT = "PRIVATELINK_ATLAS_OPENAPI"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "specs" / "atlas-private-link.openapi.json"

#: Calls that the document, which is cut to what concerns private endpoints, leaves out.
NOT_IN_THE_DOCUMENT = {
    *("system_status", "list_groups", "list_flex_clusters", "get_flex_cluster"),
    *(handler.__name__ for handler in atlas_project.HANDLERS),
}

#: Our models and the components of the document; of several components, the model has what any of them has.
COMPONENTS: dict[type[base.Model], tuple[str, ...]] = {
    model.ApiError: ("ApiError",),
    model.BadRequestDetail: ("BadRequestDetail",),
    model.FieldViolation: ("FieldViolation",),
    base.Link: ("Link",),
    base.Tag: ("ResourceTag", "ComponentLabel"),
    model.Group: ("Group",),
    clusters.ClusterPage: ("PaginatedClusterDescription20240805",),
    clusters.Cluster: ("ClusterDescription20240805",),
    clusters.ClusterStatus: ("ClusterStatus",),
    clusters.ConnectionStrings: ("ClusterConnectionStrings",),
    clusters.PrivateEndpointString: ("ClusterDescriptionConnectionStringsPrivateEndpoint",),
    clusters.ConnectionEndpoint: ("ClusterDescriptionConnectionStringsPrivateEndpointEndpoint",),
    clusters.ReplicationSpec: ("ReplicationSpec20240805",),
    clusters.RegionConfig: ("AzureRegionConfig20240805", "TenantRegionConfig20240805", "CloudRegionConfig20240805"),
    clusters.HardwareSpec: ("AzureHardwareSpec20240805", "TenantHardwareSpec20240805", "HardwareSpec20240805"),
    clusters.AdvancedClusterPage: ("PaginatedAdvancedClusterDescriptionView",),
    clusters.AdvancedCluster: ("AdvancedClusterDescription",),
    clusters.AdvancedReplicationSpec: ("ReplicationSpec",),
    clusters.AdvancedRegionConfig: ("AzureRegionConfig", "TenantRegionConfig", "CloudRegionConfig"),
    clusters.AdvancedHardwareSpec: ("AzureHardwareSpec", "TenantHardwareSpec", "HardwareSpec"),
    clusters.LegacyClusterPage: ("PaginatedLegacyClusterView",),
    clusters.LegacyCluster: ("LegacyAtlasCluster",),
    clusters.LegacyReplicationSpec: ("LegacyReplicationSpec",),
    clusters.RegionSpec: ("RegionSpec",),
    clusters.ProviderSettings: ("AzureCloudProviderSettings", "ClusterFreeProviderSettings", "ClusterProviderSettings"),
    model.CreateServiceRequest: ("CloudProviderEndpointServiceRequest",),
    model.UpdateServiceRequest: ("ApiAtlasModifyEndpointServiceRequestView",),
    model.Service: ("AzurePrivateLinkConnection", "EndpointService"),
    model.CreateEndpointRequest: ("CreateAzureEndpointRequest", "CreateEndpointRequest"),
    model.Endpoint: ("AzurePrivateEndpoint", "PrivateLinkEndpoint"),
    model.RegionalMode: ("ProjectSettingItemView",),
}
REQUESTS = {operation.request for operation in model.OPERATIONS}

#: Fields that the lab never sends, because the collection reads none of them.
_OF_CLUSTERS = (
    "acceptDataRisksAndForceReplicaSetReconfig advancedConfiguration biConnector configServerManagementMode "
    "configServerType featureCompatibilityVersionExpirationDate mongoDBEmployeeAccessGrant replicaSetScalingStrategy"
)
NOT_PLAYED = {
    "Group": "regionUsageRestrictions",
    "ClusterStatus": "links",
    "ConnectionStrings": "awsPrivateLink awsPrivateLinkSrv private privateSrv",
    "PrivateEndpointString": "srvShardOptimizedConnectionString",
    "HardwareSpec": "diskIOPS effectiveInstanceSize",
    "RegionConfig": "analyticsAutoScaling analyticsSpecs autoScaling effectiveAnalyticsSpecs effectiveElectableSpecs "
    "effectiveReadOnlySpecs readOnlySpecs",
    "Cluster": f"{_OF_CLUSTERS} adaptiveCapacity effectiveReplicationSpecs retainBackups "
    "useAwsTimeBasedSnapshotCopyForFastInitialSync",
    "AdvancedCluster": _OF_CLUSTERS,
    "AdvancedHardwareSpec": "diskIOPS effectiveInstanceSize",
    "AdvancedRegionConfig": "analyticsAutoScaling analyticsSpecs autoScaling readOnlySpecs",
    "LegacyCluster": f"{_OF_CLUSTERS} autoScaling deleteAfterCreationHours deleteAfterDate replicationSpec",
    "ProviderSettings": "autoScaling diskTypeName effectiveInstanceSizeName",
}
#: Facts in which the model allows less than the document: the lab plays Azure, and always says why it refuses.
STRICTER = {
    *("ApiError.detail nullable", "ApiError.reason nullable"),
    *("Service.cloudProvider enum", "Service.regionName pattern", "Service.privateEndpoints[] pattern"),
    *("Endpoint.cloudProvider enum", "Endpoint.privateEndpointConnectionName pattern"),
    *("Endpoint.privateEndpointIPAddress pattern", "Endpoint.privateEndpointResourceId pattern"),
    *("CreateEndpointRequest.id pattern", "CreateEndpointRequest.privateEndpointIPAddress pattern"),
    *("CreateEndpointRequest.cloudProvider enum", "RegionConfig.providerName enum"),
    *("ConnectionStrings.privateEndpoint minItems", "ConnectionStrings.standard pattern"),
    *("ConnectionStrings.standardSrv pattern", "PrivateEndpointString.connectionString pattern"),
    *("PrivateEndpointString.srvConnectionString pattern", "Cluster.diskWarmingMode enum"),
    *("Cluster.internalClusterRole enum", "Cluster.mongoDBVersion pattern"),
    *("AdvancedCluster.diskWarmingMode enum", "AdvancedCluster.mongoDBVersion pattern"),
    *("LegacyCluster.diskWarmingMode enum", "LegacyCluster.mongoDBVersion pattern"),
    "AdvancedRegionConfig.providerName enum",
}
#: Facts in which the model follows live recordings instead of the document, or the collection's table of regions.
LIVE = {
    *("Service.errorMessage nullable", "Service.privateLinkServiceName nullable"),
    *("Service.privateLinkServiceResourceId nullable", "Endpoint.errorMessage nullable"),
    *("ApiError.parameters nullable", "ApiError.parameters[] type"),
    *("Group.name pattern", "Group.name minLength", "Group.name maxLength"),
    *("RegionConfig.regionName enum", "RegionConfig.regionName type", "ProviderSettings.regionName enum"),
    *("AdvancedRegionConfig.regionName enum", "AdvancedRegionConfig.regionName type"),
    # One map, which the document names.
    *("LegacyReplicationSpec.regionsConfig is", "LegacyReplicationSpec.regionsConfig type"),
    # A cluster of several regions has one or two nodes in some, which the document leaves out.
    "RegionSpec.electableNodes enum",
    # The document describes the encoded id, of AWS too.
    "parameter endpointId pattern",
    # 201 and 202: recordings of the Atlas CLI, those of the endpoints by analogy; 409: see the calls.
    *("create_service status", "create_endpoint status", "set_regional_mode status", "delete_service status"),
    *("delete_endpoint status", "create_service refusals", "delete_service refusals"),
}
FACTS = ("type", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "maxItems", "minItems")


def locate() -> Path | None:
    """The document, or None. A path that the environment names is taken as it is."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else BESIDE if BESIDE.is_file() else None


def differences(document: Schema) -> list[str]:
    """Where the model is not what the document says; empty when they agree."""
    expected, ours = dict(_documented(document)), dict(_modelled())
    known = STRICTER | LIVE
    differing = {name for name in expected.keys() | ours.keys() if expected.get(name) != ours.get(name)}
    found = [f"{name}: {ours.get(name)} here, {expected.get(name)} there" for name in sorted(differing - known)]
    found += [f"{name}: no difference left" for name in sorted(known - differing)]
    found += [
        f"{name}: {ours.get(name)} is no part of {expected.get(name)}"
        for name in sorted(differing & STRICTER)
        if not _is_stricter(name.rpartition(" ")[2], ours.get(name), expected.get(name))
    ]
    return found + _unknown_regions(document)


def _is_stricter(key: str, ours: Any, theirs: Any) -> bool:
    """Whether all that our fact allows is allowed by theirs."""
    if key == "nullable":
        return bool(theirs)
    if theirs is None:
        return ours is not None
    if key == "enum":
        return set(ours) < set(theirs)
    texts = st.from_regex(re.compile(ours, re.ASCII), fullmatch=True)
    few = settings(max_examples=50, database=None, derandomize=True)
    try:
        find(texts, lambda text: not re.search(theirs, text), settings=few)
    except NoSuchExample:
        return True
    return False


def _unknown_regions(document: Schema) -> list[str]:
    """Regions of Azure in the document that our table does not have in the same spelling."""
    variants = document["components"]["schemas"]["CloudRegionConfig20240805"]["properties"]["regionName"]["oneOf"]
    (azure,) = (one["enum"] for one in variants if "EUROPE_WEST" in one["enum"])
    spelled = {name: regions.atlas_name(name) for name in azure if regions.is_known(name)}
    return [f"region {name}: {spelled.get(name, 'none')} here" for name in azure if spelled.get(name) != name]


# -- the facts of the model --------------------------------------------------------------------------------------------


def _modelled() -> Iterator[tuple[str, Any]]:
    for operation in model.OPERATIONS:
        if operation.name not in NOT_IN_THE_DOCUMENT:
            yield f"{operation.name} status", operation.status
            yield f"{operation.name} version", operation.version
            yield f"{operation.name} refusals", sorted(operation.refusals)
            yield f"{operation.name} request", operation.request and operation.request.__name__
            yield f"{operation.name} answer", _shape(operation.answer)
            for date, shape in operation.older.items():
                yield f"{operation.name} answer of {date}", _shape(shape)
                yield f"{operation.name} sunset of {date}", str(operation.sunset)
    for name, kind in model.PARAMETERS.items():
        yield from _facts(f"parameter {name}", TypeAdapter(kind).json_schema(), _own_name)
    for shape in COMPONENTS:
        schema = shape.model_json_schema()
        for name, part in schema["properties"].items():
            yield from _facts(f"{shape.__name__}.{name}", part, _own_name)
            if shape in REQUESTS:
                yield f"{shape.__name__}.{name} required", name in schema.get("required", [])
            elif name in schema.get("required", []):
                yield f"{shape.__name__}.{name} sent", True


def _shape(answer: Any) -> str | None:
    if answer is model.Empty:
        return None
    inner = get_args(answer)
    return f"{inner[0].__name__}[]" if inner else str(answer.__name__)


def _own_name(reference: str) -> str:
    return reference.rpartition("/")[2]


# -- the facts of the document -----------------------------------------------------------------------------------------


def _documented(document: Schema) -> Iterator[tuple[str, Any]]:
    schemas = document["components"]["schemas"]
    names = {component: shape.__name__ for shape, components in COMPONENTS.items() for component in components}

    def name_of(reference: str) -> str:
        component = reference.rpartition("/")[2]
        return names.get(component, component)

    for operation in model.OPERATIONS:
        if operation.name not in NOT_IN_THE_DOCUMENT:
            described = document["paths"].get(base.BASE + operation.path, {}).get(operation.method.lower())
            if described:
                yield from _documented_call(document, operation.name, described, name_of)
    for shape, components in COMPONENTS.items():
        left_out = NOT_PLAYED.get(shape.__name__, "").split()
        hidden = "readOnly" if shape in REQUESTS else "writeOnly"
        if shape is model.RegionalMode:
            hidden = "neither"  # one body for both
        fields, required = _merged([schemas[component] for component in components], hidden, schemas)
        for name, variants in fields.items():
            if name in left_out:
                continue
            place = f"{shape.__name__}.{name}"
            yield from _facts(place, variants, name_of, schemas)
            if shape in REQUESTS:
                yield f"{place} required", name in required
            elif name in required or name in shape.model_json_schema().get("required", []):
                yield f"{place} sent", True  # the lab sends all that is required, and more
        yield from ((f"{shape.__name__}.{name} played", False) for name in left_out if name not in fields)


def _documented_call(document: Schema, name: str, described: Schema, name_of: Any) -> Iterator[tuple[str, Any]]:
    statuses = sorted(map(int, described["responses"]))
    yield f"{name} status", statuses[0]
    yield f"{name} refusals", [status for status in statuses[1:] if status not in model.REFUSALS]
    content = described["responses"][str(statuses[0])]["content"]
    newest = max(content)
    yield f"{name} version", _date(newest)
    yield f"{name} answer", _documented_shape(content[newest], name_of)
    for older in content.keys() - {newest}:
        date = _date(older)
        yield f"{name} answer of {date}", _documented_shape(content[older], name_of)
        yield f"{name} sunset of {date}", content[older].get("x-sunset")
    body = described.get("requestBody")
    yield f"{name} request", body and name_of(body["content"][max(body["content"])]["schema"]["$ref"])
    for parameter in described["parameters"]:
        if "$ref" in parameter:
            parameter = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        if parameter["in"] == "path":
            yield from _facts(f"parameter {parameter['name']}", parameter["schema"], name_of)


def _date(media_type: str) -> str:
    return media_type.removeprefix("application/vnd.atlas.").removesuffix("+json")


def _documented_shape(content: Schema, name_of: Any) -> str | None:
    answer = content.get("schema")
    items = answer and answer.get("items")
    return f"{name_of(items['$ref'])}[]" if items else answer and name_of(answer["$ref"])


def _merged(parts: list[Schema], hidden: str, schemas: Schema) -> tuple[dict[str, Schema], set[str]]:
    """The fields of several schemas and of what they are made of, an enumeration with the values of all."""
    fields: dict[str, Schema] = {}
    required: set[str] = set()
    for part in parts:
        inner = [one for one in part.get("allOf", []) if "$ref" not in one]
        more, also = _merged(inner, hidden, schemas) if inner else ({}, set())
        required |= also | set(part.get("required", []))
        for name, schema in {**more, **part.get("properties", {})}.items():
            if schema.get(hidden):
                continue
            known = fields.setdefault(name, dict(schema))
            if "enum" in schema and "enum" in known:
                known["enum"] = [*known["enum"], *(value for value in schema["enum"] if value not in known["enum"])]
    return fields, required & fields.keys()


# -- both --------------------------------------------------------------------------------------------------------------


def _facts(place: str, schema: Schema, name_of: Any, schemas: Schema | None = None) -> Iterator[tuple[str, Any]]:
    """The facts of one place, and of the items of a list as `place[]`. Null is a fact beside the others."""
    if "$ref" in schema:
        yield f"{place} is", name_of(schema["$ref"])
        target = (schemas or {}).get(schema["$ref"].rpartition("/")[2], {})
        if target.get("nullable"):
            yield f"{place} nullable", True
        return
    variants = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(variants) == 1:
        yield from _facts(place, variants[0], name_of)
        yield f"{place} nullable", True
        return
    if schema.get("nullable"):
        yield f"{place} nullable", True
    found: Fact = {key: schema[key] for key in FACTS if key in schema}
    if variants:
        found["type"] = sorted(one["type"] for one in variants)
    if "const" in schema:
        found["enum"] = [schema["const"]]
    if "oneOf" in schema:
        found["enum"] = [value for one in schema["oneOf"] for value in one["enum"]]
    if "enum" in found:
        found["enum"] = sorted(set(found["enum"]))
    if "pattern" in found:
        found["pattern"] = found["pattern"].replace(r"\/", "/")
    if schema.get("format") == "date-time":
        found["format"] = "date-time"
    yield from ((f"{place} {key}", value) for key, value in found.items())
    if "items" in schema:
        yield from _facts(f"{place}[]", schema["items"], name_of, schemas)
