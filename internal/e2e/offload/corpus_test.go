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
	"github.com/go-downloadview/downloadview/internal/conformance"
	corpus "github.com/go-downloadview/downloadview/internal/conformance/site"
	"github.com/go-downloadview/downloadview/internal/diskname"
	"github.com/go-downloadview/downloadview/proxy"
)

// forced is why nginx answers a case otherwise than the RFCs want, whatever the application says.
type forced struct {
	reason string
	edge   bool // only where the validators are nginx's own
}

var forcedByNginx = map[string]forced{
	"bad-mixed-second-reversed": {"nginx drops the range that is not valid and serves the other one", false},
	"ws-after-equals":           {"nginx takes a tab in Range for a range that cannot be satisfied", false},
	"list-empty-first":          {"nginx refuses empty members of a Range", false},
	"list-empty-many":           {"nginx refuses empty members of a Range", false},
	"list-empty-middle":         {"nginx refuses empty members of a Range", false},
	"ovf-last-max-uint64":       {"nginx refuses positions beyond 2^63-1", false},
	"ovf-last-2e64":             {"nginx refuses positions beyond 2^63-1", false},
	"ovf-last-20-digits":        {"nginx refuses positions beyond 2^63-1", false},
	"ovf-last-30-digits":        {"nginx refuses positions beyond 2^63-1", false},
	"ovf-last-2e63-from-1":      {"nginx refuses positions beyond 2^63-1", false},
	"ovf-suffix-2e63":           {"nginx refuses positions beyond 2^63-1", false},
	"inm-two-lines":             {"nginx refuses a second line of If-None-Match", false},
	"digest-repr-200":           {"the application hands no digest over, and nginx makes none", false},
	"digest-repr-empty":         {"the application hands no digest over, and nginx makes none", false},
	"digest-repr-206-suffix":    {"the application hands no digest over, and nginx makes none", false},
	"digest-repr-head":          {"the application hands no digest over, and nginx makes none", false},
	"digest-content-206":        {"nginx cuts the part, and makes no digest of it", false},
	"digest-content-multi-206":  {"nginx cuts the parts, and makes no digest of them", false},

	"inm-weak-server-strong":   {"the tag is nginx's own", true},
	"inm-comma-etag-not-split": {"the tag is nginx's own", true},
	"inm-comma-etag-pieces":    {"the tag is nginx's own", true},
	"inm-quirky-etag":          {"the tag is nginx's own", true},
	"im-weak-server-opaque":    {"the tag is nginx's own", true},
	"im-weak-server-star":      {"the tag is nginx's own", true},
	"im-comma-etag":            {"the tag is nginx's own", true},
	"ifr-weak-server":          {"the tag is nginx's own", true},
	"ifr-weak-server-opaque":   {"the tag is nginx's own", true},
	"ifr-comma-etag":           {"the tag is nginx's own", true},
	"ims-zone-offset":          {"nginx reads dates without their zone", true},
	"ims-two-members":          {"nginx reads the first of two dates", true},
	"pre-inm-hit-ims-miss":     {"nginx wants If-Modified-Since to hold beside If-None-Match", true},
	"pre-inm-star-ims-old":     {"nginx wants If-Modified-Since to hold beside If-None-Match", true},
	"ius-invalid":              {"nginx fails an If-Unmodified-Since that is no date", true},
	"ius-iso":                  {"nginx fails an If-Unmodified-Since that is no date", true},
	"pre-im-star-ius-fail":     {"nginx wants If-Unmodified-Since to hold beside If-Match", true},
	"head-range":               {"nginx obeys Range in a HEAD", true},
	"head-range-unsat":         {"nginx obeys Range in a HEAD", true},
	"head-range-multi":         {"nginx obeys Range in a HEAD", true},
	"err-404-no-disposition":   {"nginx's own page has the Content-Disposition of the download", true},
	"err-416-no-etag-of-other": {"nginx's own page has the Content-Disposition of the download", true},
	"cache-lm-future":          {"nginx sends the date of the file, later than now or not", true},
	"cache-lm-future-range":    {"nginx sends the date of the file, later than now or not", true},
}

// TestCorpus plays the HTTP cases of the conformance tables through nginx, with its own validators and with the
// application's. Every case passes but those of the list, and every one of the list fails.
func TestCorpus(t *testing.T) {
	t.Parallel()
	tables, err := conformance.Load()
	require.NoError(t, err)
	dir := filesDir(t)
	offered := offerCorpus(t, dir)
	for _, m := range []struct {
		at   string
		says blobdownload.Validators
	}{{"/_files/", blobdownload.Edge}, {"/_checked/", blobdownload.Application}} {
		var handed atomic.Int64
		x := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", At: m.at, Keys: proxy.FileBlobKeys}}, Validators: m.says}
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
			why, listed := forcedByNginx[c.ID]
			if listed && (m.says == blobdownload.Edge || !why.edge) {
				assert.NotEmpty(t, wrong, "%s %s passes: not forced by nginx (any longer)", m.at, c.ID)
			} else {
				assert.Empty(t, wrong, "%s %s", m.at, c.ID)
			}
		}
		for id := range forcedByNginx {
			assert.True(t, played[id], "no case %s", id)
		}
		assert.Greater(t, int(handed.Load()), len(tables.HTTP)/2, m.at)
	}
	checkDifferences(t, 1, forcedTable(len(tables.HTTP)))
}

func forcedTable(cases int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nWritten by `go test ./offload -run TestCorpus -update` in internal/e2e. All %d cases of internal/conformance are\n"+
		"played through nginx in both modes; the others are answered as the RFCs want.\n\n"+
		"| case | reason | validators |\n|---|---|---|\n", cases)
	for _, id := range slices.Sorted(maps.Keys(forcedByNginx)) {
		f := forcedByNginx[id]
		validators := "Edge, Application"
		if f.edge {
			validators = "Edge"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", id, f.reason, validators)
	}
	return b.String()
}

// offerCorpus writes the fixtures to a directory, with the dates that they come with.
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
