package storagetest_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

var _ = flag.Bool("update", false, "write testdata/trace anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
