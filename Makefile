# `make test` is the whole check; the others are parts of it, or what it is too short for.

CHECK = go run ./internal/ci

# Debian's Caddy is too old: it is built here, in a minute or two.
CADDY = v2.11.9
AZURITE = 3.35.0

.PHONY: test short lint fuzz nightly bench cover servers fmt

test: ## vet, gofmt, golangci-lint, all tests with the race detector, and every fuzz target for 10 s
	@$(CHECK) test

short: ## the quick tests of the library itself
	@$(CHECK) short

lint: ## vet, gofmt, golangci-lint
	@$(CHECK) lint

fuzz: ## every fuzz target for 10 s
	@$(CHECK) -fuzztime 10s fuzz

nightly: ## every fuzz target for 60 s, and reads from S3 at full size: 200 downloads of 64 MiB of each kind
	@$(CHECK) -fuzztime 60s fuzz
	cd internal/e2e && go test -v -timeout 60m ./reads -downloads 200 -size 67108864 -clients 1000

bench: ## every benchmark; more by GOBENCH, e.g. make bench GOBENCH='-count 10'
	go test -run '^$$' -bench . -benchmem $(GOBENCH) ./...
	cd internal/e2e && go test -run '^$$' -bench . -benchmem $(GOBENCH) ./...

cover: ## coverage of the library by its own tests
	@mkdir -p .cache
	go test -coverprofile=.cache/cover.out -coverpkg=./... ./...
	@go tool cover -func=.cache/cover.out | tail -n 1

servers: ## what tests need and Debian does not package: Caddy and Azurite, into .cache
	@go version -m .cache/bin/caddy 2>/dev/null | grep -q 'caddy/v2[[:space:]]$(CADDY)' || \
		GOBIN='$(CURDIR)/.cache/bin' go install github.com/caddyserver/caddy/v2/cmd/caddy@$(CADDY)
	@grep -qs '"version": "$(AZURITE)"' .cache/azurite/node_modules/azurite/package.json || \
		npm install --no-fund --no-audit --no-save --loglevel=error --prefix .cache/azurite azurite@$(AZURITE)

fmt: ## format every Go file
	gofmt -w .
