package upstream

import (
	"fmt"
	"io/fs"
	"time"
)

// FoundVersion returns the version that was current at a time. The error for "" satisfies errors.Is(err, fs.ErrNotExist).
func FoundVersion(version string, at time.Time) (string, error) {
	if version == "" {
		return "", fmt.Errorf("no version at %s: %w", at.UTC().Format(time.RFC3339), fs.ErrNotExist)
	}
	return version, nil
}
