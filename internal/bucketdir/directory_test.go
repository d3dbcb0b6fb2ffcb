package bucketdir_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/bucketdir"
)

// openDirectory opens the directory of a bucket with the given query.
func openDirectory(t testing.TB, dir, query string) *bucketdir.Directory {
	t.Helper()
	d, err := bucketdir.Open(&url.URL{Scheme: "file", Path: filepath.ToSlash(dir), RawQuery: query})
	require.NoError(t, err)
	require.NotNil(t, d)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestDirectoryAtThePathIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bucket")
	put := func(name string) {
		require.NoError(t, os.Mkdir(path, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(path, name), nil, 0o600))
	}
	put("old")
	d := openDirectory(t, path, "")
	_, err := d.Stat("old")
	require.NoError(t, err)
	require.NoError(t, d.Check())

	require.NoError(t, os.Rename(path, path+".away"))
	_, err = d.Stat("old")
	require.Error(t, err)
	require.NotErrorIs(t, err, fs.ErrNotExist, "a missing directory is no missing file")
	var status interface{ HTTPStatus() int }
	require.ErrorAs(t, err, &status)
	assert.Equal(t, 503, status.HTTPStatus())
	require.ErrorIs(t, d.Check(), fs.ErrNotExist)

	put("new")
	_, err = d.Stat("new")
	require.NoError(t, err)
	_, err = d.Open("old")
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, d.Close())
	_, err = d.Stat("new")
	require.ErrorIs(t, err, fs.ErrClosed)
}

func TestOpenReadsTheURLOfABucket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assert.Equal(t, "in/a__0x2f__", openDirectory(t, dir, "prefix=in/").Name("a/"))
	for _, raw := range []string{"mem://", "file://" + dir + "?key=a"} {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		d, err := bucketdir.Open(u)
		require.NoError(t, err, raw)
		assert.Nil(t, d, raw)
	}
	_, err := bucketdir.Open(&url.URL{Scheme: "file", Path: filepath.Join(dir, "missing")})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestCheckURLRejectsAHost(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"file:///srv/docs":          "",
		"file://./docs":             "",
		"file://localhost/srv/docs": "",
		"file://.":                  "", // the working directory, on purpose
		"file:///srv/a%23b":         "",
		"mem://":                    "",
		"mem:x#y":                   "",
		"s3://docs":                 "",
		"file://srv/docs":           `file URL: "srv" was taken for a host: write file:///srv/docs`,
		"file:docs":                 `file URL: "docs" is no rooted path: write file://./docs`,
		"file:./docs":               `file URL: "./docs" is no rooted path: write file://./docs`,
		"file:///srv/a#b":           `file URL: "b" was taken for a fragment: write %23 for #`,
		"file://":                   "file URL: no path: write file:///…",
		"file://localhost":          "file URL: no path: write file:///…",
		"file:?prefix=a/":           "file URL: no path: write file:///…",
	} {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		if err = bucketdir.CheckURL(u); want == "" {
			require.NoError(t, err, raw)
		} else {
			require.EqualError(t, err, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	require.NoError(t, bucketdir.CheckKey("a.txt"))
	require.ErrorIs(t, bucketdir.CheckKey("a.txt.attrs"), fs.ErrNotExist)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.attrs")
	require.NoError(t, os.WriteFile(file, []byte(`{"user.content_type":"text/plain","user.metadata":{"k":"v"},"md5":"AQI="}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "invalid.attrs"), []byte(`{`), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "directory.attrs"), 0o700))
	written := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(file, written, written))
	read := func(name string, written time.Time) (*bucketdir.Attributes, error) {
		d := openDirectory(t, dir, "")
		root, err := d.Acquire()
		require.NoError(t, err)
		defer d.Release()
		return bucketdir.ReadAttributes(root, name, written)
	}
	a, err := read("a", written.Add(-time.Second))
	require.NoError(t, err)
	assert.Equal(t, &bucketdir.Attributes{ContentType: "text/plain", MD5: []byte{1, 2}}, a)
	a, err = read("a", written.Add(time.Second))
	require.NoError(t, err)
	assert.Equal(t, &bucketdir.Attributes{ContentType: "text/plain"}, a, "the file was written after its MD5")
	a, err = read("b", written)
	require.NoError(t, err)
	assert.Equal(t, &bucketdir.Attributes{ContentType: "application/octet-stream"}, a)
	for _, name := range []string{"invalid", "directory"} {
		_, err = read(name, written)
		require.Error(t, err, name)
	}
}
