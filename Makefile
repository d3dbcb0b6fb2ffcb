# `make test` is the whole check; the others are parts of it, or what it is too short for.

CHECK = go run ./internal/ci

.PHONY: test short lint fuzz apidiff nightly promises bench bench-quick cover servers minio fmt

test: ## servers, lint, all tests with the race detector, and every fuzz target for 10 s
	@$(CHECK) test

short: ## the quick tests of the library itself
	@$(CHECK) short

lint: ## vet, gofmt, golangci-lint, govulncheck
	@$(CHECK) lint

fuzz: ## every fuzz target for 10 s
	@$(CHECK) -fuzztime 10s fuzz

apidiff: ## the exported API compared with the last release's
	@$(CHECK) apidiff

# What a night is long enough for: 200 downloads of 64 MiB of each kind, from each store, and 1,000 clients.
FULL = -downloads 200 -size 67108864 -clients 1000

# 200 flipped downloads of each kind of upload take more than an hour a store.
FLIPS = -flips 200 -sizes 16,48,100

nightly: minio ## every fuzz target for 60 s, reads from every store at full size, random faults, and all of S3 on MinIO too
	@$(CHECK) -fuzztime 60s fuzz
	cd internal/e2e && go test -v -timeout 60m ./network $(FULL)
	cd internal/e2e && go test -v -run TestRateIsKept ./offload -rate 20s
	cd internal/e2e && go test -v -run TestSlices ./offload -sliced 1073741824
	cd internal/e2e && go test -v -timeout 60m ./faults -trials 50000 -seed 0
	cd internal/e2e && go test -v -timeout 60m ./archive -resume 2147483648 -large
	cd internal/e2e && go test -v -timeout 180m ./integrity $(FLIPS)
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v -timeout 180m ./integrity $(FLIPS)
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v ./s3server
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v -run 'S3|Contract/s3|Recorder.*/s3|RoundTrip' ./providers
	cd internal/e2e && DOWNLOADVIEW_S3=minio go test -v -timeout 60m -run /s3 ./network $(FULL)

promises: ## what no measurement may loosen: random faults, stalled readers, the minimum rate, altered local files
	go test -count=1 -run 'MinRate|Stall|Truncated|Altered|Overwritten|EndIsConfirmed' ./blobdownload ./wrapper ./internal/...
	cd internal/e2e && go test -count=1 -run 'TestFaults|TestThousandStalledReaders' ./faults ./load

bench: promises ## every benchmark, and other servers side by side; more by GOBENCH, e.g. make bench GOBENCH='-count 10'
	go test -run '^$$' -bench . -benchmem $(GOBENCH) ./...
	cd internal/e2e && sh cmd/bench/isolated.sh go test -run '^$$' -bench . -benchmem $(GOBENCH) ./...
	$(COMPARE)

bench-quick: ## other servers side by side with this library, in less than five minutes
	$(COMPARE) -quick

# Comparisons run in a network namespace with reno, if that is allowed: bbr on loopback inverts every ranking.
COMPARE = cd internal/e2e && go build -o ../../.cache/bench ./cmd/bench && sh cmd/bench/isolated.sh ../../.cache/bench \
	-out cmd/bench/performance.json -doc ../../docs/performance.md

cover: ## coverage of the library by its own tests
	@mkdir -p .cache
	go test -coverprofile=.cache/cover.out -coverpkg=./... ./...
	@go tool cover -func=.cache/cover.out | tail -n 1

servers: ## what tests need and Debian does not package: Caddy, and packages of npm, into .cache
	@$(CHECK) servers

minio: ## the S3 server of the nightly run, into .cache: four minutes
	@$(CHECK) minio

fmt: ## format every Go file
	gofmt -w .
