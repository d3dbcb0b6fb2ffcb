// The tests named after a D and a number are for the measured defects of the system from which this library
// descends. The comment of each test describes the defect.
package blobdownload_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
