# Python 3.11 or newer and make are all this needs; `make help` lists what it does.
PYTHON ?= python3
PORT ?= 8000
export PORT

VENV := .venv
BIN := $(VENV)/bin
LOCAL := $(BIN)/python -m lpse_support.local
PINS := $(shell cat requirements.txt requirements-local.txt | cksum | cut -d ' ' -f 1)
DEV_PINS := $(shell cat requirements*.txt | cksum | cut -d ' ' -f 1)
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes

.PHONY: help run preflight reset test faults bench check check-django format lock
.NOTPARALLEL:

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

run: preflight $(VENV)/run-$(PINS) ## start everything at http://localhost:$PORT (PORT=8000); Ctrl-C stops it
	@$(LOCAL) run

reset: ## throw away the local database, files and mail
	@$(PYTHON) lpse_support/local/preflight.py reset

test: $(VENV)/dev-$(DEV_PINS) ## run the tests beside throwaway servers
	@$(LOCAL) exec --test -- $(BIN)/python -m pytest -n 2 --dist worksteal -m "not faults" $(ARGS)

faults: $(VENV)/dev-$(DEV_PINS) ## kill, freeze and crash real processes, and look at what is left
	@$(LOCAL) exec --test -- $(BIN)/python -m pytest -m faults $(ARGS)

bench: $(VENV)/dev-$(DEV_PINS) ## time sweep and pages at 10,000 to 1,000,000 (TICKETS=…), in databases thrown away after
	@$(LOCAL) exec --test -- $(BIN)/python -m bench.sweep $(TICKETS)
	@$(LOCAL) exec --test -- $(BIN)/python -m bench.pages $(TICKETS)

check: $(VENV)/dev-$(DEV_PINS) ## check style, types, layers, own rules, known weaknesses, migrations, deployment, size
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/semgrep scan --config .semgrep.yml --metrics off --disable-version-check --error --quiet .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive .
	@$(LOCAL) exec --test -- $(MAKE) --no-print-directory check-django

check-django:
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	BASE_URL=https://lpse.example DEMO_MODE=no EMAIL_URL=smtp://localhost $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest --quiet tests/test_project.py tests/test_migrations.py

format: $(VENV)/dev-$(DEV_PINS) ## put Python into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/dev-$(DEV_PINS) ## pin the requirements anew, with hashes
	for file in requirements requirements-local requirements-dev; do \
	  $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$file.in --output-file $$file.txt || exit 1; done

preflight:
	@$(PYTHON) lpse_support/local/preflight.py check

# A stamp is named after the pins it installed: other pins, another stamp. It is made when all went well.
$(VENV)/run-$(PINS):
	@echo "Installing the requirements."
	@$(PYTHON) lpse_support/local/preflight.py python
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements.txt -r requirements-local.txt
	@touch $@

$(VENV)/dev-$(DEV_PINS):
	@echo "Installing the requirements, and what tests and checks need."
	@$(PYTHON) lpse_support/local/preflight.py python
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements.txt -r requirements-local.txt -r requirements-dev.txt
	@touch $@ $(VENV)/run-$(PINS)
