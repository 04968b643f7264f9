# Everything a developer or CI runs. Only relative paths below: the checkout may live anywhere.
.DEFAULT_GOAL := help
.PHONY: bench demo docs fmt golden help lint schema test test-matrix type venv
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH

# Always `python -m`: the first line of an installed script cannot hold every path.
PY := .venv/bin/python
JOBS ?= 3
PG ?= 14 15 16 17 18
ARGS ?=
SOURCES := schemadiff tests $(wildcard bench)
LINT_IMPORTS := import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))

bench: venv ## time plan and pull beside pg_dump; ARGS="--tables 1000"
	@$(PY) -m bench $(ARGS)

demo: venv ## the whole story on an embedded PostgreSQL
	@$(PY) -m schemadiff.cli.demo $(ARGS)

docs: venv ## write the generated pages of docs/
	@$(PY) -m schemadiff.cli.docs $(ARGS)

fmt: venv ## format, and mend what ruff can mend
	@$(PY) -m ruff check --fix-only --quiet $(SOURCES)
	@$(PY) -m ruff format $(SOURCES)

golden: venv ## refresh the goldens beside the test cases
	@$(PY) -m pytest -n $(JOBS) -q --update-golden tests/test_golden.py $(ARGS)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

lint: venv ## ruff, formatting, types, layers
	@$(PY) -m ruff check $(SOURCES)
	@$(PY) -m ruff format --check $(SOURCES)
	@$(PY) -m mypy $(SOURCES)
	@$(PY) -c '$(LINT_IMPORTS)'

schema: venv ## write schemas/schemadiff.schema.json for editors
	@mkdir -p schemas
	@$(PY) -m schemadiff schema > schemas/.schemadiff.schema.json.new \
		&& mv schemas/.schemadiff.schema.json.new schemas/schemadiff.schema.json \
		|| { rm -f schemas/.schemadiff.schema.json.new; exit 1; }

test: venv ## the tests on one server, in ten minutes; ARGS="-k enum", JOBS=8
	@$(PY) -m pytest -n $(JOBS) -q $(ARGS)

test-matrix: venv ## every test on PostgreSQL 14 to 18; PG="16 17" for some
	@failed=; for v in $(PG); do \
		echo "== PostgreSQL $$v"; \
		$(PY) tests/matrix.py install $$v \
			&& SCHEMADIFF_EXTENT=thorough SCHEMADIFF_TEST_PG=$$v $(PY) -m pytest -n $(JOBS) -q $(ARGS) \
			|| failed="$$failed $$v"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed on PostgreSQL$$failed"; exit 1; fi

type: venv ## types alone
	@$(PY) -m mypy $(SOURCES)

venv:
	@sh .ci/venv
