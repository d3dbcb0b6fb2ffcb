package blobdownload

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// directory returns the path that a URL names, as fileblob reads it.
func directory(u *url.URL) string {
	path := u.Path
	if u.Host == "." || os.PathSeparator != '/' {
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.FromSlash(path)
}

// reservedByDirectory refuses the keys under which fileblob keeps what it knows of others.
func reservedByDirectory(key string) error {
	if strings.HasSuffix(key, ".attrs") {
		return fmt.Errorf("key %q is reserved in a directory", key)
	}
	return nil
}

// checkDirectory reads a directory's first entry: a listing by fileblob passes over what it cannot read,
// so a directory that is closed to us, or gone, looks empty.
func checkDirectory(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := dir.Readdirnames(1); err != nil && err != io.EOF {
		return err
	}
	return nil
}
