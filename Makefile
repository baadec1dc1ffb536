# `make help` lists what there is. Everything also runs without make.
.DEFAULT_GOAL := help
.PHONY: help demo test quick lint bench bench-approve soak build

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Serve a synthetic marketplace on http://127.0.0.1:8080
	go run ./cmd/evenhand demo

build: ## Build the one binary
	CGO_ENABLED=0 go build -trimpath -tags nomsgpack -o evenhand ./cmd/evenhand

test: ## Run every test, as CI does
	./scripts/test

quick: ## Run the tests that need no browser, without the race detector
	scripts/postgres go test ./...

lint: ## Run the linters
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

bench: ## Run the benchmarks
	EVENHAND_PG_FSYNC=on scripts/postgres go test -run '^$$' -bench . ./...

bench-approve: ## Measure approvals a second beside plain SQL
	./scripts/bench-approve

soak: ## Run the long experiments
	./scripts/soak
