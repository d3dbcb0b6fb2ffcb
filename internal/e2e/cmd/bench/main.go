// Command bench compares this library with the ways to serve the same content that its users have otherwise. Each server is a
// process of its own, whose CPU is measured. The client discards bodies in the kernel.
//
//	go run ./cmd/bench -quick -out performance.json -doc ../../docs/performance.md
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
	flag.Parse()
	exit(run(context.Background(), *quick, *out, *doc))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, quick bool, out, doc string) error {
	r, err := measure(ctx, quick)
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
