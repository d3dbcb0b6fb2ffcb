package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	linterVersion = "2.15.0"
	linterPackage = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v" + linterVersion
	linterDir     = ".cache/bin"
)

// lint runs golangci-lint on every module. A linter that cannot be had is a failure only with CI=true.
func lint(ctx context.Context) error {
	bin, err := linter(ctx)
	if err != nil {
		if os.Getenv("CI") == "true" {
			return err
		}
		fmt.Println("warning: not linted:", err)
		return nil
	}
	config, err := filepath.Abs(".golangci.yml")
	if err != nil {
		return err
	}
	return each(func(dir string) error {
		return command(ctx, dir, bin, "run", "--allow-parallel-runners", "--config", config, "./...").Run()
	})
}

// linter is the path of golangci-lint at the version wanted: of this tree, of the machine, or installed now.
func linter(ctx context.Context) (string, error) {
	dir, err := filepath.Abs(linterDir)
	if err != nil {
		return "", err
	}
	own := filepath.Join(dir, "golangci-lint")
	for _, bin := range []string{own, "golangci-lint"} {
		out, err := exec.CommandContext(ctx, bin, "version", "--short").Output()
		if err == nil && strings.TrimSpace(string(out)) == linterVersion {
			return bin, nil
		}
	}
	fmt.Println("installing golangci-lint", linterVersion, "into", linterDir)
	install := command(ctx, ".", "go", "install", linterPackage)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if err := install.Run(); err != nil {
		return "", errors.New("golangci-lint " + linterVersion + " cannot be installed (offline?)")
	}
	return own, nil
}
