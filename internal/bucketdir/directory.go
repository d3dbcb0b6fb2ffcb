package bucketdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-downloadview/downloadview/internal/diskname"
	"github.com/go-downloadview/downloadview/internal/localfile"
)

// Directory is the directory of a bucket.
//
// The path may disappear, as on a disconnected volume, and another directory may be renamed to it. The directory at the
// path is therefore compared with the open one before each use.
type Directory struct {
	path   string
	prefix string // of every key, for a bucket opened with ?prefix=

	mu     sync.RWMutex // held while root is used
	root   *os.Root
	opened fs.FileInfo // of root
	closed bool

	warned  sync.Map   // names of files whose attributes are invalid
	warning sync.Mutex // guards count
	count   int        // of warned
}

// CheckURL rejects a file:// URL of which fileblob would open another directory than the intended one. It ignores a host and
// a fragment, and opens the working directory for a URL without a path.
func CheckURL(u *url.URL) error {
	if u.Scheme != "file" {
		return nil
	}
	switch u.Host {
	case "", ".", "localhost":
	default:
		return fmt.Errorf("file URL: %q was taken for a host: write file:///%s", u.Host, u.Host+u.EscapedPath())
	}
	switch {
	case u.Opaque != "":
		return fmt.Errorf("file URL: %q is no rooted path: write file://./%s", u.Opaque, strings.TrimPrefix(u.Opaque, "./"))
	case u.Fragment != "":
		return fmt.Errorf("file URL: %q was taken for a fragment: write %%23 for #", u.Fragment)
	case u.Path == "" && u.Host != ".":
		return errors.New("file URL: no path: write file:///…")
	}
	return nil
}

// Open opens the directory of a file:// URL. It returns nil for other URLs and for ?key=, a bucket of one key.
func Open(u *url.URL) (*Directory, error) {
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
	d := &Directory{path: path, prefix: u.Query().Get("prefix")}
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

// Acquire returns the root of the directory that is at the path now. Unless it returns an error, the root is usable until
// Release.
func (d *Directory) Acquire() (localfile.Root, error) {
	at, err := os.Stat(d.path)
	if err == nil && !at.IsDir() {
		err = fmt.Errorf("%s: not a directory", d.path)
	}
	if err != nil {
		return localfile.Root{}, &directoryError{err.Error()}
	}
	d.mu.RLock()
	if !d.closed && !os.SameFile(at, d.opened) {
		d.mu.RUnlock()
		if err := d.reopen(); err != nil {
			return localfile.Root{}, &directoryError{err.Error()}
		}
		d.mu.RLock()
	}
	if d.closed {
		d.mu.RUnlock()
		return localfile.Root{}, fs.ErrClosed
	}
	return localfile.Root{Dir: d.root}, nil
}

// Release ends the use of the root that Acquire has returned.
func (d *Directory) Release() { d.mu.RUnlock() }

// reopen replaces the root with that of the directory at the path.
func (d *Directory) reopen() error {
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

// Name returns the name of the file that holds the object of a key.
func (d *Directory) Name(key string) string { return diskname.OfKey(d.prefix + key) }

// Close closes the directory. Its use fails with fs.ErrClosed then.
func (d *Directory) Close() error {
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
func (d *Directory) Open(name string) (fs.File, error) {
	root, err := d.Acquire()
	if err != nil {
		return nil, err
	}
	defer d.Release()
	return root.Open(name)
}

// Stat implements fs.StatFS.
func (d *Directory) Stat(name string) (fs.FileInfo, error) {
	root, err := d.Acquire()
	if err != nil {
		return nil, err
	}
	defer d.Release()
	return root.Stat(name)
}

// Check reads the directory's first entry.
func (d *Directory) Check() error {
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
