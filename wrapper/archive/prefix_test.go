package archive_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

var modified = time.Unix(1_700_000_000, 0)

func TestPrefixIsEveryObjectUnderIt(t *testing.T) {
	t.Parallel()
	b := memBucket(t, map[string]string{
		"docs/2025/a.txt": "a", "docs/2025/b/c.txt": "c", "docs/2025/": "", "docs/2025-old": "old", "other": "x",
	})
	assert.Equal(t, []entry{{"a.txt", "a"}, {"b/c.txt", "c"}}, unzip(t, fetchAll(t, archive.Zip("x", archive.Prefix(b, "docs/2025/")))))
	assert.Equal(t, []entry{{"2025-old", "old"}, {"2025/a.txt", "a"}, {"2025/b/c.txt", "c"}},
		untar(t, fetchAll(t, archive.Tar("x", archive.Prefix(b, "docs/2025")))))
	named := archive.Prefix(b, "docs/2025/")
	named.Name, named.Deflate = "all", true
	assert.Equal(t, []entry{{"all/a.txt", "a"}, {"all/b/c.txt", "c"}, {"more", "m"}},
		unzip(t, fetchAll(t, archive.Zip("x", named, text("more", "m")))))
	assert.Empty(t, unzip(t, fetchAll(t, archive.Zip("x", archive.Prefix(b, "none/")))))

	f := archive.Zip("x", archive.Prefix(b, "docs/2025/"))
	before, err := f.Stat(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.WriteAll(t.Context(), "docs/2025/z", []byte("z"), nil))
	after, err := f.Stat(t.Context())
	require.NoError(t, err)
	assert.NotEqual(t, before.ETag, after.ETag, "each request lists anew")
}

func TestLimitsOfAnArchive(t *testing.T) {
	t.Parallel()
	objects := map[string]string{}
	for i := range 2500 {
		objects[fmt.Sprintf("p/%04d", i)] = "0123456789"
	}
	b := memBucket(t, objects)
	all := archive.Prefix(b, "p/")
	for name, tc := range map[string]struct {
		options archive.Options
		members []archive.Member
		err     string
	}{
		"members":        {archive.Options{MaxMembers: 2499}, []archive.Member{all}, "zip: more than 2499 members: archive exceeds its limit"},
		"bytes":          {archive.Options{MaxBytes: 24_999}, []archive.Member{all}, "zip: more than 24999 bytes: archive exceeds its limit"},
		"exactly":        {archive.Options{MaxMembers: 2500, MaxBytes: 25_000}, []archive.Member{all}, ""},
		"listed twice":   {archive.Options{MaxMembers: 2500}, []archive.Member{all, all}, "zip: more than 2500 members: archive exceeds its limit"},
		"known bytes":    {archive.Options{MaxBytes: 9}, []archive.Member{text("a", "01234"), text("b", "01234")}, "zip: more than 9 bytes: archive exceeds its limit"},
		"no limit":       {archive.Options{MaxMembers: -1}, []archive.Member{all}, ""},
		"default limits": {archive.Options{}, []archive.Member{all}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.options.Zip("x", tc.members...).Fetch(t.Context(), wrapper.Request{Head: true})
			if tc.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, archive.ErrLimit)
			require.EqualError(t, err, "stat x: "+tc.err)
			assert.Equal(t, 403, blobdownload.Status(err))
		})
	}
}
