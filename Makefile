# The two commands: `make demo` and `make test`. Each does its own set-up; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Exercises are small: threads would only wait for each other.
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test thorough serve lint bench growth clean system

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

demo: $(READY) system ## build the book, release the exercises, grade a sample class, say where to look
	$(BIN)/layerbook demo

test: lint system ## check style and types, then run all tests
	$(BIN)/pytest -n 2 --dist loadgroup

serve: $(READY) ## serve the book on 127.0.0.1:8000, rebuild it on changes; exercises open in JupyterLab
	$(BIN)/layerbook serve

thorough: $(READY) system ## hold every exercise to account: small changes, both graders, random answers; half an hour
	$(BIN)/pytest -n 2 --dist loadgroup -m thorough

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY) system ## time one class through stock nbgrader and through this grader
	$(BIN)/python -m layerbook.grading.bench

growth: $(READY) system ## cost and memory of the grader over 10,000 submissions; takes about half an hour
	$(BIN)/python -m layerbook.grading.bench --growth --submissions 10000

clean: ## remove what was built; never course/ and work/, which hold people's work
	rm -rf _build .mypy_cache .pytest_cache .ruff_cache

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

# bubblewrap isolates submissions; the tests read the book with Chromium, and keep a gradebook on PostgreSQL.
system:
	@missing=""; \
	command -v bwrap >/dev/null || missing="bubblewrap"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then as_root=""; \
	elif sudo -n true 2>/dev/null && command -v apt-get >/dev/null; then as_root="sudo -n"; \
	else echo "Please install with your system's package manager: $$missing"; exit 0; fi; \
	echo "installing $$missing"; \
	$$as_root apt-get update -qq && $$as_root apt-get install -y -qq $$missing >/dev/null
