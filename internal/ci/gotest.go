package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// tests runs the tests of every module in dirs, reading what they report into r.
func tests(ctx context.Context, r *report, dirs []string, flags ...string) error {
	args := append([]string{"test", "-json", "-shuffle=on"}, flags...)
	var failed []string
	for _, dir := range dirs {
		cmd := command(ctx, dir, "go", append(args, "./...")...)
		cmd.Stdout = nil
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		readErr := r.read(os.Stdout, out)
		if err := cmd.Wait(); err != nil || readErr != nil {
			failed = append(failed, dir)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("tests failed in %s", strings.Join(failed, ", "))
	}
	return nil
}

// race is the flag of the race detector, or none without cgo or a C compiler.
func race(ctx context.Context) []string {
	cc, _, _ := strings.Cut(goenv(ctx, "CC"), " ")
	if _, err := exec.LookPath(cc); err != nil || goenv(ctx, "CGO_ENABLED") == "0" {
		fmt.Println("no C compiler or no cgo: the tests run without the race detector")
		return nil
	}
	return []string{"-race"}
}
