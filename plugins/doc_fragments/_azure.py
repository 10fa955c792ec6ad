# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This doc fragment is PRIVATE to the collection.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - azure-identity >= 1.15
options:
  subscription_id:
    description:
      - Id of the Azure subscription.
      - If not set, the variable C(private_link_azure_subscription_id) is used, then C(subscription_id) in the variable
        C(private_link_azure_auth), then the environment variable E(AZURE_SUBSCRIPTION_ID).
    type: str
  auth_source:
    description:
      - Who signs in to Azure.
      - V(service_principal) is O(client_id) with O(secret) or O(certificate_path), in O(tenant).
      - V(workload_identity) exchanges the token in the file that E(AZURE_FEDERATED_TOKEN_FILE) names.
      - V(managed_identity) is the identity of the machine that the module runs on. O(client_id) chooses among several.
      - V(cli) is whoever ran C(az login).
      - V(auto) takes the first of these for which something is set. It takes the managed identity only where the
        platform announces it with E(IDENTITY_ENDPOINT) or E(MSI_ENDPOINT). A virtual machine does not, so ask there.
    type: str
    choices: [auto, service_principal, workload_identity, managed_identity, cli]
    default: auto
  tenant:
    description:
      - Id or domain name of the Microsoft Entra tenant.
      - If none of O(tenant), O(client_id), O(secret), O(certificate_path) and O(auth_source) is set, all of them are
        taken from the variable C(private_link_azure_auth).
      - If that does not say who signs in either, the environment variables
        E(AZURE_TENANT), E(AZURE_CLIENT_ID), E(AZURE_SECRET) and E(AZURE_CLIENT_CERTIFICATE_PATH) are used. The names
        E(AZURE_TENANT_ID) and E(AZURE_CLIENT_SECRET) are also known. A blank variable counts as not set.
    type: str
  client_id:
    description:
      - Client id of the service principal or of the identity.
    type: str
  secret:
    description:
      - Client secret of the service principal.
    type: str
  certificate_path:
    description:
      - File with the certificate and the private key of the service principal, as PEM or PKCS#12 without a password.
    type: path
  cloud_environment:
    description:
      - The Azure cloud.
      - If not set, the environment variable E(AZURE_CLOUD_ENVIRONMENT) is used.
    type: str
    choices: [AzureCloud, AzureUSGovernment, AzureChinaCloud]
    default: AzureCloud
  authority_url:
    description:
      - Origin of the sign-in service, if it is not the one of O(cloud_environment).
      - If not set, the environment variable E(AZURE_AUTHORITY_HOST) is used.
    type: str
  resource_manager_url:
    description:
      - Origin of Azure Resource Manager, if it is not the one of O(cloud_environment).
      - If not set, the environment variable E(AZURE_RESOURCE_MANAGER_URL) is used.
    type: str
  ca_path:
    description:
      - File with the CA certificates to trust instead of the usual ones, as behind a proxy that intercepts TLS.
      - If not set, the environment variables E(AZURE_CA_PATH), then E(REQUESTS_CA_BUNDLE) are used.
    type: path
"""

    NETWORK = r"""
requirements:
  - azure-mgmt-network >= 28.1.0
options: {}
"""

    PRIVATEDNS = r"""
requirements:
  - azure-mgmt-privatedns >= 1.2.0
options: {}
"""

    # For modules that need neither of them.
    RESOURCES = r"""
requirements:
  - azure-mgmt-core >= 1.4.0
options: {}
"""
