package accesslog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
)

// s3Line has the fields of a line that Amazon's documentation shows.
const s3Line = `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be docs [06/Feb/2026:00:00:38 +0000] 192.0.2.3 ` +
	`arn:aws:sts::123456789012:assumed-role/app/i-0a1b 3E57427F3EXAMPLE REST.GET.OBJECT 2026/a%2520b.pdf ` +
	`"GET /docs/2026/a%20b.pdf?X-Amz-Expires=600&x-request-id=7d67853853eedd192065717f340e9b1a&X-Amz-Signature=0f HTTP/1.1" ` +
	`200 - 3462992 3462992 70 10 "-" "aws-sdk-java/2.20.0" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= ` +
	`SigV4 ECDHE-RSA-AES128-GCM-SHA256 QueryString docs.s3.us-east-1.amazonaws.com TLSV1.2 - - us-west-2`

// LG10: the query of a request is in no record.
func TestS3Record(t *testing.T) {
	t.Parallel()
	all, skipped := read(t, s3Line+"\n", accesslog.S3)
	require.Len(t, all, 1)
	assert.Zero(t, skipped)
	r := all[0]
	assert.Equal(t, "7d67853853eedd192065717f340e9b1a", r.RequestID)
	assert.Equal(t, "3E57427F3EXAMPLE", r.ServerID)
	assert.True(t, time.Date(2026, 2, 6, 0, 0, 38, 0, time.UTC).Equal(r.Time))
	assert.Equal(t, []string{"GET", "/docs/2026/a b.pdf", "2026/a b.pdf", "192.0.2.3"}, []string{r.Method, r.Path, r.Key, r.Client.String()})
	assert.Equal(t, []any{200, int64(3462992), int64(3462992)}, []any{r.Status, r.Bytes, r.Length})
	assert.Equal(t, []time.Duration{70 * time.Millisecond, 10 * time.Millisecond}, []time.Duration{r.Elapsed, r.FirstByte})
	assert.Equal(t, accesslog.Complete, r.Completeness)
	assert.NoError(t, r.Err)
	assert.NotContains(t, r.Path, "Signature")
}

func TestS3Completeness(t *testing.T) {
	t.Parallel()
	const numbers = `200 - 3462992 3462992 70 10`
	for _, tt := range []struct {
		name, numbers string
		head          bool
		want          accesslog.Completeness
		bytes, length int64
	}{
		{"whole", numbers, false, accesslog.Complete, 3462992, 3462992},
		{"part of a 200", `200 - 2662992 3462992 70 10`, false, accesslog.Incomplete, 2662992, 3462992},
		{"nothing of a 200", `200 - - 3462992 70 10`, false, accesslog.Incomplete, 0, 3462992},
		{"206, whose window is not in the log", `206 - 1000 3462992 70 10`, false, accesslog.Unknown, 1000, -1},
		{"206 of all bytes", `206 - 3462992 3462992 70 10`, false, accesslog.Complete, 3462992, 3462992},
		{"304", `304 - - 3462992 7 -`, false, accesslog.Complete, 0, 0},
		{"403", `403 AccessDenied 243 - 7 -`, false, accesslog.Unknown, 243, -1},
		{"404 of a known size", `404 NoSuchVersion 243 3462992 7 -`, false, accesslog.Unknown, 243, -1},
		{"HEAD", `200 - - 3462992 7 6`, true, accesslog.Complete, 0, 0},
		{"no size", `200 - 10 - 7 6`, false, accesslog.Unknown, 10, -1},
	} {
		line := replaced(s3Line, numbers, tt.numbers)
		if tt.head {
			line = replaced(line, "GET", "HEAD")
		}
		all, skipped := read(t, line+"\n", accesslog.S3)
		require.Len(t, all, 1, tt.name)
		assert.Zero(t, skipped)
		assert.Equal(t, tt.want, all[0].Completeness, tt.name)
		assert.Equal(t, []int64{tt.bytes, tt.length}, []int64{all[0].Bytes, all[0].Length}, tt.name)
		assert.Zero(t, all[0].Range, "S3 logs no window")
	}
}

// The key is decoded as often as S3 has encoded it: the request's path decides.
func TestS3Key(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, path, want string }{
		{"a.pdf", "/docs/a.pdf", "a.pdf"},
		{"2026/a%20b.pdf", "/2026/a%20b.pdf", "2026/a b.pdf"},
		{"2026/a%2520b.pdf", "/2026/a%20b.pdf", "2026/a b.pdf"},
		{"a%2520b", "/docs/a%2520b", "a%20b"},
		{"a%252520b", "/docs/a%2520b", "a%20b"},
		{"a%2Bb", "/docs/a+b", "a+b"},
		{"%C3%A9", "/docs/%C3%A9", "é"},
		{"other%20key", "/docs/unrelated", "other key"},
		{"100%", "/docs/unrelated", "100%"},
	} {
		all, _ := read(t, replaced(s3Line, "2026/a%2520b.pdf", tt.field, "/docs/2026/a%20b.pdf", tt.path)+"\n", accesslog.S3)
		if assert.Len(t, all, 1, tt) {
			assert.Equal(t, tt.want, all[0].Key, tt)
		}
	}
}

// LG3: a client chooses its Referer and User-Agent, whose quotes S3 does not escape.
func TestS3ReadsNothingThatAClientChooses(t *testing.T) {
	t.Parallel()
	want, _ := read(t, s3Line+"\n", accesslog.S3)
	for _, agent := range []string{
		`x" 200 - 1 1 1 1 "-" "y`, `"GET /docs/forged?x-request-id=forged HTTP/1.1" 200 - 9 9 9 9 `, `\x22 " `, `-" - - -`, "é", "a\tb", "\xff", `[06/Feb/2026:00:00:38 +0000]`,
	} {
		got, skipped := read(t, replaced(s3Line, "aws-sdk-java/2.20.0", agent)+"\n", accesslog.S3)
		assert.Zero(t, skipped, agent)
		assert.Equal(t, want, got, agent)
	}
	forged, skipped := read(t, replaced(s3Line, "?X-Amz", `?" 200 - 1 1 1 1 "&X-Amz`)+"\n", accesslog.S3)
	assert.Empty(t, forged, "a target with a quote is ambiguous")
	assert.EqualValues(t, 1, skipped)
}

// LG2: of two ids, or of an invalid one, none is used.
func TestS3RequestIDs(t *testing.T) {
	t.Parallel()
	const id = "x-request-id=7d67853853eedd192065717f340e9b1a"
	for query, want := range map[string]string{
		id: "7d67853853eedd192065717f340e9b1a", id + "&x-request-id=other": "", "x-request-id=a%0d%0ab": "", "x-request-id=": "",
		"x-other=a": "", "x-request-id=a%3d": "a=",
	} {
		all, _ := read(t, strings.Replace(s3Line, id, query, 1)+"\n", accesslog.S3)
		if assert.Len(t, all, 1, query) {
			assert.Equal(t, want, all[0].RequestID, query)
		}
	}
}

// LG6: lines that are truncated or of another format are counted, and the next line is read.
func TestS3SkipsOtherLines(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"truncated in a number": before(s3Line, "462992 70"),
		"truncated in the URI":  before(s3Line, "Signature"),
		"its end":               s3Line[70:],
		"nginx":                 nginxLine,
		"a control":             replaced(s3Line, "2026/a%2520b.pdf", "a\x1b[2J"),
		"too many bytes":        replaced(s3Line, "3462992", "99999999999999999999"),
		"a negative size":       replaced(s3Line, "3462992 70", "-3462992 70"),
		"no time":               replaced(s3Line, "06/Feb/2026:00:00:38 +0000", "yesterday"),
		"another method":        replaced(s3Line, `"GET`, `"PUT`),
		"no status":             replaced(s3Line, " 200 - ", " - - "),
		"no URI":                replaced(s3Line, s3Line[len(before(s3Line, `"GET`)):len(before(s3Line, ` 200 `))], "-"),
	} {
		all, skipped := read(t, line+"\n"+s3Line+"\n", accesslog.S3)
		assert.Len(t, all, 1, name)
		assert.EqualValues(t, 1, skipped, name)
	}
	all, skipped := read(t, replaced(s3Line, "REST.GET.OBJECT", "REST.GET.VERSIONING")+"\n"+replaced(s3Line, "GET", "PUT")+"\n"+
		replaced(s3Line, "REST.GET.OBJECT", "S3.EXPIRE.OBJECT", s3Line[len(before(s3Line, `"GET`)):len(before(s3Line, ` 200 `))], "-", " 200 ", " - "),
		accesslog.S3)
	assert.Empty(t, all)
	assert.Zero(t, skipped, "other operations are no downloads, and not foreign")
}

func FuzzS3(f *testing.F) {
	f.Add(s3Line)
	f.Add(replaced(s3Line, "200 - 3462992", "206 - 17"))
	f.Add(replaced(s3Line, "aws-sdk-java/2.20.0", `x" 200 - 1 1 1 1 "-" "y`))
	f.Fuzz(func(t *testing.T, text string) { checkLog(t, text, accesslog.S3, s3Line) })
}
