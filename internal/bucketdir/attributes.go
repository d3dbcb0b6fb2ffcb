package bucketdir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/localfile"
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

// Attributes are the metadata that fileblob stores beside a file.
type Attributes struct {
	CacheControl       string `json:"user.cache_control"`
	ContentDisposition string `json:"user.content_disposition"`
	ContentEncoding    string `json:"user.content_encoding"`
	ContentLanguage    string `json:"user.content_language"`
	ContentType        string `json:"user.content_type"`
	MD5                []byte `json:"md5"`
}

// maxAttributes is the longest file of attributes in bytes that is read.
const maxAttributes = 1 << 20

// noAttributes are those of a file without any: a media type, as in fileblob.
var noAttributes = &Attributes{ContentType: "application/octet-stream"}

// ReadAttributes returns the attributes of a file that was written at a time, which the caller does not change. An MD5 that
// is older than the file is left out: fileblob writes attributes last.
func ReadAttributes(root localfile.Root, name string, written time.Time) (*Attributes, error) {
	f, err := root.Open(name + attributesSuffix)
	if err == nil {
		return decodeAttributes(f, written)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return noAttributes, nil
	}
	return nil, err
}

// decodeAttributes reads a file of attributes, and closes it.
func decodeAttributes(f fs.File, written time.Time) (*Attributes, error) {
	defer f.Close()
	a := new(Attributes)
	if err := json.NewDecoder(io.LimitReader(f, maxAttributes)).Decode(a); err != nil {
		return nil, err
	}
	if a.MD5 != nil {
		fi, err := f.Stat()
		if err != nil || written.After(fi.ModTime()) {
			a.MD5 = nil
		}
	}
	return a, nil
}

// maxWarned bounds the files whose invalid attributes are logged.
const maxWarned = 1000

// WarnAttributes logs once that the attributes of a file cannot be read.
func (d *Directory) WarnAttributes(ctx context.Context, name string, err error) {
	if _, before := d.warned.Load(name); before {
		return
	}
	d.warning.Lock()
	defer d.warning.Unlock()
	if _, before := d.warned.LoadOrStore(name, true); before || d.count == maxWarned {
		return
	}
	d.count++
	slog.WarnContext(ctx, "invalid attributes of a file; serving it without them",
		"attributes", filepath.Join(d.path, filepath.FromSlash(name))+attributesSuffix, "error", err)
}
