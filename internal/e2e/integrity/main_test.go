package integrity_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"go.uber.org/goleak"
)

var (
	flips = flag.Int("flips", 3, "flipped downloads of each object")
	sizes = flag.String("sizes", "16", "sizes of objects in MiB, separated by commas")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// random returns n bytes, which depend on n only.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n >> 20)}).Read(b)
	return b
}
