// Command bench compares this library with the ways to serve the same content that its users have otherwise. Each server is a
// process of its own, whose CPU is measured. The client discards bodies in the kernel.
//
//	go run ./cmd/bench -quick -out performance.json -doc ../../docs/performance.md
//	go run ./cmd/bench -only "^local 1KiB" -profile /tmp/profiles -out /dev/null
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	if subject := os.Getenv(subjectVar); subject != "" {
		exit(serveSubject(subject))
	}
	quick := flag.Bool("quick", false, "objects up to 10 MiB and fewer requests")
	out := flag.String("out", "performance.json", "the file for the result")
	doc := flag.String("doc", "", "the document to generate; none if empty")
	only := flag.String("only", "", "a regular expression of the workloads to measure; all if empty")
	profiles := flag.String("profile", "", "a directory for the CPU profile of each server; none if empty")
	flag.Parse()
	exit(run(context.Background(), options{quick: *quick, only: *only, profiles: *profiles}, *out, *doc))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// options choose what a run measures.
type options struct {
	quick    bool
	only     string
	profiles string
}

func run(ctx context.Context, o options, out, doc string) error {
	r, err := measure(ctx, o)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, append(data, '\n'), 0o644); err != nil {
		return err
	}
	if doc == "" {
		_, err = os.Stdout.WriteString(r.document())
		return err
	}
	return os.WriteFile(doc, []byte(r.document()), 0o644)
}
