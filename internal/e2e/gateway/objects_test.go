package gateway_test

import (
	"bytes"
	"hash/fnv"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

func readerOf(s string) io.Reader { return strings.NewReader(s) }

// content returns n random bytes, which depend on the key.
func content(key string, n int) []byte {
	h := fnv.New64a()
	h.Write([]byte(key))
	rnd := rand.New(rand.NewPCG(h.Sum64(), 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

// sizes are the sizes of objects, by key.
var sizes = map[string]int{
	"size/empty.bin":  0,
	"size/one.bin":    1,
	"size/page.bin":   4 << 10,
	"size/1MiB.bin":   1 << 20,
	"size/odd.bin":    70_001,
	"text/readme.txt": 11,
}

// oddKeys are keys that must be escaped exactly once: otherwise some layer between the link and the disk reads
// another key.
var oddKeys = []string{
	"a b.txt", " lead.txt", "trail ", "100%.txt", "lit%41.txt", "litA.txt", "lit%20x.txt", "lit x.txt", "a+b.txt",
	"what?.txt", "what", "hash#1.txt", "semi;amp&eq=1.txt", `quo"te.txt`, "apos'trophe.txt", `back\slash.txt`,
	"naïve 日本 x.pdf", "nai\u0308ve.txt", "🎉.txt", "{curly}[square]<angle>|pipe^hat`tick.txt", "~tilde,comma:colon@at!$(*).txt",
	"..name..", "a..b", "...", ".hidden", "deep/er/st/é ü.txt", "dir with blank/x%2Fy.txt",
	strings.Repeat("long", 60) + ".txt", strings.Repeat("many/", 150) + "end.txt",
}

// objects returns the content of every key.
func objects() map[string][]byte {
	all := map[string][]byte{}
	for key, n := range sizes {
		all[key] = content(key, n)
	}
	for _, key := range oddKeys {
		all[key] = content(key, 1000)
	}
	return all
}

// fileBucket returns a directory of plain files and its bucket URL.
func fileBucket(t *testing.T, objects map[string][]byte) (dir, bucketURL string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "bucket")
	require.NoError(t, os.Mkdir(dir, 0o755))
	for key, b := range objects {
		name := filepath.Join(dir, filepath.FromSlash(key))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, b, 0o644))
	}
	return dir, "file://" + dir
}

// s3Bucket starts an S3 server with the objects and returns its bucket URL.
func s3Bucket(t *testing.T, objects map[string][]byte) (s *s3server.Server, bucketURL string) {
	t.Helper()
	s = s3server.Start(t)
	b := s.Bucket(t)
	for key, content := range objects {
		err := b.Upload(t.Context(), key, bytes.NewReader(content), &blob.WriterOptions{ContentType: "application/octet-stream"})
		require.NoError(t, err, "write %q", key)
	}
	bucketURL = s.URL(s3server.BucketName)
	return s, bucketURL
}

// sampleObjects returns the objects of the gateway without -bucket.
func sampleObjects(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		"odd names/季度报告 🎉.txt":            []byte("A name in Chinese with an emoji: the download has the same name.\n"),
		"odd names/invoice_\u202egpj.txt": []byte("The name has the character U+202E, which shows the rest of it backwards.\nThe page escapes it, and the download drops it.\n"),
		"odd names/ends with a blank ":    []byte("The blank at the end of the name is shown, because it is part of the name.\n"),
	}
	root := os.DirFS(filepath.Join(moduleRoot, "examples", "gateway", "sample"))
	require.NoError(t, fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all[name], err = fs.ReadFile(root, name)
		return err
	}))
	return all
}

// escaped returns the path of a key, with every segment percent-encoded once.
func escaped(key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}
