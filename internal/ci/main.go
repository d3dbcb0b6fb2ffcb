// Command ci runs the checks of the Makefile: the whole check (test), the quick one (short), lint, fuzz and apidiff.
// It also installs the programs that the tests need (servers, minio).
//
// A step that fails does not stop the next ones. A test run ends with the skipped tests, grouped by reason.
// The exit status is 1 if any step failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// modules are the directories of the Go modules, seen from the root of the repository.
var modules = []string{".", "internal/e2e", "examples/more"}

// step is one thing that is checked.
type step struct {
	name string
	run  func(context.Context) error
}

func main() {
	fuzzTime := flag.Duration("fuzztime", 10*time.Second, "how long each fuzz target runs")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var r report
	err := run(ctx, flag.Arg(0), *fuzzTime, &r)
	cancel()
	if err != nil {
		fmt.Println(err)
	}
	if r.ran {
		fmt.Println(r.skips())
	}
	if err != nil {
		os.Exit(1)
	}
}

// estimate is printed at the start of a test run.
const estimate = "the whole check takes roughly 10 to 20 minutes on two cores; the first time, installing its programs takes 5 more"

func run(ctx context.Context, what string, fuzzTime time.Duration, r *report) error {
	static := []step{{"go vet", vet}, {"gofmt", format}, {"golangci-lint", lint}, {"words", words}, {"govulncheck", vulnerabilities}}
	switch what {
	case "test":
		fmt.Println(estimate)
		setUp := step{"servers", func(ctx context.Context) error { return optional("some tests will be skipped", servers(ctx)) }}
		return all(ctx, append(append([]step{setUp}, static...), []step{
			{"go test", func(ctx context.Context) error { return tests(ctx, r, modules, race(ctx)...) }},
			{"allocations", allocations},
			{"random faults", faults},
			{"fuzz", func(ctx context.Context) error { return fuzz(ctx, fuzzTime) }},
		}...))
	case "short":
		return tests(ctx, r, modules[:1], "-short")
	case "lint":
		return all(ctx, static)
	case "words":
		return words(ctx)
	case "fuzz":
		return fuzz(ctx, fuzzTime)
	case "apidiff":
		return compatible(ctx)
	case "servers":
		return servers(ctx)
	case "minio":
		_, err := minio.path(ctx)
		return err
	}
	return fmt.Errorf("usage: go run ./internal/ci [-fuzztime 10s] test|short|lint|words|fuzz|apidiff|servers|minio; not %q", what)
}

// all runs every step and names those that failed.
func all(ctx context.Context, steps []step) error {
	var failed []string
	for _, s := range steps {
		fmt.Println("==>", s.name)
		begun := time.Now()
		if err := s.run(ctx); err != nil {
			fmt.Println(err)
			failed = append(failed, s.name)
		}
		fmt.Println("   ", s.name, "took", time.Since(begun).Round(time.Second))
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// allocations runs the tests that count them, which the race detector's own would falsify.
func allocations(ctx context.Context) error {
	return command(ctx, modules[1], "go", "test", "./bench", "./load").Run()
}

// faults serves thousands of downloads from failing storages, of which the race detector has seen a few.
func faults(ctx context.Context) error {
	return command(ctx, modules[1], "go", "test", "./faults").Run()
}

// vet also compiles the library and its tests for systems on which this check does not run them.
func vet(ctx context.Context) error {
	err := each(func(dir string) error { return command(ctx, dir, "go", "vet", "./...").Run() })
	for _, goos := range []string{"windows", "darwin"} {
		cmd := command(ctx, modules[0], "go", "vet", "./...")
		cmd.Env = append(os.Environ(), "GOOS="+goos)
		if failed := cmd.Run(); failed != nil {
			err = errors.Join(err, fmt.Errorf("for %s: %w", goos, failed))
		}
	}
	return err
}

func format(ctx context.Context) error {
	cmd := command(ctx, ".", filepath.Join(goenv(ctx, "GOROOT"), "bin", "gofmt"), "-l", ".")
	cmd.Stdout = nil
	out, err := cmd.Output()
	if err == nil && len(out) > 0 {
		err = fmt.Errorf("not formatted, run make fmt:\n%s", out)
	}
	return err
}

// each calls f for every module and answers with the first error, after all of them.
func each(f func(dir string) error) error {
	var first error
	for _, dir := range modules {
		if err := f(dir); err != nil && first == nil {
			first = fmt.Errorf("in %s: %w", dir, err)
		}
	}
	return first
}

// command is a command in dir that prints where this one prints, and is interrupted with it.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// goenv is a setting of the go command, or "" on an error.
func goenv(ctx context.Context, name string) string {
	cmd := command(ctx, ".", "go", "env", name)
	cmd.Stdout, cmd.Stderr = nil, io.Discard
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}
