// Package network_test downloads large objects via a bad network to the storage: dropped, corrupted, slow and aborted
// connections.
package network_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start")) // which the SDK of GCS starts
}
