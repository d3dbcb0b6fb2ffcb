package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

var fuzzFunc = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// fuzz runs every fuzz target of every module for d.
func fuzz(ctx context.Context, d time.Duration) error {
	var steps []step
	err := each(func(dir string) error {
		return fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if e.IsDir() && name != "." && (e.Name()[0] == '.' || e.Name() == "testdata" || isModule(filepath.Join(dir, name))) {
				return fs.SkipDir
			}
			if !strings.HasSuffix(name, "_test.go") {
				return nil
			}
			code, err := os.ReadFile(filepath.Join(dir, name))
			for _, m := range fuzzFunc.FindAllSubmatch(code, -1) {
				target, pkg := string(m[1]), "./"+path.Dir(name)
				steps = append(steps, step{"fuzz " + path.Join(dir, pkg) + " " + target, func(ctx context.Context) error {
					return fuzzTarget(func(out io.Writer) error {
						cmd := command(ctx, dir, "go", "test", "-run", "^$", "-fuzz", "^"+target+"$", "-fuzztime", d.String(), pkg)
						cmd.Stdout = out
						return cmd.Run()
					})
				}})
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	fmt.Println(len(steps), "fuzz targets")
	return all(ctx, steps)
}

// deadlineRuns is how often a target may end in deadlineRace before it counts as failed.
const deadlineRuns = 3

// fuzzTarget runs one target, again if it ended in deadlineRace.
func fuzzTarget(run func(out io.Writer) error) error {
	var err error
	for range deadlineRuns {
		var out strings.Builder
		if err = run(io.MultiWriter(os.Stdout, &out)); err == nil || !deadlineRace(out.String()) {
			return err
		}
		fmt.Println("the fuzzing engine reported its own deadline, and no failing input: the target runs again")
	}
	return err
}

// deadlineRace reports whether a target failed on the end of -fuzztime alone. Go before 1.27 reports the deadline of the
// engine as an error if a worker is busy at that moment (golang.org/issue/75804). A failing input is always written.
func deadlineRace(out string) bool {
	return strings.Contains(out, "\n    context deadline exceeded\n") && !strings.Contains(out, "Failing input written to")
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
