// Command walk counts the functions of this module that one GET enters, and the files that define them: the
// distance that a reader walks to follow a request.
//
//	cd internal/e2e && go run ./cmd/walk [-v] [-size 65536] [s3|file|xaccel|xaccel-s3|presign ...]
//
// It runs the program in server, built with coverage counters, once with one GET and once without a request. A
// function is entered if one of its blocks has a higher counter in the first run. The second pair of numbers
// leaves out the functions that the run without a request enters as well: the code of requests only.
// A function literal counts as the function that encloses it. -v lists the functions of each package.
//
// The baseline, measured with examples/gateway as it was then, and 64 KiB:
//
//	s3          200 functions in  70 files of  9 packages;  190 in  66 that only requests enter
//	xaccel      139 functions in  53 files of  8 packages;  123 in  49 that only requests enter
//
// Two functions of one file were the gateway's own. Since then the gateway has grown rights, a log and metrics, which
// are not the library's. The goal was a quarter fewer. Now:
//
//	s3          139 functions in  51 files of 11 packages;  106 in  41 that only requests enter
//	xaccel      100 functions in  38 files of 11 packages;   92 in  36 that only requests enter
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "walk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("walk", flag.ContinueOnError)
	verbose := flags.Bool("v", false, "list the functions")
	size := flags.Int64("size", 64<<10, "`bytes` of the object")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen := routes
	if flags.NArg() > 0 {
		chosen = nil
		for _, name := range flags.Args() {
			at := slices.IndexFunc(routes, func(r route) bool { return r.name == name })
			if at < 0 {
				return fmt.Errorf("unknown route %q", name)
			}
			chosen = append(chosen, routes[at])
		}
	}
	g, err := build(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(g.dir)
	for _, r := range chosen {
		entered, err := g.walk(ctx, r, *size)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		report(stdout, r.name, entered, *verbose)
	}
	return nil
}

// report prints the numbers, and the functions grouped by package if verbose.
func report(w io.Writer, name string, entered []function, verbose bool) {
	packages := map[string][]function{}
	var only []function // not of start-up
	for _, f := range entered {
		packages[f.pkg()] = append(packages[f.pkg()], f)
		if !f.startup {
			only = append(only, f)
		}
	}
	fmt.Fprintf(w, "%-10s %4d functions in %3d files of %2d packages; %4d in %3d that only requests enter\n",
		name, len(entered), files(entered), len(packages), len(only), files(only))
	if !verbose {
		return
	}
	for _, pkg := range sortedByNumber(packages) {
		fmt.Fprintf(w, "  %s: %d\n", pkg, len(packages[pkg]))
		for _, f := range packages[pkg] {
			fmt.Fprintf(w, "    %-28s %s\n", strings.TrimPrefix(f.file, pkg+"/"), f.name)
		}
	}
}

// files is the number of files that define the functions.
func files(all []function) int {
	names := map[string]bool{}
	for _, f := range all {
		names[f.file] = true
	}
	return len(names)
}

// sortedByNumber returns the packages, the largest number of functions first.
func sortedByNumber(packages map[string][]function) (names []string) {
	for name := range packages {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(packages[b]), len(packages[a])), cmp.Compare(a, b))
	})
	return names
}
