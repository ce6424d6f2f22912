# Two commands do all the set-up: `make try` to meet the bot, `make test` to prove it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: try test coverage lint lock clean

try: $(VENV)/run
	$(BIN)/community-os try

test: $(VENV)/dev
	$(TESTS)

# The same tests, and which lines they never reach. It takes half as long again.
coverage: $(VENV)/dev
	$(TESTS) --cov --cov-report=term

lint: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/community-os check

$(VENV)/run: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# For maintainers: needs uv on the path. pip alone reads what it writes.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) pyproject.toml --group build -o requirements.txt
	$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) dist .coverage* .pytest_cache .mypy_cache .ruff_cache
