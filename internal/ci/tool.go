package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// toolDir is the directory of the programs that are built for the checks, seen from the root of the repository.
const toolDir = ".cache/bin"

// tool is a program in Go, pinned to a version.
type tool struct{ name, pkg, version string }

var (
	golangciLint = tool{"golangci-lint", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint", "v2.15.0"}
	govulncheck  = tool{"govulncheck", "golang.org/x/vuln/cmd/govulncheck", "v1.9.0"}
	apidiff      = tool{"apidiff", "golang.org/x/exp/cmd/apidiff", "v0.0.0-20261113113407-e3970619a1a4"}

	// Debian's Caddy is too old. Its build takes a minute or two.
	caddy = tool{"caddy", "github.com/caddyserver/caddy/v2/cmd/caddy", "v2.11.9"}

	// MinIO's release tags are no Go versions. Its licence is the AGPL: it runs as a process of its own and is never
	// imported. Its build takes four minutes.
	minio = tool{"minio", "github.com/minio/minio", "v0.0.0-20260212201848-7aac2a2c5b7c"}
)

// path returns the absolute path of the tool, which is built unless toolDir or PATH has its version.
func (t tool) path(ctx context.Context) (string, error) {
	dir, err := filepath.Abs(toolDir)
	if err != nil {
		return "", err
	}
	own := filepath.Join(dir, t.name)
	if builtAt(own) == t.version {
		return own, nil
	}
	if found, err := exec.LookPath(t.name); err == nil && builtAt(found) == t.version {
		return filepath.Abs(found)
	}
	fmt.Println("installing", t.name, t.version, "into", toolDir)
	install := command(ctx, ".", "go", "install", t.pkg+"@"+t.version)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if err := install.Run(); err != nil {
		return "", fmt.Errorf("%s %s cannot be installed (offline?): %w", t.name, t.version, err)
	}
	return own, nil
}

// builtAt returns the version of the main module that a Go program was built from, or "" where there is none.
func builtAt(program string) string {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return ""
	}
	return info.Main.Version
}

// optional turns the error of a preparation into a warning, unless CI=true.
func optional(what string, err error) error {
	if err == nil || os.Getenv("CI") == "true" {
		return err
	}
	fmt.Printf("warning: %s: %v\n", what, err)
	return nil
}
