package wrapper

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// directory is where a fileblob bucket stores its objects. Files dir.go and directory.go and internal/diskname are the
// only code that depends on fileblob's layout.
//
// The path may disappear, as on a disconnected volume, and another directory may be renamed to it. The directory at the
// path is therefore compared with the open one before each use.
type directory struct {
	path   string
	prefix string // of every key, for a bucket opened with ?prefix=

	mu     sync.RWMutex // held while root is used
	root   *os.Root
	opened fs.FileInfo // of root
	closed bool

	warned sync.Map // names of files whose attributes are invalid
	count  int      // of warned
}

// openDirectory opens the directory of a file:// URL. It returns nil for other URLs and for ?key=, a bucket of one key.
func openDirectory(u *url.URL) (*directory, error) {
	if u.Scheme != "file" || u.Query().Has("key") {
		return nil, nil //nolint:nilnil // no directory is no error
	}
	path := u.Path
	if u.Host == "." || os.PathSeparator != '/' { // as fileblob reads the URL
		path = strings.TrimPrefix(path, "/")
	}
	path, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return nil, err
	}
	d := &directory{path: path, prefix: u.Query().Get("prefix")}
	if d.root, d.opened, err = openRoot(d.path); err != nil {
		return nil, err
	}
	return d, nil
}

func openRoot(path string) (*os.Root, fs.FileInfo, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, nil, err
	}
	opened, err := root.Stat(".")
	if err != nil {
		_ = root.Close()
		return nil, nil, err
	}
	return root, opened, nil
}

// use calls f with the root of the directory that is at the path now.
func (d *directory) use(f func(rootFS) error) error {
	at, err := os.Stat(d.path)
	if err == nil && !at.IsDir() {
		err = fmt.Errorf("%s: not a directory", d.path)
	}
	if err != nil {
		return &directoryError{err.Error()}
	}
	d.mu.RLock()
	if !d.closed && !os.SameFile(at, d.opened) {
		d.mu.RUnlock()
		if err := d.reopen(); err != nil {
			return &directoryError{err.Error()}
		}
		d.mu.RLock()
	}
	defer d.mu.RUnlock()
	if d.closed {
		return fs.ErrClosed
	}
	return f(rootFS{d.root})
}

// reopen replaces the root with that of the directory at the path.
func (d *directory) reopen() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fs.ErrClosed
	}
	root, opened, err := openRoot(d.path)
	if err != nil {
		return err
	}
	_ = d.root.Close()
	d.root, d.opened = root, opened
	return nil
}

func (d *directory) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return d.root.Close()
}

// directoryError reports a directory that is gone. It wraps no error: a missing directory is no missing file.
type directoryError struct{ cause string }

func (e *directoryError) Error() string {
	return "directory of the bucket is not available: " + e.cause
}

// HTTPStatus returns 503: the directory may be back soon.
func (e *directoryError) HTTPStatus() int { return http.StatusServiceUnavailable }

// Open implements fs.FS.
func (d *directory) Open(name string) (file fs.File, err error) {
	err = d.use(func(root rootFS) (err error) {
		file, err = root.Open(name)
		return err
	})
	return file, err
}

// Stat implements fs.StatFS.
func (d *directory) Stat(name string) (fi fs.FileInfo, err error) {
	err = d.use(func(root rootFS) (err error) {
		fi, err = root.Stat(name)
		return err
	})
	return fi, err
}

// check reads the directory's first entry.
func (d *directory) check() error {
	if _, err := os.Stat(d.path); err != nil {
		return err
	}
	dir, err := d.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := dir.(*os.File).Readdirnames(1); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// attributesSuffix is the end of the name of the file in which fileblob stores the attributes of another.
const attributesSuffix = ".attrs"

// digestsAreStale reports whether a file was written after its attributes, which fileblob writes last.
func (d *directory) digestsAreStale(name string, written time.Time) bool {
	attributes, err := d.Stat(name + attributesSuffix)
	return err != nil || written.After(attributes.ModTime())
}

// maxWarned bounds the files whose invalid attributes are logged.
const maxWarned = 1000

// warnAttributes logs once that the attributes of a file cannot be read.
func (d *directory) warnAttributes(ctx context.Context, name string, err error) {
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

// checkFileURL rejects a file:// URL with a host, which fileblob ignores: it is the first element of the intended path.
func checkFileURL(u *url.URL) error {
	switch u.Host {
	case "", ".", "localhost":
		return nil
	}
	if u.Scheme != "file" {
		return nil
	}
	return fmt.Errorf("file URL: %q was taken for a host: write file:///%s", u.Host, u.Host+u.EscapedPath())
}
