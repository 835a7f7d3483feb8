# From a bare checkout: `make demo`, `make test`. Everything is made in .venv/ and node_modules/.

PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: help demo test test-matrix prove fiche-rgaa captures lint env tools clean

help:
	@echo 'make demo         la ville de démonstration, sur http://127.0.0.1:8000/'
	@echo 'make test         toute la suite de tests'
	@echo 'make test-matrix  la suite sur chaque combinaison de versions'
	@echo 'make prove        les preuves de la transmission, en vraie grandeur (des heures)'
	@echo 'make fiche-rgaa   la fiche RGAA de docs/reference, d’après les tests'
	@echo 'make captures     les images du guide de l’éditeur, d’une démonstration qui tourne'
	@echo 'make lint         les vérifications de forme'
	@echo 'make clean        efface la démonstration et ce que les outils ont écrit'

demo:
	@$(PYTHON) scripts/demo.py

test: env tools
	$(VENV) -m pytest -n2

test-matrix: env
	$(VENV) -m nox --session matrix

# VI_HISTORIES, VI_KILLS and VI_WORKERS change the sizes; PROOFS="workers benchmarks" names a few.
prove: env
	$(VENV) -m nox --session prove -- $(PROOFS)

# The sheet is written by the tests it names; those that are not run are not in it.
fiche-rgaa: env tools
	$(VENV) -m pytest -q tests/blocks tests/labels tests/browser/test_*_block*.py --rgaa-sheet=docs/reference

# From a running demo: `make demo` in another window. SITE_PORT as there.
captures: env
	$(VENV) scripts/guide_pictures.py

lint: env
	$(VENV) -m nox --session lint messages

env:
	@$(PYTHON) scripts/environment.py dev

# axe-core and the Nu checker, for the accessibility tests: made again when the lock changes.
tools: node_modules/.package-lock.json

node_modules/.package-lock.json: package-lock.json
	@command -v npm >/dev/null || { echo "npm est absent. Sous Debian ou Ubuntu : apt-get install npm" >&2; exit 1; }
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf example_project/var tests/var mutants build dist .pytest_cache .ruff_cache .mypy_cache .coverage htmlcov
