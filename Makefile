# Needs Python 3.11 or newer and make; everything else is set up below .venv and var.
PYTHON ?= python3
VENV := .venv/bin/python
UV := .venv/bin/uv

.DEFAULT_GOAL := help
.PHONY: help run test check bench format schema lock

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run everything with a demo county (HOST=127.0.0.1 PORT=8000)
	@$(PYTHON) tools/bootstrap.py run
	@$(VENV) tools/run.py

test: ## Run the whole suite (ARGS="-k dispatch" for a part)
	@$(PYTHON) tools/bootstrap.py test
	@$(VENV) tools/test.py $(ARGS)

check: ## Lint, types, floors, templates, migrations, API schema
	@$(PYTHON) tools/bootstrap.py dev
	@$(VENV) tools/check.py

bench: ## Measure against the budgets (ARGS are passed on)
	@$(PYTHON) tools/bootstrap.py test
	@$(VENV) tools/bench/run.py $(ARGS)

format: ## Format code and templates
	@$(PYTHON) tools/bootstrap.py dev
	@$(VENV) -m ruff check --fix --quiet . || true
	@$(VENV) -m ruff format .
	@$(VENV) -m djlint --quiet --reformat templates || true

schema: ## Write docs/openapi.yaml anew
	@$(PYTHON) tools/bootstrap.py run
	@DEBUG=1 $(VENV) manage.py spectacular --validate --file docs/openapi.yaml

lock: ## Resolve the requirements anew from pyproject.toml (needs uv)
	@$(PYTHON) tools/lock.py
