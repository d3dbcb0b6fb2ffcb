package offload_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/diskname"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	corpus "github.com/go-downloadview/downloadview/internal/e2e/conformance/site"
	"github.com/go-downloadview/downloadview/proxy"
)

// forcedByNginx are the cases that nginx fails with its own validators, and the reasons. With the application's
// validators, all of them pass.
var forcedByNginx = map[string]string{
	"bad-mixed-second-reversed": "nginx drops the range that is not valid and serves the other one",
	"ws-after-equals":           "nginx takes a tab in Range for a range that cannot be satisfied",
	"list-empty-first":          "nginx refuses empty members of a Range",
	"list-empty-many":           "nginx refuses empty members of a Range",
	"list-empty-middle":         "nginx refuses empty members of a Range",
	"ovf-last-max-uint64":       "nginx refuses positions beyond 2^63-1",
	"ovf-last-2e64":             "nginx refuses positions beyond 2^63-1",
	"ovf-last-20-digits":        "nginx refuses positions beyond 2^63-1",
	"ovf-last-30-digits":        "nginx refuses positions beyond 2^63-1",
	"ovf-last-2e63-from-1":      "nginx refuses positions beyond 2^63-1",
	"ovf-suffix-2e63":           "nginx refuses positions beyond 2^63-1",
	"digest-repr-200":           "the application hands no digest over, and nginx makes none",
	"digest-repr-empty":         "the application hands no digest over, and nginx makes none",
	"digest-repr-206-suffix":    "the application hands no digest over, and nginx makes none",
	"digest-repr-head":          "the application hands no digest over, and nginx makes none",
	"digest-content-206":        "nginx cuts the part, and makes no digest of it",
	"digest-content-multi-206":  "nginx cuts the parts, and makes no digest of them",
	"inm-weak-server-strong":    "the tag is nginx's own",
	"inm-comma-etag-not-split":  "the tag is nginx's own",
	"inm-comma-etag-pieces":     "the tag is nginx's own",
	"inm-quirky-etag":           "the tag is nginx's own",
	"im-weak-server-opaque":     "the tag is nginx's own",
	"im-weak-server-star":       "the tag is nginx's own",
	"im-comma-etag":             "the tag is nginx's own",
	"ifr-weak-server":           "the tag is nginx's own",
	"ifr-weak-server-opaque":    "the tag is nginx's own",
	"ifr-comma-etag":            "the tag is nginx's own",
	"ims-zone-offset":           "nginx reads dates without their zone",
	"ims-two-members":           "nginx reads the first of two dates",
	"pre-inm-hit-ims-miss":      "nginx wants If-Modified-Since to hold beside If-None-Match",
	"pre-inm-star-ims-old":      "nginx wants If-Modified-Since to hold beside If-None-Match",
	"ius-invalid":               "nginx fails an If-Unmodified-Since that is no date",
	"ius-iso":                   "nginx fails an If-Unmodified-Since that is no date",
	"pre-im-star-ius-fail":      "nginx wants If-Unmodified-Since to hold beside If-Match",
	"head-range":                "nginx obeys Range in a HEAD",
	"head-range-unsat":          "nginx obeys Range in a HEAD",
	"head-range-multi":          "nginx obeys Range in a HEAD",
	"cache-lm-future":           "nginx sends the date of the file, later than now or not",
	"cache-lm-future-range":     "nginx sends the date of the file, later than now or not",
}

// refusedByNginx are the cases that never reach the application, in either mode.
var refusedByNginx = map[string]string{
	"inm-two-lines": "nginx before 1.23 refuses a second line of If-None-Match",
}

// TestCorpus plays the HTTP cases of the conformance tables through nginx, with its own validators and with the
// application's. Exactly the cases of the two lists fail.
func TestCorpus(t *testing.T) {
	t.Parallel()
	tables, err := conformance.Load()
	require.NoError(t, err)
	dir := filesDir(t)
	offered := offerCorpus(t, dir)
	for _, m := range []struct {
		at   string
		says blobdownload.Validators
	}{{"/_files/", blobdownload.ProxyValidators}, {"/_checked/", blobdownload.AppValidators}} {
		var handed atomic.Int64
		x := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: m.at, Keys: proxy.FileBlobKeys}}, Validators: m.says}
		offered.Optimizer = blobdownload.OptimizerFunc(func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
			to, err := x.Optimize(r, d)
			if to != nil {
				handed.Add(1)
			}
			return to, err
		})
		target, err := conformance.TargetOf(frontOf("nginx").start(t, offered.Handler(), dir, ""))
		require.NoError(t, err)
		played := map[string]bool{}
		for i := range tables.HTTP {
			c := &tables.HTTP[i]
			played[c.ID] = true
			wrong := target.Play(t.Context(), c)
			if listed := refusedByNginx[c.ID] != "" || m.says == blobdownload.ProxyValidators && forcedByNginx[c.ID] != ""; listed {
				assert.NotEmpty(t, wrong, "%s %s passes: not forced by nginx (any longer)", m.at, c.ID)
			} else {
				assert.Empty(t, wrong, "%s %s", m.at, c.ID)
			}
		}
		for _, listed := range []map[string]string{forcedByNginx, refusedByNginx} {
			for id := range listed {
				assert.True(t, played[id], "no case %s", id)
			}
		}
		assert.Greater(t, int(handed.Load()), len(tables.HTTP)/2, m.at)
	}
	checkPart(t, 2, forcedTable(len(tables.HTTP)))
}

func forcedTable(cases int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nWritten by `go test ./offload -run TestCorpus -update` in internal/e2e. All %d cases of internal/e2e/conformance are\n"+
		"played through nginx in both modes; those that are not listed are answered as the RFCs want. What nginx would read\n"+
		"otherwise, the application streams where it has the validators.\n\n"+
		"| case | reason | validators |\n|---|---|---|\n", cases)
	for _, id := range slices.Sorted(maps.Keys(refusedByNginx)) {
		fmt.Fprintf(&b, "| %s | %s | Edge, Application |\n", id, refusedByNginx[id])
	}
	for _, id := range slices.Sorted(maps.Keys(forcedByNginx)) {
		fmt.Fprintf(&b, "| %s | %s | Edge |\n", id, forcedByNginx[id])
	}
	return b.String()
}

// offerCorpus writes the fixtures to a directory, with their dates.
func offerCorpus(t *testing.T, dir string) *corpus.Site {
	t.Helper()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	offered, err := corpus.New(t.Context(), &blobdownload.Storage{Name: "docs", Bucket: b}, dir, fixtures)
	require.NoError(t, err)
	for i := range fixtures {
		at, err := fixtures[i].ModTime()
		require.NoError(t, err)
		require.NoError(t, os.Chtimes(filepath.Join(dir, diskname.OfKey(fixtures[i].Name)), at, at))
	}
	return offered
}
