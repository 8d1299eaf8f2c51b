# Everything is an ordinary go command; this file only remembers the flags.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GO ?= go
STATICCHECK ?= $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0
BENCHSTAT ?= $(GO) run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
BENCHED := ./abci ./app ./crypto ./finality/... ./node ./store ./tx
FUZZTIME ?= 3s
RATE ?= 10
DURATION ?= 60s
STOP ?= 0
COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
PROVE_OPS ?= 10000000
PROVE_SEQUENCES ?= 1000000
PROVE_BLOCKS ?= 10000
PROVE_CLAIMS ?= 1000000
export COMPOSE

# The race detector needs cgo and a C compiler.
CC_FOUND := $(shell command -v $$($(GO) env CC) 2>/dev/null)
RACE := $(if $(CC_FOUND),-race,)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/blinkd, a static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.release=$(VERSION)" -o bin/blinkd ./cmd/blinkd

.PHONY: test
test: fmt-check vet staticcheck test-race fuzz ## Run every test: format, vet, staticcheck, tests with -race, fuzz smoke, README

.PHONY: test-fast
test-fast: ## Run the short tests only: no networks, no race detector
	$(GO) test -short ./...

.PHONY: test-race
test-race: ## Run all Go tests with the race detector, the README's transcript included; the statistics of lab at length without it
ifeq ($(RACE),)
	@echo "No C compiler ($$($(GO) env CC)) was found: the tests run WITHOUT the race detector. Install gcc or clang to have it." >&2
endif
	$(GO) test $(RACE) -timeout 15m $$($(GO) list ./... | grep -v '/lab')
	$(GO) test $(RACE) -short -timeout 15m ./lab/...
	$(GO) test -timeout 15m ./lab/...

.PHONY: fmt-check
fmt-check: ## Fail when a file is not formatted
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then printf 'not formatted (gofmt -w):\n%s\n' "$$unformatted" >&2; exit 1; fi

.PHONY: vet
vet: ## Run go vet
	$(GO) vet ./...

.PHONY: staticcheck
staticcheck: ## Run staticcheck, at the version that this file names
	$(STATICCHECK) ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (3s)
	FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: prove
prove: ## Compare PROVE_OPS (10 million) random operations with the model of the rules, and everything else at full length
	PROVE_OPS=$(PROVE_OPS) $(GO) test ./app -run 'TestProve$$' -v -timeout 12h
	PROVE_SEQUENCES=$(PROVE_SEQUENCES) $(GO) test ./app -run 'TestUpdatesAreValid$$' -v -timeout 1h
	PROVE_BLOCKS=$(PROVE_BLOCKS) $(GO) test ./app -run 'TestDeterminism$$' -v -timeout 4h
	PROVE_CLAIMS=$(PROVE_CLAIMS) $(GO) test ./crypto -run 'TestBatchIsVerify$$' -v -timeout 2h

.PHONY: cover
cover: ## Write coverage.html
	$(GO) test -short -coverprofile coverage.out -coverpkg ./... ./...
	$(GO) tool cover -html coverage.out -o coverage.html
	@$(GO) tool cover -func coverage.out | tail -1

.PHONY: bench
bench: build ## Measure TTF on four local validators: RATE=10 DURATION=60s; STOP=1 with one of them stopped
	RATE=$(RATE) DURATION=$(DURATION) STOP=$(STOP) .ci/bench

.PHONY: bench-go
bench-go: ## Run the Go benchmarks, 8 minutes, beside their baseline: docs/bench/README.md; UPDATE=1 makes it the new one
	@mkdir -p bin
	$(GO) test -run '^$$' -bench . -benchtime 50ms -count 6 -timeout 30m $(BENCHED) | grep -v -e '^PASS' -e '^ok' -e 'no test files' | tee bin/bench.txt
	$(if $(UPDATE),cp bin/bench.txt docs/bench/baseline.txt,$(BENCHSTAT) docs/bench/baseline.txt bin/bench.txt)

.PHONY: compare
compare: build ## Measure blink beside stock and tuned CometBFT and etcd, about 7 minutes: deploy/compare/README.md; ARGS="-only etcd-3 -rate 50"
	deploy/compare/run $(ARGS)

.PHONY: growth
growth: build ## Measure whether finality gets slower as a chain grows, 90 minutes: deploy/growth/README.md; ARGS="--series height"
	$(GO) build -trimpath -o bin/growth ./deploy/growth
	bin/growth $(ARGS)

.PHONY: lab
lab: build byzantine ## Run every experiment of the laboratory, about 25 minutes: docs/lab.md; SCENARIO="one-of-four wan-4" runs these
	bin/blinkd lab run $(or $(SCENARIO),--all) --out $(or $(OUT),lab-results)
	$(if $(SCENARIO),,bin/blinkd-byzantine lab run clock-skew --out $(or $(OUT),lab-results))

.PHONY: localnet
localnet: build ## Start four validators on this machine, until Ctrl-C
	bin/blinkd localnet

.PHONY: docker
docker: ## Build the container image blinkd:local
	deploy/stand-in/builder-image
	docker build --build-arg VERSION=$(VERSION) -t blinkd:local .

.PHONY: e2e
e2e: ## Test the compose network from outside, with curl
	deploy/stand-in/builder-image
	deploy/e2e/run

.PHONY: clean
clean: ## Remove what the targets above built
	rm -rf bin dist lab-results coverage.out coverage.html

.PHONY: byzantine
byzantine: ## Build bin/blinkd-byzantine, which can break the protocol on purpose: docs/byzantine.md
	CGO_ENABLED=0 $(GO) build -trimpath -tags byzantine -ldflags "-s -w -X main.release=$(VERSION)" -o bin/blinkd-byzantine ./cmd/blinkd

# Only these packages have files for that build.
.PHONY: check-byzantine
check-byzantine:
	$(GO) vet -tags byzantine ./node ./cmd/blinkd
	$(STATICCHECK) -tags byzantine ./node ./cmd/blinkd
	$(GO) test -tags byzantine -run Byzantine ./node

test: check-byzantine

.PHONY: mutate
mutate: ## Make small faults in the economics of app, one at a time, and count those that its tests notice
	$(GO) run ./.ci/mutate
