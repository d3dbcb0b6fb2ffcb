package main

import (
	"context"
	"path/filepath"
)

// lint runs golangci-lint on every module. If it cannot be installed, that is a failure only with CI=true.
func lint(ctx context.Context) error {
	bin, err := golangciLint.path(ctx)
	if err != nil {
		return optional("not linted", err)
	}
	config, err := filepath.Abs(".golangci.yml")
	if err != nil {
		return err
	}
	return each(func(dir string) error {
		return command(ctx, dir, bin, "run", "--allow-parallel-runners", "--config", config, "./...").Run()
	})
}
