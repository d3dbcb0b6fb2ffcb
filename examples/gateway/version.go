package main

import (
	"runtime/debug"
	"strings"
)

// version returns the version of the module and of Go, and the commit if the build has stored it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "gateway (unknown version)"
	}
	parts := []string{"gateway", info.Main.Version, info.GoVersion}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			parts = append(parts, s.Value)
		}
	}
	return strings.Join(parts, " ")
}
