# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own door: show the world, inject a fault, stop. Only for who holds the token in lab.json."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.lab import faults
from tests.lab.guard import log
from tests.lab.rights import Role

if TYPE_CHECKING:
    from tests.lab.runtime import Lab


def show(lab: Lab) -> dict[str, Any]:
    """The world in plain data, without secrets."""
    world = lab.world
    return {
        "faults": [
            {"name": one.name, "link": one.link, "says": faults.describe(one.name)} for one in faults.in_place(lab)
        ],
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "regional_mode": project.regional_mode,
                "clusters": [
                    {
                        "name": cluster.name,
                        "regions": cluster.regions,
                        "state": world.cluster_state(project, cluster),
                        "srv_hosts": [string.seed for string in world.private_strings(project, cluster)],
                        "users": sorted(cluster.users),
                    }
                    for cluster in project.clusters.values()
                ],
                "endpoint_services": [
                    {
                        "id": service.id,
                        "region": service.region,
                        "status": service.timeline.now(),
                        "endpoint_interfaces": {
                            item.endpoint_id: {"status": item.timeline.now(), "ip_address": item.ip_address}
                            for item in service.interfaces.values()
                        },
                    }
                    for service in project.services.values()
                ],
            }
            for project in world.projects.values()
        ],
        "mongo_clusters": [
            {
                "id": cluster.id,
                "status": cluster.status,
                "srv_hosts": list(cluster.seeds),
                "users": sorted(cluster.users),
                "connections": {item.endpoint_id: item.status for item in cluster.connections.values()},
                "addresses": [door.bind for door in world.doors() if door.cluster is cluster],
            }
            for cluster in world.mongo_clusters.values()
        ],
        "azure": [body["id"] for body in world.azure.values()],
        "connections": {
            endpoint["id"]: world.connection_state(endpoint)[0]
            for endpoint in world.of_type("Microsoft.Network/privateEndpoints")
        },
        "resolvers": lab.resolvers(),
        "public_records": {
            f"{name} {kind}": list(found.values) for (name, kind), found in world.public_records().items()
        },
    }


def control_app(lab: Lab) -> Starlette:
    """GET /world, GET /requests, POST /fault {"name", "link", ...}, POST /heal {"name", "link"}, POST /rights {"roles",
    "scope"}, POST /stop."""

    def allowed(request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), lab.control_token.encode())

    async def world(_request: Request) -> Response:
        return JSONResponse(show(lab))

    async def requests(_request: Request) -> Response:
        lines = [f"{e.cloud:6} {e.status} {e.method:6} {e.path}" for e in lab.requests]
        return JSONResponse({"requests": lines, "writes": sum(e.is_write for e in lab.requests)})

    async def fault(request: Request) -> Response:
        asked = await request.json()
        try:
            said = await lab.changed(lambda: faults.apply(lab, asked.pop("name"), **asked))
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"said": said})

    async def heal(request: Request) -> Response:
        asked = await request.json()
        try:
            healed = await lab.changed(lambda: faults.mend(lab, **asked))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"healed": healed})

    async def rights(request: Request) -> Response:
        asked = await request.json()
        try:
            given = [Role.parse(definition) for definition in asked["roles"]]
            lab.world.rights.give(given, asked["scope"] or f"/subscriptions/{lab.world.subscription_id}")
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({})

    async def stop(_request: Request) -> Response:
        lab.stopping.set()
        return JSONResponse({})

    def guarded(endpoint: Any) -> Any:
        async def serve(request: Request) -> Response:
            if not allowed(request):
                return Response(status_code=401)
            try:
                answer: Response = await endpoint(request)
                return answer
            except Exception as error:
                log.exception("the control interface failed at %s", request.url.path)
                return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 500)

        return serve

    return Starlette(
        routes=[
            Route("/world", guarded(world)),
            Route("/requests", guarded(requests)),
            Route("/fault", guarded(fault), methods=["POST"]),
            Route("/heal", guarded(heal), methods=["POST"]),
            Route("/rights", guarded(rights), methods=["POST"]),
            Route("/stop", guarded(stop), methods=["POST"]),
        ]
    )
