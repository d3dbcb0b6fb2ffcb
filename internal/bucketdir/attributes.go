package bucketdir

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

// attributesSuffix is the end of the name of the file in which fileblob stores the attributes of another.
const attributesSuffix = ".attrs"

// CheckKey rejects the keys under which fileblob stores the attributes of other keys.
func CheckKey(key string) error {
	if strings.HasSuffix(key, attributesSuffix) {
		return fmt.Errorf("key %q is reserved in a directory: %w", key, fs.ErrNotExist)
	}
	return nil
}

// DigestsAreStale reports whether a file was written after its attributes, which fileblob writes last.
func (d *Directory) DigestsAreStale(name string, written time.Time) bool {
	attributes, err := d.Stat(name + attributesSuffix)
	return err != nil || written.After(attributes.ModTime())
}

// maxWarned bounds the files whose invalid attributes are logged.
const maxWarned = 1000

// WarnAttributes logs once that the attributes of a file cannot be read.
func (d *Directory) WarnAttributes(ctx context.Context, name string, err error) {
	if _, before := d.warned.Load(name); before {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, before := d.warned.LoadOrStore(name, true); before || d.count == maxWarned {
		return
	}
	d.count++
	slog.WarnContext(ctx, "invalid attributes of a file; serving it without them",
		"attributes", filepath.Join(d.path, filepath.FromSlash(name))+attributesSuffix, "error", err)
}
