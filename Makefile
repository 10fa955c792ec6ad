# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip -qq --disable-pip-version-check
OTHER_PIP := -m pip -qq --disable-pip-version-check install
LINK := $(VENV)/collections/ansible_collections/privatelink/mongodb
LAB_READY := $(VENV)/.lab-ready
GALAXY := $(VENV)/galaxy
GALAXY_READY := $(GALAXY)/.ready
TEST_READY := $(VENV)/.test-ready
PEERS := $(VENV)/bench-peers
PEERS_READY := $(PEERS)/.ready
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SEED := $(or $(SEED),$(shell shuf -i 1-4294967295 -n 1))
PYTEST := $(RUN) -m pytest -q -p tests.tools.quiet
PARALLEL := -n $(JOBS) --dist worksteal
# A path names tests, all else is an expression for pytest's -k.
CHOSEN = $(if $(findstring /,$(T)),$(T),-k "$(T)")

# Ansible and the tests see the checkout as the collection, and write nothing outside it.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(VENV)/collections
export ANSIBLE_HOME := $(CURDIR)/$(VENV)/cache/ansible
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/$(VENV)/cache/hypothesis
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup demo stop docs test test-all test-slice lint format test-matrix test-worlds bench bench-peers clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(TEST_READY) ## Install what the tests need into .venv; plain .venv/bin/pytest PATH works then

demo: $(LAB_READY) ## Build one link in the lab, twice, and prove it (PRODUCT=vcore: to Azure DocumentDB; FAULT=shadow_zone: break it, and be told what is broken; KEEP=1 leaves the lab running; PACE=instant|demo|real)
	@$(RUN) -m tests.lab demo $(if $(PRODUCT),--product $(PRODUCT)) $(if $(KEEP),--keep) $(if $(PACE),--pace $(PACE)) $(if $(FAULT),--fault $(FAULT))

stop: $(LAB_READY) ## End the lab that make demo KEEP=1 or python -m tests.lab start left running
	@$(RUN) -m tests.lab stop

docs: $(TEST_READY) ## Build the site of the documentation
	@PYTHONPATH=$(VENV)/collections $(RUN) -m tests.tools.catalogue
	@$(RUN) -m tests.tools.played
	@$(RUN) -m tests.tools.docs

test: $(TEST_READY) ## Run the tests for a change, before its commit: at most 6 minutes (T=expression or T=path: only those, full ones too)
	@$(PYTEST) $(if $(T),$(CHOSEN),-m "not full" $(PARALLEL) --time-limit 360)

test-all: $(TEST_READY) ## Run every test and gate, then the tests on the oldest and the newest ansible-core
	@$(PYTEST) $(PARALLEL)
	@$(MAKE) --no-print-directory test-slice

test-slice: $(TEST_READY) ## Run the tests for a change on the oldest and on the newest supported ansible-core
	@$(PIP) install nox
	@$(RUN) -m nox --envdir $(VENV)/nox -s oldest_core newest_core -- -m "not full" $(PARALLEL)

lint: $(TEST_READY) ## Run the fast gates: ruff, mypy, yamllint, changelog, house rules
	@$(PYTEST) -m "not full" $(PARALLEL) tests/gates tests/unit/test_house.py

format: $(TEST_READY) ## Sort imports and format the Python files
	@$(RUN) -m ruff check --quiet --fix .
	@$(RUN) -m ruff format --quiet .

test-matrix: $(TEST_READY) ## Run sanity and the tests on ansible-core 2.16 to 2.21, with every fitting Python found here (CORE=2.19: only that)
	@$(PIP) install nox
	@$(RUN) -m nox --envdir $(VENV)/nox $(if $(CORE),-t $(CORE))

test-worlds: $(TEST_READY) ## Try property tests at length, and verify 100 healthy links of random shapes; none may be blamed (WORLDS=n, SEED=n)
	@echo 'Seed $(SEED): make test-worlds SEED=$(SEED) repeats this run.'
	@$(PYTEST) $(PARALLEL) --hypothesis-profile random --hypothesis-seed $(SEED) tests/unit
	@SEED=$(SEED) WORLDS=$(or $(WORLDS),100) $(PYTEST) tests/playbooks/test_diagnosis.py -k sound

bench: $(TEST_READY) ## Measure, and write docs/performance.md (PART="tasks link requests polling fleet pace probe": only some; FLEET="1 20" FORKS=10 ROUNDS=3)
	@PYTHONPATH=$(VENV)/collections $(RUN) -m tests.bench $(PART) $(if $(FLEET),--fleet "$(FLEET)") $(if $(FORKS),--forks "$(FORKS)") $(if $(ROUNDS),--rounds $(ROUNDS))

bench-peers: $(TEST_READY) $(PEERS_READY) ## Measure azure.azcollection and az at the same job (installs some 3 GB)
	@PYTHONPATH=$(VENV)/collections $(RUN) -m tests.bench peers $(if $(ROUNDS),--rounds $(ROUNDS))

clean: ## Remove the virtual environment and everything that was built
	@rm -rf $(VENV) tests/output *.tar.gz

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo 'Python 3.10 or newer is needed ("$(PYTHON)" is not). Name one: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(LAB_READY): requirements.txt tests/lab-requirements.txt | $(RUN)
	@echo 'Installing what the lab needs into .venv (once) ...'
	@$(PIP) install -r tests/lab-requirements.txt
	@mkdir -p $(dir $(LINK)) && ln -sfn ../../../.. $(LINK)
	@touch $@

$(TEST_READY): tests/requirements.txt tests/gates/requirements.txt $(LAB_READY) $(GALAXY_READY)
	@echo 'Installing what the tests need into .venv (once) ...'
	@$(PIP) install -r tests/gates/requirements.txt
	@touch $@

# It pins another ansible-lint than ours.
$(GALAXY_READY): tests/gates/galaxy-requirements.txt | $(RUN)
	@$(RUN) -m venv --clear $(GALAXY)
	@$(GALAXY)/bin/python $(OTHER_PIP) -r $<
	@touch $@

# Each has an environment of its own, as their requirements contradict each other and ours.
$(PEERS_READY): tests/bench/azcollection_clouds.txt | $(RUN)
	@echo 'Installing azure.azcollection and az into $(PEERS) (once) ...'
	@rm -rf $(PEERS)
	@$(RUN) -m venv $(PEERS)/az
	@$(PEERS)/az/bin/python $(OTHER_PIP) azure-cli
	@$(RUN) -m venv $(PEERS)/azcollection
	@$(PEERS)/azcollection/bin/python $(OTHER_PIP) ansible
	@$(PEERS)/azcollection/bin/python $(OTHER_PIP) -r $(PEERS)/azcollection/lib/python3*/site-packages/ansible_collections/azure/azcollection/requirements.txt
	@cat $< >> $$(echo $(PEERS)/azcollection/lib/python3*/site-packages/azure/cli/core/cloud.py)
	@touch $@
