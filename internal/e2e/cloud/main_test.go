package cloud_test

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
