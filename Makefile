# `make run` and `make test` are the whole set-up; see `make help`.
# Plain GNU Make 3.81, as macOS ships it, is enough.

VENV   := .venv
PY     := $(VENV)/bin/python
# Each stamp is written last, once everything in it is installed, so an interrupted set-up leaves none.
LAB    := $(VENV)/.lab-ready
DEV    := $(VENV)/.dev-ready

# A virtual environment whose Python has gone, after an upgrade say, is rebuilt whatever its stamps say.
ifeq ($(realpath $(PY)),)
STALE  := rebuild
endif

# Two processes, each test module whole in one of them: the tests of jobs mostly wait, and share one cluster.
SPREAD := tests --ignore=tests/browser -n 2 --dist loadfile --no-loadscope-reorder

# What pytest ends with where ARGS choose no test of a folder, which is no fault.
NONE_CHOSEN := 5

# Each of the many processes that the tests start would compile every module again.
check test: export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check lint figures screenshots bench clean rebuild
rebuild:

help:
	@echo "make run      start the lab and print its address; PORT=8600 looks for a free port from there;"
	@echo "              PROCESSES=2 has two servers share the visitors, for a large class"
	@echo "make test     lint and all tests, in a real browser too; BROWSER=none leaves those out"
	@echo "make check    lint and the unit tests, some two minutes"
	@echo "make figures  draw the pictures of the documentation again"
	@echo "make screenshots  take every page at every width, light and dark, into the folder screenshots"
	@echo "make bench    measure training against the reference notebook; ARGS=--json for numbers only"
	@echo "make clean    remove $(VENV) and caches; trained runs and data stay"
	@echo
	@echo "PYTHON=/path/to/python chooses the Python (3.11 or later) that $(VENV) is made with;"
	@echo "BROWSER_PATH=/path/to/chrome the browser; ARGS='...' goes on to pytest or the benchmark."

$(LAB): requirements.txt $(STALE)
	@python="$$(sh tools/find_python.sh "$(PYTHON)")" && "$$python" tools/environment.py lab

$(DEV): requirements.txt requirements-dev.txt $(STALE)
	@python="$$(sh tools/find_python.sh "$(PYTHON)")" && "$$python" tools/environment.py dev

run: $(LAB)
	@exec $(PY) -m tools.serve "$(PORT)" --processes="$(PROCESSES)"

lint: $(DEV)
	@$(PY) -m ruff format --check --quiet . || { echo "Formatting differs: run '$(PY) -m ruff format .'"; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary

check: $(DEV) lint
	@exec $(PY) -m pytest $(SPREAD) --ignore=tests/pages -m "not processes and not full_mnist and not slow" --timeout=60 $(ARGS)

# The browser comes first: whoever has none should not wait for the other tests to learn it.
# Only "none" is a request here; desktops set BROWSER to their own ends.
test: $(DEV) lint
ifeq ($(BROWSER),none)
	@echo "BROWSER=none: the browser tests are left out."
	@exec $(PY) -m pytest $(SPREAD) -m "not browser" --timeout=300 $(ARGS)
else
	@AE_BROWSER="$$($(PY) tools/browser.py)" && export AE_BROWSER && \
	{ $(PY) -m pytest tests/browser --timeout=300 $(ARGS) || [ $$? -eq $(NONE_CHOSEN) ]; } && \
	exec $(PY) -m pytest $(SPREAD) --timeout=300 $(ARGS)
endif

screenshots: $(DEV)
	@AE_BROWSER="$$($(PY) tools/browser.py)" && export AE_BROWSER && exec $(PY) -m tools.screenshots $(or $(ARGS),screenshots)

figures: $(DEV)
	@AE_BROWSER="$$($(PY) tools/browser.py)" && export AE_BROWSER && exec $(PY) -m docs.make_pictures $(ARGS)

bench: $(LAB)
	@exec $(PY) -m benchmarks.training $(ARGS)

clean:
	@rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis test-results
	@find ae_core ui pages tests benchmarks docs tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	@rm -rf __pycache__
