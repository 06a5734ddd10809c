# Everything a developer does with Swath; 'make help' lists it. Needs Debian 12 (or a system with QGIS
# 3.40 and its Python, see the README). Each thing is installed once; stamps in .build remember it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Debian's Python holds QGIS; another python3 that is first on PATH does not.
QGIS_PYTHON ?= /usr/bin/python3
SUDO ?= $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# All paths are relative, so that the checkout may lie in a folder with spaces.
BUILD := .build
VENV := $(BUILD)/venv
LINT := $(BUILD)/lint
OWN_ENGINE := $(CURDIR)/$(BUILD)/engine/bin/python
ENGINE_PYTHON := $(if $(SWATH_ENGINE_PYTHON),$(SWATH_ENGINE_PYTHON),$(OWN_ENGINE))
QGIS_RUN := QT_QPA_PLATFORM=offscreen SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)"
INSTALLER := SWATH_ENGINE_HOME="$(CURDIR)/$(BUILD)/engine" $(QGIS_PYTHON) engine/launch.py
# The registry's torch pair: checked by hash, and no second index is asked.
ENGINE_OPTIONS ?= --tier train --build cpu --torch registry
FIND_UV := uv="$$(command -v uv || ls $(BUILD)/engine-tools/bin/uv 2>/dev/null || true)"

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do printf '  %-15s %s\n' "$$name" "$$text"; done

# --- set-up -----------------------------------------------------------------------------------

apt: $(BUILD)/apt.stamp ## install QGIS 3.40 and the tools to build with, through apt (only what is missing)

$(BUILD)/apt.stamp: scripts/apt.sh
	@mkdir -p $(BUILD)
	@SUDO="$(SUDO)" bash scripts/apt.sh
	@touch $@

venv: $(VENV)/complete.stamp ## make the test environment on the QGIS side

$(VENV)/complete.stamp: scripts/requirements-qgis.txt $(BUILD)/apt.stamp
	@echo "Making the test environment on the QGIS side"
	@rm -rf $(VENV)
	@$(QGIS_PYTHON) -m venv --system-site-packages $(VENV)
	@# Another numpy than QGIS's own breaks osgeo.gdal_array.
	@$(QGIS_PYTHON) -c 'import numpy; print("numpy==" + numpy.__version__)' > $(BUILD)/constraints.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c $(BUILD)/constraints.txt -r scripts/requirements-qgis.txt
	@touch $@

engine: $(BUILD)/engine.stamp ## make the engine environment (tier train) through Swath's own installer

$(BUILD)/engine.stamp: $(wildcard engine/installer/locks/*.txt) scripts/requirements-engine.txt | $(BUILD)/apt.stamp
	@$(INSTALLER) install $(ENGINE_OPTIONS)
	@$(FIND_UV); if [ -n "$$uv" ]; then "$$uv" pip install --quiet --python $(BUILD)/engine/bin/python -r scripts/requirements-engine.txt; \
	else $(BUILD)/engine/bin/python -m pip install --quiet -r scripts/requirements-engine.txt; fi
	@touch $@

engine-python: ## print the interpreter of the engine environment ('make -s engine-python')
	@$(if $(SWATH_ENGINE_PYTHON),,$(MAKE) engine >&2)
	@echo "$(ENGINE_PYTHON)"

$(LINT)/complete.stamp: scripts/requirements-lint.txt | $(BUILD)/apt.stamp
	@rm -rf $(LINT)
	@$(QGIS_PYTHON) -m venv $(LINT)
	@$(LINT)/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/requirements-lint.txt
	@touch $@

# --- tests ------------------------------------------------------------------------------------

MARKERS ?= not slow

test: engine venv translations ## run both test suites
	@SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)" MARKERS="$(MARKERS)" bash scripts/test.sh $(VENV)/bin/python $(ARGS)

test-all: ## run both test suites with the slow tests, too
	@$(MAKE) test MARKERS=

lint: engine $(LINT)/complete.stamp ## check style, types, spelling and house rules
	@ENGINE_PYTHON="$(ENGINE_PYTHON)" bash scripts/lint.sh $(LINT)/bin

format: $(LINT)/complete.stamp ## format the code
	@$(LINT)/bin/ruff check --fix-only --quiet .
	@$(LINT)/bin/ruff format .

BENCH ?= $(filter-out _%,$(notdir $(basename $(wildcard benchmarks/*.py))))

bench: engine ## run the benchmarks, or some of them (BENCH="apply export")
	@for name in $(BENCH); do echo "== $$name"; $(QGIS_RUN) "$(ENGINE_PYTHON)" "benchmarks/$$name.py"; done

# --- use --------------------------------------------------------------------------------------

demo: engine apt translations ## label, train, classify and assess a sample scene (or IMAGE=, LABELS=, CLASS_FIELD=)
	@$(QGIS_RUN) IMAGE="$(IMAGE)" LABELS="$(LABELS)" CLASS_FIELD="$(CLASS_FIELD)" $(QGIS_PYTHON) demo/demo.py

desktop: engine apt translations ## go the whole way in QGIS itself by mouse and keys, on a display of its own
	@SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)" bash scripts/desktop/run.sh scripts/desktop/session.py
	@SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)" bash scripts/desktop/run.sh scripts/desktop/objects.py $(BUILD)/desktop/objects

screenshots: engine venv translations ## take the pictures of the documentation
	@$(QGIS_RUN) $(VENV)/bin/python scripts/screenshots.py
	@SWATH_REAL_DATA= EPOCHS=12 SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)" bash scripts/desktop/run.sh scripts/desktop/session.py $(BUILD)/pictures
	@SWATH_REAL_DATA= EPOCHS=40 SWATH_ENGINE_PYTHON="$(ENGINE_PYTHON)" bash scripts/desktop/run.sh scripts/desktop/objects.py $(BUILD)/pictures
	@bash scripts/desktop/pictures.sh $(BUILD)/pictures docs

# --- release ----------------------------------------------------------------------------------

TS := $(wildcard i18n/*.ts)

translations: $(TS:.ts=.qm) ## compile the translations

i18n/%.qm: i18n/%.ts | $(BUILD)/apt.stamp
	@PATH="/usr/lib/qt5/bin:$$PATH" lrelease -silent "$<" -qm "$@"

zip: venv translations ## build the installable plugin archive in dist/
	@bash scripts/zip.sh $(VENV)/bin

lock: ## bring the lock files of the engine environment up to their sources; UPGRADE=1: all versions anew (needs uv)
	@$(FIND_UV); PATH="$$(dirname "$${uv:-uv}"):$$PATH" $(QGIS_PYTHON) scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove everything that was made here
	@rm -rf $(BUILD) build dist .pytest_cache .mypy_cache .ruff_cache .qgis-settings i18n/*.qm
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help apt venv engine engine-python test test-all lint format bench demo desktop screenshots translations zip lock clean
