package network_test

import (
	"net/http"
	"testing"

	"gocloud.dev/blob"
)

// store is a running server of a cloud, or the emulator that comes closest to it.
type store interface {
	// addr is the host and port that it listens on.
	addr() string

	// open opens its bucket by another address that leads there.
	open(t *testing.T, addr string, way *http.Transport) *blob.Bucket

	// put stores an object such that the store keeps a checksum of the whole.
	put(t testing.TB, key string, content []byte)
}

// stores start one each, and skip where its server is missing.
var stores = []struct {
	name  string
	start func(t *testing.T) store
	apart bool // in another process, whose memory and goroutines are not the test's
}{
	{"s3", startS3, true},
	{"gcs", startGCS, false},
	{"azure", startAzure, true},
}

func eachStore(t *testing.T, test func(t *testing.T, s store)) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) { test(t, s.start(t)) })
	}
}

// eachStoreApart runs a test that measures memory.
func eachStoreApart(t *testing.T, test func(t *testing.T, s store)) {
	for _, s := range stores {
		if s.apart {
			t.Run(s.name, func(t *testing.T) { test(t, s.start(t)) })
		}
	}
}
