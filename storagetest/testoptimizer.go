package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// TestOptimizer tests an optimizer against the contract of blobdownload.Optimizer. It returns nil, or one error
// with a line for each broken clause. file returns the file with a key in a storage that the optimizer offloads.
// The file must exist only if the optimizer looks it up. file must be safe for concurrent use.
func TestOptimizer(o blobdownload.Optimizer, file func(key string) *wrapper.File) error {
	if o == nil || file == nil {
		return errors.New("storagetest: TestOptimizer of a nil optimizer, or without files")
	}
	c := &optimizerCheck{o: o, file: file}
	var errs []error
	for _, cl := range []struct {
		name string
		test func() error
	}{
		{"takes", c.takes},
		{"status", c.status},
		{"transfer-fields", c.transferFields},
		{"head", c.head},
		{"opens-nothing", c.opensNothing},
		{"leaves-download", c.leavesDownload},
		{"leaves-request", c.leavesRequest},
		{"configured-by-code", c.configuredByCode},
		{"odd-keys", c.oddKeys},
		{"keys-apart", c.keysApart},
		{"parallel", c.parallel},
	} {
		if err := recoverError(cl.test); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", cl.name, err))
			if cl.name == "takes" {
				break
			}
		}
	}
	return errors.Join(errs...)
}

func recoverError(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return f()
}

type optimizerCheck struct {
	o    blobdownload.Optimizer
	file func(key string) *wrapper.File
}

const plainKey = "docs/a.txt"

func request(method string) *http.Request {
	r, _ := http.NewRequestWithContext(context.Background(), method, "http://example.test/d/a.txt", http.NoBody)
	return r
}

// optimize calls the optimizer with a download of a key.
func (c *optimizerCheck) optimize(r *http.Request, key string) (*blobdownload.Redirect, error) {
	to, err := c.o.Optimize(r, &blobdownload.Download{File: c.file(key)})
	if err != nil && to != nil {
		return nil, fmt.Errorf("both a redirect and an error: %w", err)
	}
	return to, err
}

func (c *optimizerCheck) takes() error {
	to, err := c.optimize(request(http.MethodGet), plainKey)
	if err == nil && to == nil {
		err = fmt.Errorf("a plain GET of %q was not offloaded, so nothing can be tested", plainKey)
	}
	return err
}

func (c *optimizerCheck) status() error {
	to, err := c.optimize(request(http.MethodGet), plainKey)
	if err != nil {
		return err
	}
	location := to.Header.Get("Location")
	switch to.Status {
	case 0, http.StatusOK:
		if location != "" {
			return fmt.Errorf("a 200 with a Location %q", location)
		}
		if len(to.Header) == 0 {
			return errors.New("a 200 without a field names no file")
		}
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		if location == "" {
			return fmt.Errorf("a %d without a Location", to.Status)
		}
	default:
		return fmt.Errorf("status %d: a redirect is 200, 302, 303 or 307, never a permanent one", to.Status)
	}
	return nil
}

// transferFields rejects fields that only the server of the bytes can set.
func (c *optimizerCheck) transferFields() error {
	to, err := c.optimize(request(http.MethodGet), plainKey)
	if err != nil {
		return err
	}
	for name := range to.Header {
		switch http.CanonicalHeaderKey(name) {
		case "Content-Length", "Content-Range", "Transfer-Encoding", "Connection":
			return fmt.Errorf("sets %s, which only the server of the bytes can set", name)
		}
	}
	return nil
}

func (c *optimizerCheck) head() error {
	get, err := c.optimize(request(http.MethodGet), plainKey)
	if err != nil {
		return err
	}
	head, err := c.optimize(request(http.MethodHead), plainKey)
	if err != nil || head == nil {
		return err // the application may answer HEAD itself
	}
	if head.Status != get.Status || !slices.Equal(fieldNames(head), fieldNames(get)) {
		return fmt.Errorf("HEAD returns %d %v, GET %d %v", head.Status, fieldNames(head), get.Status, fieldNames(get))
	}
	return nil
}

func fieldNames(to *blobdownload.Redirect) []string { return slices.Sorted(maps.Keys(to.Header)) }

// opensNothing allows one lookup, and no body.
func (c *optimizerCheck) opensNothing() error {
	var requests, inFlight atomic.Int64
	f := c.file(plainKey).WithAdmission(func(context.Context) (func(), error) {
		requests.Add(1)
		inFlight.Add(1)
		return func() { inFlight.Add(-1) }, nil
	})
	if _, err := c.o.Optimize(request(http.MethodGet), &blobdownload.Download{File: f}); err != nil {
		return err
	}
	if inFlight.Load() != 0 {
		return errors.New("left a body open")
	}
	if requests.Load() > 1 {
		return fmt.Errorf("sent %d requests to the storage, want at most 1", requests.Load())
	}
	return nil
}

func (c *optimizerCheck) leavesDownload() error {
	d := &blobdownload.Download{File: c.file(plainKey), Filename: "b.txt", Header: http.Header{"Cache-Control": {"private"}}}
	before := *d
	before.Header = d.Header.Clone()
	if _, err := c.o.Optimize(request(http.MethodGet), d); err != nil {
		return err
	}
	if !reflect.DeepEqual(*d, before) {
		return errors.New("changed the download, which is streamed if no optimizer offloads it")
	}
	return nil
}

func (c *optimizerCheck) leavesRequest() error {
	r := request(http.MethodGet)
	r.Header.Set("Range", "bytes=0-1")
	before := r.Header.Clone()
	u := *r.URL
	if _, err := c.optimize(r, plainKey); err != nil {
		return err
	}
	if !reflect.DeepEqual(r.Header, before) || *r.URL != u {
		return errors.New("changed the request")
	}
	return nil
}

// configuredByCode sends the fields with which a request selects the file in other libraries (CVE-2025-61780).
func (c *optimizerCheck) configuredByCode() error {
	const mark = "storagetest-injected"
	r := request(http.MethodGet)
	for _, name := range []string{
		"X-Accel-Mapping", "X-Accel-Redirect", "X-Sendfile", "X-Sendfile-Type", "X-Lighttpd-Send-File",
		"X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "X-Original-Url", "X-Rewrite-Url",
	} {
		r.Header.Set(name, "/=/"+mark+"/")
	}
	to, err := c.optimize(r, plainKey)
	if err != nil || to == nil {
		return err
	}
	for name, values := range to.Header {
		if strings.Contains(strings.Join(values, "\n"), mark) {
			return fmt.Errorf("%s contains the value of a request field: %q", name, values)
		}
	}
	return nil
}

var oddKeys = []string{
	"a b.txt", "ä.txt", "日本.txt", "a%2fb.txt", "a%.txt", "a?b.txt", "a#b.txt", "a&b=c.txt", "a+b.txt", `a"b.txt`, `a\b.txt`,
	"a;b.txt", "a:b.txt", "a'b.txt", "a\nX-Injected: 1", "a\rb.txt", "a\tb.txt", "a\x00b.txt", "a\x7fb.txt",
}

// oddKeys expects field values without control characters (RFC 9110 section 5.5), or nil.
func (c *optimizerCheck) oddKeys() error {
	for _, key := range oddKeys {
		to, err := c.optimize(request(http.MethodGet), key)
		if err != nil || to == nil {
			continue
		}
		for name, values := range to.Header {
			for _, v := range values {
				if strings.ContainsFunc(v, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
					return fmt.Errorf("key %q: %s has a control character: %q", key, name, v)
				}
			}
		}
	}
	return nil
}

// keysApart expects a different redirect for every key. A missing or second escape would send a wrong file.
func (c *optimizerCheck) keysApart() error {
	seen := map[string]string{}
	for _, key := range append([]string{plainKey, "docs/b.txt", "a%20b.txt", "a%252fb.txt", "%C3%A4.txt"}, oddKeys...) {
		to, err := c.optimize(request(http.MethodGet), key)
		if err != nil || to == nil {
			continue
		}
		answer := fmt.Sprint(to.Header)
		if other, twice := seen[answer]; twice {
			return fmt.Errorf("keys %q and %q have the same redirect %v", other, key, to.Header)
		}
		seen[answer] = key
	}
	return nil
}

func (c *optimizerCheck) parallel() error {
	errs := make([]error, parallelReaders)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = recoverError(func() error {
				_, err := c.optimize(request(http.MethodGet), plainKey)
				return err
			})
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
