// Command bench compares this library with the ways to serve the same content that its users have otherwise. Each server is a
// process of its own, whose CPU time and memory are measured. The client discards bodies in the kernel. It needs Linux's /proc.
//
//	go run ./cmd/bench -quick -out performance.json -doc ../../docs/performance.md
//	go run ./cmd/bench -read cmd/bench/performance.json -doc ../../docs/performance.md
//	go run ./cmd/bench -only "^Local files: 1 KiB" -profile /tmp/profiles -out /dev/null
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// longest is the time after which a run ends with an error.
const longest = time.Hour

func main() {
	if subject := os.Getenv(subjectVar); subject != "" {
		exit(serveSubject(subject))
	}
	quick := flag.Bool("quick", false, "objects up to 10 MiB, fewer requests and fewer clients")
	out := flag.String("out", "performance.json", "the file for the result")
	doc := flag.String("doc", "", "the document to generate, with charts beside it; none if empty")
	only := flag.String("only", "", `a regular expression of the workloads to measure, as "GROUP: NAME"; all if empty`)
	read := flag.String("read", "", "a file with a result to generate the document from, without measuring")
	profiles := flag.String("profile", "", "a directory for the CPU profile of each server; none if empty")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	err := benchmark(ctx, options{quick: *quick, only: *only, profiles: *profiles, read: *read}, *out, *doc)
	stop()
	cancel()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func benchmark(ctx context.Context, o options, out, doc string) error {
	if o.read != "" {
		r, err := readResult(o.read)
		if err != nil {
			return err
		}
		return r.write(doc)
	}
	var others cpuSet
	o.servers, others = divide()
	if err := confine(others); err != nil {
		return err
	}
	r, err := measure(ctx, o)
	if err != nil {
		return err
	}
	data, err := r.encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, data, 0o644); err != nil {
		return err
	}
	return r.write(doc)
}

// write writes the document and its charts, or prints the document if doc is "".
func (r *result) write(doc string) error {
	if doc == "" {
		_, err := os.Stdout.WriteString(r.document())
		return err
	}
	for i := range charted {
		g := &charted[i]
		if !slices.ContainsFunc(r.Rows, func(row row) bool { return g.has(&row) }) {
			continue // a run of a part
		}
		image, err := r.chart(g)
		if err != nil {
			return err
		}
		if err := os.WriteFile(strings.TrimSuffix(doc, ".md")+"-"+g.file+".svg", image, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(doc, []byte(r.document()), 0o644)
}
