package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const modulePath = "github.com/go-downloadview/downloadview"

// compatible compares the exported API with the last release's.
//
// From v1 on, an incompatible change is a failure. Before v1, it is a failure unless the changelog states it.
func compatible(ctx context.Context) error {
	tag, err := lastRelease(ctx, ".")
	if err != nil {
		return err
	}
	if tag == "" {
		fmt.Println("no release is tagged yet: there is no API to compare with")
		return nil
	}
	bin, err := apidiff.path(ctx)
	if err != nil {
		return optional("API not compared with "+tag, err)
	}
	changes, err := incompatible(ctx, bin, tag)
	if err != nil || changes == "" {
		return err
	}
	fmt.Printf("incompatible with %s:\n%s", tag, changes)
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	return permitted(tag, string(changelog))
}

// lastRelease returns the newest release tag among the ancestors of HEAD, or "" where there is none.
func lastRelease(ctx context.Context, dir string) (string, error) {
	cmd := command(ctx, dir, "git", "-c", "versionsort.suffix=-", "tag", "--merged", "HEAD", "--list", "v*", "--sort=-version:refname")
	cmd.Stdout = nil
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git tag: %w", err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first, nil
}

// incompatible returns apidiff's list of the incompatible changes since tag.
func incompatible(ctx context.Context, bin, tag string) (string, error) {
	tmp, err := os.MkdirTemp("", "apidiff")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	released, api := filepath.Join(tmp, "released"), filepath.Join(tmp, "api")
	clone := command(ctx, ".", "git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--shared", "--branch", tag, ".", released)
	if err := clone.Run(); err != nil {
		return "", fmt.Errorf("git clone at %s: %w", tag, err)
	}
	if _, err := quiet(ctx, released, bin, "-m", "-w", api, modulePath); err != nil {
		return "", err
	}
	return quiet(ctx, ".", bin, "-m", "-incompatible", api, modulePath)
}

// quiet returns a command's output. Its error has what the command wrote to the standard error.
func quiet(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := command(ctx, dir, name, args...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = nil, &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(name), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), nil
}

// permitted reports as an error that an incompatible change since tag may not be released.
func permitted(tag, changelog string) error {
	if !strings.HasPrefix(tag, "v0.") {
		return errors.New("apidiff: an incompatible change needs a new major version")
	}
	_, unreleased, _ := strings.Cut(changelog, "\n## [Unreleased]\n")
	unreleased, _, _ = strings.Cut(unreleased, "\n## ")
	for _, heading := range []string{"### Changed\n", "### Removed\n"} {
		if strings.Contains(unreleased, heading) {
			return nil
		}
	}
	return errors.New("apidiff: state the incompatible change in CHANGELOG.md: [Unreleased] has neither Changed nor Removed")
}
