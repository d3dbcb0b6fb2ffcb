package main

import (
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The buckets of the store. All have the same objects.
const (
	plainBucket  = "bench"
	slowBucket   = "bench-20ms"      // each response begins after 20 ms
	cappedBucket = "bench-capped"    // as slowBucket, and a connection has 20 MiB/s
	crc32Bucket  = "bench-crc32"     // stores a CRC-32 of each object
	crc64Bucket  = "bench-crc64nvme" // stores a CRC-64/NVME of each object, S3's default
)

const (
	storeDelay = 20 * time.Millisecond
	storeRate  = 20 << 20 // bytes a second
)

// store answers as S3 does, without checking signatures, from a directory. A key may end with "@" and any text, which names
// another object of the same content.
type store struct {
	dir  string
	sums sync.Map // field value, by algorithm and name
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket := strings.Split(r.URL.Path, "/")[1]
	if r.URL.Query().Has("list-type") || r.URL.Query().Has("delimiter") {
		s.list(w)
		return
	}
	name, _, _ := strings.Cut(filepath.Base(r.URL.Path), "@")
	f, err := os.Open(filepath.Join(s.dir, name))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Etag", tag(fi.Size()))
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Amz-Request-Id", "bench")
	switch bucket {
	case slowBucket:
		time.Sleep(storeDelay)
	case cappedBucket:
		time.Sleep(storeDelay)
		w = &cappedWriter{ResponseWriter: w, start: time.Now()}
	case crc32Bucket, crc64Bucket:
		if r.Header.Get("Range") == "" && r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" {
			sum, err := s.checksum(bucket, f)
			if err != nil {
				http.Error(w, "", http.StatusInternalServerError)
				return
			}
			h.Set("X-Amz-Checksum-"+strings.TrimPrefix(bucket, "bench-"), sum)
			h.Set("X-Amz-Checksum-Type", "FULL_OBJECT")
		}
	}
	http.ServeContent(w, r, "", fi.ModTime(), f)
}

// list responds with the list of all objects, which are in no folder.
func (s *store) list(w http.ResponseWriter) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, "<ListBucketResult><IsTruncated>false</IsTruncated>")
	for _, f := range files {
		if fi, err := f.Info(); err == nil {
			_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size><ETag>%s</ETag><LastModified>%s</LastModified></Contents>",
				f.Name(), fi.Size(), tag(fi.Size()), fi.ModTime().UTC().Format(time.RFC3339))
		}
	}
	_, _ = io.WriteString(w, "</ListBucketResult>")
}

// tag is the entity-tag of an object, in the form of a multipart upload: it is no checksum that a client would verify.
func tag(size int64) string { return fmt.Sprintf("%q", fmt.Sprintf("%032x-2", size)) }

// checksum returns the checksum of a file, which it computes once.
func (s *store) checksum(bucket string, f *os.File) (string, error) {
	key := bucket + "/" + f.Name()
	if sum, ok := s.sums.Load(key); ok {
		return sum.(string), nil
	}
	var h hash.Hash = crc32.NewIEEE()
	if bucket == crc64Bucket {
		h = crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5))
	}
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	sum := base64.StdEncoding.EncodeToString(h.Sum(nil))
	s.sums.Store(key, sum)
	_, err := f.Seek(0, io.SeekStart)
	return sum, err
}

// cappedWriter writes storeRate bytes a second.
type cappedWriter struct {
	http.ResponseWriter
	start time.Time
	sent  int64
}

func (w *cappedWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.sent += int64(n)
	time.Sleep(time.Until(w.start.Add(time.Duration(w.sent) * time.Second / storeRate)))
	return n, err
}
