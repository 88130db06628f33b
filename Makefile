# make run   start Undersigned on this machine
# make test  everything that must hold: linters, types, all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
export FLASK_APP := app
export PYTHONDONTWRITEBYTECODE := # what was compiled is kept: many processes start from it

.PHONY: run test bench lint style types compiled compiled-tests tests browser chromium messages translations screenshots lock clean

run: $(VENV)/installed
	@MODE=$${MODE:-development} $(BIN)/python -m app.launch

test: $(VENV)/installed-dev browser
	@$(MAKE) --no-print-directory style
	@$(MAKE) --no-print-directory -j 2 types compiled-tests # the first tests wait more than they compute

compiled-tests: compiled
	@$(MAKE) --no-print-directory tests

# The tests, compiled once for all processes that run them.
compiled: $(VENV)/installed-dev
	@said=$$($(BIN)/python -m pytest --collect-only -qq $(TESTS) 2>&1) || { echo "$$said"; exit 1; }

tests: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 3 --dist worksteal $(TESTS)

lint: style types

style: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates

types: $(VENV)/installed-dev
	$(BIN)/mypy

bench: $(VENV)/installed-dev
	$(BIN)/python -m bench

screenshots: $(VENV)/installed-dev browser
	$(BIN)/python tools/screenshots.py

# The words of the pages, gathered for translators. What is left empty is shown in English.
messages: $(VENV)/installed
	@$(BIN)/pybabel --quiet extract --mapping-file app/translations/babel.cfg --keywords _l --add-location file --output-file $(VENV)/messages.pot .
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120 --input-file $(VENV)/messages.pot --output-dir app/translations

# The words of the pages in other languages, compiled.
translations: $(VENV)/installed
	@$(BIN)/pybabel --quiet compile --directory app/translations --statistics >/dev/null 2>&1 || $(BIN)/pybabel compile --directory app/translations

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt $(wildcard app/translations/*/LC_MESSAGES/*.po) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.txt
	$(BIN)/pybabel --quiet compile --directory app/translations
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.txt
	@touch $@

# Browser tests drive the system's Chromium. Where there is none, Debian's is installed, if apt may: its shell without windows, which
# is the faster one.
browser: $(VENV)/bin/python
	@$(BIN)/python tools/chromium.py || { [ "$$(id -u)" = 0 ] && $(MAKE) --no-print-directory chromium; } || \
	 { sudo -n true 2>/dev/null && $(MAKE) --no-print-directory chromium SUDO=sudo; } || \
	 { echo "The browser tests need Chromium. Install your system's chromium package and run make test again."; exit 1; }

chromium:
	@$(SUDO) apt-get update -qq
	@$(SUDO) apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null || \
	 $(SUDO) apt-get install -y -qq --no-install-recommends chromium >/dev/null

lock: $(VENV)/installed-dev
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --generate-hashes --python-version 3.11 -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --generate-hashes --python-version 3.11 --extra dev -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV)
