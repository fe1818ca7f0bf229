BIN ?= .venv/bin/

.DEFAULT_GOAL := help
.PHONY: help check test pythons fix site bench peers fuzz kills shots

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check:  ## everything that CI asks of the code
	$(BIN)ruff format --check .
	$(BIN)ruff check .
	$(BIN)mypy
	$(BIN)lint-imports
	$(BIN)pytest -n auto --cov --cov-report=term:skip-covered

test:  ## the tests alone
	$(BIN)pytest -n auto

pythons:  ## the tests with other Pythons: make pythons PYTHONS="python3.12 python3.13"
	@for python in $(PYTHONS); do \
	  apart=$$(mktemp -d) && $$python -m venv $$apart && $$python -V && \
	  $$apart/bin/pip install -q -c constraints.txt -e '.[test]' && \
	  $$apart/bin/pytest -q -n auto && rm -r $$apart || exit 1; \
	done

fix:  ## format, and mend what can be mended without thought
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

site:  ## build this repository's own site and check it
	$(BIN)dlsite check --strict
	$(BIN)dlsite build --strict

bench:  ## time a generated site of 1,000 pages
	$(BIN)python benchmarks/cold_build.py

peers:  ## time 1,000 pages beside Hugo, Zensical, MkDocs, Pelican and Eleventy; installs them
	$(BIN)python benchmarks/peers.py

fuzz:  ## 500 random edits, each compared with a clean build; prints its seeds
	@seeds=$$(shuf -i 1-100000 -n 5 | tr '\n' ' '); echo "seeds: $$seeds"; \
	FUZZ_EDITS=100 FUZZ_SEEDS="$$seeds" $(BIN)pytest -q tests/test_incremental.py tests/test_rehearsal.py tests/test_preview.py tests/test_understanding.py tests/test_touchup.py -k random_edits

kills:  ## 100 builds killed at random, each mended by the next; prints its seeds
	@seeds=$$(shuf -i 1-100000 -n 5 | tr '\n' ' '); echo "seeds: $$seeds"; \
	KILLS=20 KILL_SEEDS="$$seeds" $(BIN)pytest -q tests/test_kills.py

shots: site  ## photograph the key pages of this site, to be looked at
	$(BIN)python benchmarks/screenshots.py public shots
