# Every target makes its own environment in .venv; a fresh clone needs python3 with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

export OMP_NUM_THREADS ?= 1
export MPLBACKEND ?= Agg

.DELETE_ON_ERROR:
.PHONY: help demo test test-long fuzz check bench docs clean

help:
	@echo "make demo    train on real photographs, draw the model and the history into $(DEMO)/"
	@echo "make test    the tests, with real Keras as the oracle"
	@echo "make test-long  the long tests: kills, fuzz, soak"
	@echo "make fuzz    read damaged files, FUZZ=20000 of each format"
	@echo "make check   lint, format, types, layering"
	@echo "make bench   raw torch | torchkeras | Keras, interleaved in one run"
	@echo "make docs    the documentation, into site/"

# The extras named by the stamp, installed again only when what they are made from has changed.
$(VENV)/installed-%: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$*]'
	touch $@

demo: OMP_NUM_THREADS = $(shell nproc 2>/dev/null || echo 2)
demo: $(VENV)/installed-examples
	mkdir -p $(DEMO)
	cd $(DEMO) && ../$(BIN)/python -m torchkeras ../examples/happy_model.py
	@echo "See $(DEMO)/model.png and $(DEMO)/history.png"

test: $(VENV)/installed-tests
	$(BIN)/python -m pytest -n 2

test-long: $(VENV)/installed-tests
	$(BIN)/python -m pytest -n 2 -m long

FUZZ ?= 20000

fuzz: $(VENV)/installed-tests
	$(BIN)/python -m tests.hostile.mutations --count $(FUZZ)

check: $(VENV)/installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: OMP_NUM_THREADS = $(shell nproc 2>/dev/null || echo 2)
bench: $(VENV)/installed-tests
	$(BIN)/python -m benchmarks

docs: $(VENV)/installed-docs
	$(BIN)/python docs/make_pages.py
	$(BIN)/python -m sphinx -q -E -W --keep-going docs site

clean:
	rm -rf $(DEMO) docs/api site dist build
