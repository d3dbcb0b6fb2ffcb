package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// An npmPackage is installed into its own directory.
type npmPackage struct{ name, version, dir string }

var npmPackages = []npmPackage{
	{"azurite", "3.37.0", ".cache/azurite"},
	{"axe-core", "4.14.1", ".cache/axe"},
	{"hls.js", "1.7.4", ".cache/hls"},        // a player
	{"dynalite", "4.0.0", ".cache/dynalite"}, // an emulator of DynamoDB
}

// servers installs what tests need and Debian does not package: Caddy, Azurite, a player, a database, and axe-core, which
// checks a page's accessibility.
func servers(ctx context.Context) error {
	_, err := caddy.path(ctx)
	for _, p := range npmPackages {
		err = errors.Join(err, p.install(ctx))
	}
	return err
}

func (p npmPackage) install(ctx context.Context) error {
	if p.installed() == p.version {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return fmt.Errorf("%s cannot be installed: npm not installed (package npm)", p.name)
	}
	fmt.Println("installing", p.name, p.version, "into", p.dir)
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	err := command(ctx, ".", "npm", "install", "--no-fund", "--no-audit", "--no-save", "--loglevel=error",
		"--prefix", p.dir, p.name+"@"+p.version).Run()
	if err != nil {
		return fmt.Errorf("%s %s cannot be installed (offline?): %w", p.name, p.version, err)
	}
	return nil
}

// installed returns the version of the package in its directory, or "" where there is none.
func (p npmPackage) installed() string {
	file, err := os.ReadFile(filepath.Join(p.dir, "node_modules", p.name, "package.json"))
	if err != nil {
		return ""
	}
	var described struct{ Version string }
	if json.Unmarshal(file, &described) != nil {
		return ""
	}
	return described.Version
}
