// Package providers_test runs the contract, faults and costs of wrapper/s3, wrapper/gcs and wrapper/azure on real servers
// or emulators.
package providers_test

import (
	"io/fs"
	"testing"

	"go.uber.org/goleak"
)

var fsErrNotExist = fs.ErrNotExist

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}
