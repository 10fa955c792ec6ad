# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests may use: `ansible` starts playbooks, `modules` runs a module in this process, `asserts` knows what a
run wrote and what its result must be, `azure` has options for the Azure modules, `environment` is where the collection
is found, `returns` and `openapi` hold results and exchanges against what documents them, and `background` runs the
lab's servers beside blocking clients."""
