# Gavel. `make run` and `make test` are all one needs; both install what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

WEB := gateway/web
export CARGO_TERM_COLOR ?= auto

.PHONY: help run test lint bench simulate fuzz clean web tools test-tools audit

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: tools web ## A node on 127.0.0.1:8080 with a demonstration sale, data under ./data
	cargo build --release --locked --package gavel-gateway
	exec ./target/release/gavel demo --data ./data --listen 127.0.0.1:8080 $(ARGS)

test: tools test-tools web ## Every test there is; the last line counts them
	@.ci/test

lint: tools web ## Formatting, clippy, types and style of the web apps
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cd $(WEB) && npm run --silent check && npm run --silent lint

audit: tools ## Licences, sources and advisories of every crate, by deny.toml (installs cargo-deny)
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check

bench: tools web ## Figures as ratios against a bare limit
	cargo bench --workspace --locked

simulate: ## The node on a faulty disk and network: SEEDS=2000 of them, or SEED=17 with all that happens
	GAVEL_SIMULATE_SEED=$(SEED) GAVEL_SIMULATE_SEEDS=$(or $(SEEDS),2000) cargo test --locked --profile simulation \
		--package gavel-actors --test simulation nothing_acknowledged -- --nocapture

fuzz: ## Every fuzz target for FUZZ_S=600 seconds; what it learns is merged into its corpus (installs cargo-fuzz)
	command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	@for target in $$(cargo fuzz list --fuzz-dir gateway/fuzz); do .ci/fuzz $$target $(or $(FUZZ_S),600); done

clean: ## Removes what was built, not ./data
	cargo clean
	rm -rf $(WEB)/dist $(WEB)/node_modules

web: $(WEB)/dist/index.html

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund --silent
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(shell find $(WEB)/src $(WEB)/public $(WEB)/index.html $(WEB)/vite.config.ts -type f 2>/dev/null)
	cd $(WEB) && npm run --silent build
	@touch $@

tools:
	@.ci/install tools

test-tools:
	@.ci/install test-tools
