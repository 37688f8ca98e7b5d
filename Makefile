# Every verb of this project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q
DATA ?= data
MODELS := $(if $(LIGHT),,[models])
STAMP := $(VENV)/.installed$(if $(LIGHT),-light,)

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench eval corpus encoder models reference clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖（第一次需要几分钟）…"
	@$(if $(LIGHT),,$(PIP) -c constraints.txt torch==2.13.0)
	@$(PIP) -c constraints.txt -e '.$(MODELS)'
	@touch $@

$(VENV)/.installed-dev: $(STAMP)
	@echo "安装开发依赖…"
	@$(PIP) -c constraints.txt -e '.[models,dev]'
	@touch $@

setup: $(STAMP) ## create .venv with a working .venv/bin/zhida (LIGHT=1: without torch)

run: setup ## build the bundled knowledge and serve the console on 127.0.0.1
	@test -f $(DATA)/zhida.sqlite3 || $(BIN)/zhida init --data $(DATA)
	@$(BIN)/zhida serve --data $(DATA)

check: $(VENV)/.installed-dev ## lint, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: check ## everything that must pass, a real browser included
	@$(BIN)/python tools/ensure_browser.py
	@$(BIN)/python -m pytest -n 2 --dist loadfile

eval: setup ## gate: the bundled sets against stored expectations (UPDATE=1 stores new ones)
	@test -f $(DATA)/zhida.sqlite3 || $(BIN)/zhida init --data $(DATA)
	@$(BIN)/zhida eval gate $(if $(UPDATE),--update,) --data $(DATA)
	@$(BIN)/zhida eval report --data $(DATA)

bench: setup ## time suggest on this machine
	@test -f $(DATA)/zhida.sqlite3 || $(BIN)/zhida init --data $(DATA)
	@$(BIN)/zhida bench --data $(DATA)

corpus: $(VENV)/.installed-dev ## rebuild kb/corpus/knowledge from its text sources
	@$(BIN)/python -m tools.build_corpus

encoder: $(VENV)/.installed-dev ## retrain the bundled encoder (GENERAL=folder of open text pairs; then: make models)
	@$(BIN)/python -m tools.train_encoder$(if $(GENERAL), --general "$(GENERAL)")

models: $(VENV)/.installed-dev ## retrain judgement and ranking from the project's own texts
	@$(BIN)/python -m tools.train_models

reference: $(VENV)/.installed-dev ## rewrite docs/reference from the code
	@$(BIN)/python -m tools.build_reference

clean: ## remove the virtual environment and the data folder's caches
	@rm -rf $(VENV) $(DATA)/cache build dist
