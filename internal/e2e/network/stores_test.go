package network_test

import (
	"net/http"
	"testing"

	"gocloud.dev/blob"
)

// store is a running storage server, or the closest emulator.
type store interface {
	// addr returns the host and port of the server.
	addr() string

	// open opens the bucket via another address of the server.
	open(t *testing.T, addr string, way *http.Transport) *blob.Bucket

	// put stores an object so that the storage has a checksum of the complete content.
	put(t testing.TB, key string, content []byte)
}

// stores start a server each. A test is skipped if the server is not installed.
var stores = []struct {
	name  string
	start func(t *testing.T) store
	apart bool // runs in another process, so its memory and goroutines do not count
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
