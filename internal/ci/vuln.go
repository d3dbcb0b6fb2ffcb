package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
)

// vulnerabilities runs govulncheck on every module. A reachable vulnerability is a failure.
// If govulncheck cannot be installed, that is a failure only with CI=true.
func vulnerabilities(ctx context.Context) error {
	bin, err := govulncheck.path(ctx)
	if err != nil {
		return optional("not checked for vulnerabilities", err)
	}
	return each(func(dir string) error { return scan(ctx, dir, bin) })
}

// vulnerable is govulncheck's exit status for a reachable vulnerability.
const vulnerable = 3

// scan runs govulncheck on the module in dir. If its database is unreachable, scan warns, also with CI=true.
func scan(ctx context.Context, dir, bin string) error {
	cmd := command(ctx, dir, bin, "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case exited && exit.ExitCode() == vulnerable:
		return errors.New("govulncheck: vulnerable, see above")
	case exited && bytes.Contains(stderr.Bytes(), []byte("fetching vulnerabilities")):
		fmt.Printf("warning: govulncheck: vulnerability database unreachable: %s\n", bytes.TrimSpace(stderr.Bytes()))
		return nil
	}
	return fmt.Errorf("govulncheck: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
}
