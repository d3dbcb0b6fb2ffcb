package main

import (
	"context"
	"fmt"
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
					return command(ctx, dir, "go", "test", "-run", "^$", "-fuzz", "^"+target+"$", "-fuzztime", d.String(), pkg).Run()
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

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
