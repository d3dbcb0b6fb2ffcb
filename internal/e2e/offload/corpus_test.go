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
	"github.com/go-downloadview/downloadview/wrapper"
)

// forcedByNginx has the reasons why nginx responds to a case otherwise than the RFCs require, with proxy validators. With
// application validators all of these cases pass.
var forcedByNginx = map[string]string{
	"bad-mixed-second-reversed": "nginx drops the invalid range and serves the other one",
	"ws-after-equals":           "nginx treats a tab in Range as an unsatisfiable Range",
	"list-empty-first":          "nginx rejects empty members of a Range",
	"list-empty-many":           "nginx rejects empty members of a Range",
	"list-empty-middle":         "nginx rejects empty members of a Range",
	"ovf-last-max-uint64":       "nginx rejects positions beyond 2^63-1",
	"ovf-last-2e64":             "nginx rejects positions beyond 2^63-1",
	"ovf-last-20-digits":        "nginx rejects positions beyond 2^63-1",
	"ovf-last-30-digits":        "nginx rejects positions beyond 2^63-1",
	"ovf-last-2e63-from-1":      "nginx rejects positions beyond 2^63-1",
	"ovf-suffix-2e63":           "nginx rejects positions beyond 2^63-1",
	"digest-repr-200":           "the application sends no digest when it offloads, and nginx computes none",
	"digest-repr-empty":         "the application sends no digest when it offloads, and nginx computes none",
	"digest-repr-206-suffix":    "the application sends no digest when it offloads, and nginx computes none",
	"digest-repr-head":          "the application sends no digest when it offloads, and nginx computes none",
	"digest-content-206":        "nginx makes the part, and computes no digest",
	"digest-content-multi-206":  "nginx makes the parts, and computes no digest",
	"inm-weak-server-strong":    "the entity-tag is nginx's own",
	"inm-comma-etag-not-split":  "the entity-tag is nginx's own",
	"inm-comma-etag-pieces":     "the entity-tag is nginx's own",
	"inm-quirky-etag":           "the entity-tag is nginx's own",
	"im-weak-server-opaque":     "the entity-tag is nginx's own",
	"im-weak-server-star":       "the entity-tag is nginx's own",
	"im-comma-etag":             "the entity-tag is nginx's own",
	"ifr-weak-server":           "the entity-tag is nginx's own",
	"ifr-weak-server-opaque":    "the entity-tag is nginx's own",
	"ifr-comma-etag":            "the entity-tag is nginx's own",
	"ims-zone-offset":           "nginx reads dates without their zone",
	"ims-two-members":           "nginx reads the first of two dates",
	"pre-inm-hit-ims-miss":      "nginx evaluates If-Modified-Since although there is If-None-Match",
	"pre-inm-star-ims-old":      "nginx evaluates If-Modified-Since although there is If-None-Match",
	"ius-invalid":               "nginx fails an If-Unmodified-Since that is not a date",
	"ius-iso":                   "nginx fails an If-Unmodified-Since that is not a date",
	"pre-im-star-ius-fail":      "nginx evaluates If-Unmodified-Since although there is If-Match",
	"head-range":                "nginx applies Range to a HEAD",
	"head-range-unsat":          "nginx applies Range to a HEAD",
	"head-range-multi":          "nginx applies Range to a HEAD",
}

// refusedByNginx has the cases that nginx rejects before the application gets them, with either validators.
var refusedByNginx = map[string]string{
	"inm-two-lines": "nginx before 1.23 rejects a second line of If-None-Match",
}

// TestCorpus plays the HTTP cases of the conformance tables through nginx, with either validators. The cases in the lists
// fail, all others pass.
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
		var offloads atomic.Int64
		x := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: m.at, Keys: proxy.FileBlobKeys}}, Validators: m.says}
		offered.Optimizer = blobdownload.OptimizerFunc(func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
			to, err := x.Optimize(r, d)
			if to != nil {
				offloads.Add(1)
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
		assert.Greater(t, int(offloads.Load()), len(tables.HTTP)/2, m.at)
	}
	checkPart(t, 2, forcedTable(len(tables.HTTP)))
}

func forcedTable(cases int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nWritten by `go test ./offload -run TestCorpus -update` in internal/e2e. All %d cases of internal/e2e/conformance are\n"+
		"played through nginx with either validators. To those that are not listed, nginx responds as the RFCs require. With\n"+
		"application validators, the application streams a request that nginx interprets otherwise.\n\n"+
		"| case | reason | validators |\n|---|---|---|\n", cases)
	for _, id := range slices.Sorted(maps.Keys(refusedByNginx)) {
		fmt.Fprintf(&b, "| %s | %s | proxy, application |\n", id, refusedByNginx[id])
	}
	for _, id := range slices.Sorted(maps.Keys(forcedByNginx)) {
		fmt.Fprintf(&b, "| %s | %s | proxy |\n", id, forcedByNginx[id])
	}
	return b.String()
}

// offerCorpus writes the fixtures to a directory, with their modification times.
func offerCorpus(t *testing.T, dir string) *corpus.Site {
	t.Helper()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	offered, err := corpus.New(t.Context(), &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)}, dir, fixtures)
	require.NoError(t, err)
	for i := range fixtures {
		at, err := fixtures[i].ModTime()
		require.NoError(t, err)
		require.NoError(t, os.Chtimes(filepath.Join(dir, diskname.OfKey(fixtures[i].Name)), at, at))
	}
	return offered
}
