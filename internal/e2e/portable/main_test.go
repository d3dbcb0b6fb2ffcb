// Package portable_test tests a bucket that is opened without its provider package: via Go CDK's portable API alone.
package portable_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
