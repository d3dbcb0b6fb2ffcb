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

const (
	azuriteVersion = "3.37.0"
	azuriteDir     = ".cache/azurite"
)

// servers installs the servers that Debian does not package: Caddy and Azurite.
func servers(ctx context.Context) error {
	_, err := caddy.path(ctx)
	return errors.Join(err, azurite(ctx))
}

// azurite installs Microsoft's emulator of Azure Blob Storage with npm.
func azurite(ctx context.Context) error {
	if installedAzurite() == azuriteVersion {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("azurite cannot be installed: npm not installed (package npm)")
	}
	fmt.Println("installing azurite", azuriteVersion, "into", azuriteDir)
	err := command(ctx, ".", "npm", "install", "--no-fund", "--no-audit", "--no-save", "--loglevel=error",
		"--prefix", azuriteDir, "azurite@"+azuriteVersion).Run()
	if err != nil {
		return fmt.Errorf("azurite %s cannot be installed (offline?): %w", azuriteVersion, err)
	}
	return nil
}

// installedAzurite returns the version of the Azurite in azuriteDir, or "" where there is none.
func installedAzurite() string {
	file, err := os.ReadFile(filepath.Join(azuriteDir, "node_modules", "azurite", "package.json"))
	if err != nil {
		return ""
	}
	var p struct{ Version string }
	if json.Unmarshal(file, &p) != nil {
		return ""
	}
	return p.Version
}
