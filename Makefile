# `make test` is the whole check; the others are parts of it, or what it is too short for.

CHECK = go run ./internal/ci

# Debian's Caddy is too old: it is built here, in a minute or two.
CADDY = v2.11.9
AZURITE = 3.35.0

# MinIO has no tags that Go can name. It is licensed by the AGPL: run as a process of its own, never imported.
MINIO = v0.0.0-20260212201848-7aac2a2c5b7c

.PHONY: test short lint fuzz nightly bench cover servers minio fmt

test: ## vet, gofmt, golangci-lint, all tests with the race detector, and every fuzz target for 10 s
	@$(CHECK) test

short: ## the quick tests of the library itself
	@$(CHECK) short

lint: ## vet, gofmt, golangci-lint
	@$(CHECK) lint

fuzz: ## every fuzz target for 10 s
	@$(CHECK) -fuzztime 10s fuzz

# What a night is long enough for: 200 downloads of 64 MiB of each kind, from each store, and 1,000 clients.
FULL = -downloads 200 -size 67108864 -clients 1000

nightly: minio ## every fuzz target for 60 s, reads from every store at full size, random faults, and all of S3 on MinIO too
	@$(CHECK) -fuzztime 60s fuzz
	cd internal/e2e && go test -v -timeout 60m ./reads $(FULL)
	cd internal/e2e && go test -v -timeout 60m ./faults -trials 50000 -seed 0
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v ./s3server
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v -run 'S3|Contract/s3|Recorder.*/s3|RoundTrip' ./cloud
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v -timeout 60m -run /s3 ./reads $(FULL)

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

minio: ## the S3 server of the nightly run, into .cache: four minutes
	@go version -m .cache/bin/minio 2>/dev/null | grep -q 'minio/minio[[:space:]]$(MINIO)' || \
		GOBIN='$(CURDIR)/.cache/bin' go install github.com/minio/minio@$(MINIO)

fmt: ## format every Go file
	gofmt -w .
