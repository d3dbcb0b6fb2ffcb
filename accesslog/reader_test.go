package accesslog_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/internal/requestid"
)

// checkLog reads a hostile log and a good line after it. The records of the hostile log are consistent, the good line is
// read, and the same log in pieces has the same records.
func checkLog(t *testing.T, text string, f accesslog.Format, good string) {
	t.Helper()
	records, skipped := read(t, text, f)
	lines := int64(strings.Count(text, "\n") + 1)
	assert.LessOrEqual(t, int64(len(records))+skipped, lines, "a line is one record at most")
	for _, r := range records {
		assert.True(t, r.RequestID == "" || requestid.Valid(r.RequestID), "%q", r.RequestID)
		assert.Contains(t, []string{"GET", "HEAD"}, r.Method)
		assert.True(t, r.Status >= 0 && r.Status < 1000)
		assert.True(t, r.Bytes >= -1 && r.Length >= -1 && r.Range.N >= 0 && r.Range.Off >= 0)
		assert.True(t, r.Elapsed >= 0 && r.FirstByte >= 0)
		assert.Equal(t, r.Completeness == accesslog.Complete, r.Err == nil)
		if r.Completeness == accesslog.Complete {
			assert.Equal(t, r.Length, r.Bytes)
		}
	}
	if !strings.Contains(text, "#") { // which could be another header
		after, _ := read(t, text+"\n"+good+"\n", f)
		assert.Len(t, after, len(records)+1+gained(t, text, f, len(records)))
	}
	log := accesslog.NewReader(iotest.OneByteReader(strings.NewReader(text)), f)
	n := 0
	for r, err := range log.Records() {
		require.NoError(t, err)
		assert.Equal(t, records[n], r)
		n++
	}
	assert.Equal(t, len(records), n)
	assert.Equal(t, skipped, log.Skipped())
}

// gained is the number of records that a log has more when its last line has a line break.
func gained(t *testing.T, text string, f accesslog.Format, before int) int {
	t.Helper()
	ended, _ := read(t, text+"\n", f)
	return len(ended) - before
}

func TestFormatsAreDetected(t *testing.T) {
	t.Parallel()
	for want, text := range map[accesslog.Format]string{
		accesslog.Nginx: nginxLine + "\n", accesslog.S3: s3Line + "\n", accesslog.CloudFront: cloudFrontHeader + cloudFrontLine + "\n",
	} {
		for prefix, skipped := range map[string]int64{"": 0, "\n\n": 0, "hostile\n{}\n# comment\n": 3} {
			log := accesslog.NewReader(strings.NewReader(prefix+text), accesslog.Detect)
			assert.Equal(t, accesslog.Detect, log.Format())
			n := 0
			for _, err := range log.Records() {
				require.NoError(t, err)
				n++
			}
			assert.Equal(t, 1, n, want)
			assert.Equal(t, want, log.Format(), "%q", prefix)
			assert.Equal(t, skipped, log.Skipped(), "%v %q", want, prefix)
		}
		assert.Equal(t, want, accesslog.NewReader(strings.NewReader(""), want).Format())
	}
	log := accesslog.NewReader(strings.NewReader(nginxLine+"\n"+s3Line+"\n"), accesslog.Detect)
	for _, err := range log.Records() {
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, log.Skipped(), "a log has one format")
	assert.Equal(t, []string{"detect", "nginx", "s3", "cloudfront"},
		[]string{accesslog.Detect.String(), accesslog.Nginx.String(), accesslog.S3.String(), accesslog.CloudFront.String()})
}

// LG8: an overlong line is counted, and the lines around it are read.
func TestOverlongLinesAreSkipped(t *testing.T) {
	t.Parallel()
	const uri = "/f/docs/a%20b.pdf?inline=1"
	longest := strings.Replace(nginxLine, uri, "/"+strings.Repeat("x", accesslog.MaxLine-len(nginxLine)+len(uri)-1), 1)
	require.Len(t, longest, accesslog.MaxLine)
	longer := strings.Replace(longest, "/x", "/xx", 1)
	for _, end := range []string{"\n", "\r\n", ""} {
		all, skipped := read(t, nginxLine+"\n"+longest+end, accesslog.Nginx)
		assert.Len(t, all, 2, "%q", end)
		assert.Zero(t, skipped)
		all, skipped = read(t, nginxLine+"\n"+longer+end, accesslog.Nginx)
		assert.Len(t, all, 1, "%q", end)
		assert.EqualValues(t, 1, skipped)
	}
}

// LG8: not even an endless line is held in memory.
func TestOverlongLineIsNotHeld(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const size = 64 << 20
	log := accesslog.NewReader(io.MultiReader(
		strings.NewReader(nginxLine+"\n"), io.LimitReader(endlessLine{}, size), strings.NewReader("\n"+nginxLine)), accesslog.Nginx)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for _, err := range log.Records() {
		require.NoError(t, err)
		n++
	}
	runtime.ReadMemStats(&after)
	assert.Equal(t, 2, n)
	assert.EqualValues(t, 1, log.Skipped())
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(size/16))
}

type endlessLine struct{}

func (endlessLine) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// A failure of the file is an error, and no end of the log.
func TestReadErrors(t *testing.T) {
	t.Parallel()
	failure := errors.New("input/output error")
	log := accesslog.NewReader(io.MultiReader(strings.NewReader(nginxLine+"\n"+nginxLine[:50]), iotest.ErrReader(failure)), accesslog.Nginx)
	var errs []error
	for r, err := range log.Records() {
		errs = append(errs, err)
		assert.Equal(t, err == nil, r.Method == http.MethodGet)
	}
	require.Len(t, errs, 2)
	require.NoError(t, errs[0])
	require.ErrorIs(t, errs[1], failure)
	assert.Zero(t, log.Skipped())
}

// A connection that ends early fails with an error that wraps io.EOF, as url.Error does.
func TestWrappedEndOfFileIsAnError(t *testing.T) {
	t.Parallel()
	failure := &url.Error{Op: "Get", URL: "https://logs.example/a", Err: io.EOF}
	for _, text := range []string{"", nginxLine[:50], nginxLine + "\n"} {
		log := accesslog.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(failure)), accesslog.Nginx)
		var last error
		for _, err := range log.Records() {
			last = err
		}
		require.ErrorIs(t, last, failure, text)
	}
}

func TestRecordsContinues(t *testing.T) {
	t.Parallel()
	log := accesslog.NewReader(strings.NewReader(strings.Repeat(nginxLine+"\n", 3)), accesslog.Nginx)
	counts := []int{0, 0, 0}
	for i := range counts {
		for _, err := range log.Records() {
			require.NoError(t, err)
			counts[i]++
			if i == 0 {
				break
			}
		}
	}
	assert.Equal(t, []int{1, 2, 0}, counts)
}

func TestCompletenessStrings(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"unknown", "complete", "incomplete"},
		[]string{accesslog.Unknown.String(), accesslog.Complete.String(), accesslog.Incomplete.String()})
}
