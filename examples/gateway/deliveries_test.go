package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	nginxLog = `{"time":"2026-11-29T08:38:27+01:00","id":"86a5875c1ce48eb322641059c5e0993e","client":"192.0.2.7","method":"GET",` +
		`"uri":"/f/docs/film.mp4?inline=1","status":"206","bytes":"500","completion":"OK","length":"500","range":"bytes 100-599/70000",` +
		`"coding":"","elapsed":"1.052"}` + "\n" +
		`{"time":"2026-11-29T08:38:29+01:00","id":"not valid","client":"unix:","method":"GET",` +
		`"uri":"/f/docs/%1b[2J%0a%e2%80%aex","status":"200","bytes":"17","completion":"","length":"","range":"",` +
		`"coding":"chunked","elapsed":"0.000"}` + "\n"
	s3Log = `79a5 docs [06/Feb/2026:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT 2026/a%2520b.pdf ` +
		`"GET /docs/2026/a%20b.pdf?x-request-id=7d67 HTTP/1.1" 200 - 300 300 70 10 "-" "x" -` + "\n"
	cloudFrontLog = "#Version: 1.0\n#Fields: date time sc-bytes c-ip cs-method cs-uri-stem sc-status cs-uri-query sc-content-len\n" +
		"2026-12-04\t21:02:31\t1392\t192.0.2.100\tGET\t/v/a.mp4\t200\t-\t-\n"
)

func logFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "access.log")
	require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	return name
}

func zipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	const (
		nginxLines = `2026-11-29T07:38:27Z 206 complete 500 of 500 192.0.2.7 86a5875c1ce48eb322641059c5e0993e "/f/docs/film.mp4"` + "\n" +
			`2026-11-29T07:38:29Z 200 incomplete - of - - - "/f/docs/\x1b[2J\n\u202ex"` + "\n" // LG5
		s3Lines         = `2026-02-06T00:00:38Z 200 complete 300 of 300 192.0.2.3 7d67 "2026/a b.pdf"` + "\n"
		cloudFrontLines = `2026-12-04T21:02:31Z 200 unknown - of - 192.0.2.100 - "/v/a.mp4"` + "\n"
		nginxTotal      = "2 downloads: 1 complete, 1 incomplete, 0 unknown; 500 bytes; 1 lines skipped\n"
	)
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"detected", []string{logFile(t, nginxLog+"{\n")}, nginxLines + nginxTotal},
		{"by flag", []string{"-format", "nginx", logFile(t, "hostile\n"+nginxLog)}, nginxLines + nginxTotal},
		{"S3", []string{logFile(t, s3Log)}, s3Lines + "1 downloads: 1 complete, 0 incomplete, 0 unknown; 300 bytes; 0 lines skipped\n"},
		{"CloudFront, gzip", []string{logFile(t, zipped(t, cloudFrontLog))},
			cloudFrontLines + "1 downloads: 0 complete, 0 incomplete, 1 unknown; 0 bytes; 0 lines skipped\n"},
		{"several files", []string{logFile(t, s3Log), logFile(t, zipped(t, cloudFrontLog)), logFile(t, nginxLog)},
			s3Lines + cloudFrontLines + nginxLines + "4 downloads: 2 complete, 1 incomplete, 1 unknown; 800 bytes; 0 lines skipped\n"},
		{"empty", []string{logFile(t, "")}, "0 downloads: 0 complete, 0 incomplete, 0 unknown; 0 bytes; 0 lines skipped\n"},
		{"another format", []string{"-format=s3", logFile(t, nginxLog)}, "0 downloads: 0 complete, 0 incomplete, 0 unknown; 0 bytes; 2 lines skipped\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr strings.Builder
			require.Equal(t, exitOK, run(t.Context(), append([]string{"deliveries"}, tt.args...), &stdout, &stderr), stderr.String())
			assert.Equal(t, tt.want, stdout.String())
			assert.Empty(t, stderr.String())
		})
	}
}

func TestDeliveriesAsJSON(t *testing.T) {
	t.Parallel()
	var stdout, stderr strings.Builder
	require.Equal(t, exitOK, deliveries([]string{"-json", "-"}, strings.NewReader(nginxLog), &stdout, &stderr))
	assert.Equal(t, "2 downloads: 1 complete, 1 incomplete, 0 unknown; 500 bytes; 0 lines skipped\n", stderr.String())
	var all []map[string]any
	for line := range strings.Lines(stdout.String()) {
		var l map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &l), "a line is an object: %s", line)
		all = append(all, l)
	}
	assert.Equal(t, []map[string]any{
		{
			"time": "2026-11-29T07:38:27Z", "method": "GET", "status": 206., "completeness": "complete", "bytes": 500., "length": 500.,
			"range": "100-599", "elapsed": 1.052, "client": "192.0.2.7", "request_id": "86a5875c1ce48eb322641059c5e0993e", "path": "/f/docs/film.mp4",
		},
		{
			"time": "2026-11-29T07:38:29Z", "method": "GET", "status": 200., "completeness": "incomplete", "bytes": -1., "length": -1.,
			"elapsed": 0., "path": "/f/docs/\x1b[2J\n\u202ex",
		},
	}, all)
	stdout.Reset()
	require.Equal(t, exitOK, deliveries([]string{"-json", "-"}, strings.NewReader(s3Log), &stdout, &stderr))
	assert.Contains(t, stdout.String(), `"server_id":"3E57427F3EXAMPLE","path":"/docs/2026/a b.pdf","key":"2026/a b.pdf"`)
}

// Each error is one line that names the file or the flag. The other files are read.
func TestDeliveriesRefuses(t *testing.T) {
	t.Parallel()
	broken := zipped(t, strings.Repeat(s3Log, 100))
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no file", nil, exitUsage, "gateway: deliveries: no FILE; want logs of nginx, S3 or CloudFront, or - for the standard input\n"},
		{"format", []string{"-format", "apache", "x"}, exitUsage, `"apache"`},
		{"unknown flag", []string{"-bucket", "x"}, exitUsage, "want one of -format, -json\n"},
		{"missing", []string{"/none/access.log"}, exitFailed, "gateway: deliveries: /none/access.log: no such file or directory\n"},
		{"directory", []string{t.TempDir()}, exitFailed, ": is a directory\n"},
		{"truncated gzip", []string{logFile(t, broken[:len(broken)-20])}, exitFailed, ": unexpected EOF\n"},
		{"none of the formats", []string{logFile(t, "a\nb\nc")}, exitFailed, ": format: none of nginx, s3 and cloudfront; 3 lines skipped\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr strings.Builder
			assert.Equal(t, tt.code, run(t.Context(), append([]string{"deliveries"}, tt.args...), &stdout, &stderr))
			assert.Contains(t, stderr.String(), tt.want)
			assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), stderr.String())
			if tt.code == exitFailed {
				stdout.Reset()
				run(t.Context(), append(append([]string{"deliveries"}, tt.args...), logFile(t, s3Log)), &stdout, &stderr)
				assert.Contains(t, stdout.String(), `"2026/a b.pdf"`)
			}
		})
	}
	var stdout strings.Builder
	assert.Equal(t, exitOK, run(t.Context(), []string{"deliveries", "-h"}, &stdout, io.Discard))
	assert.Contains(t, stdout.String(), "-format")
}

// LG2: the id of a client that is no trusted proxy is replaced. Without the setting, no id is made.
func TestRequestIDsSetting(t *testing.T) {
	t.Parallel()
	bucket := "docs=" + bucketOf(t, map[string]string{"a.txt": "12345"})
	for _, tt := range []struct {
		name  string
		flags []string
		id    string
		want  string // of the log
		sent  bool
	}{
		{"no setting, no id", nil, "", "", false},
		{"no setting", nil, "of-nginx", "of-nginx", false},
		{"another client's", []string{"-request-ids"}, "forged", "^[0-9a-f]{32}$", true},
		{"of a trusted proxy", []string{"-request-ids", "-trusted-proxy", "192.0.2.0/24"}, "of-nginx", "^of-nginx$", true},
		{"made", []string{"-request-ids"}, "", "^[0-9a-f]{32}$", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			g := openLogged(t, &log, append(tt.flags, "-bucket", bucket, "-access-log")...)
			var fields []string
			if tt.id != "" {
				fields = []string{"X-Request-ID", tt.id}
			}
			resp := request(t, g.handler, "/f/docs/a.txt", fields...)
			require.Equal(t, http.StatusOK, resp.Code)
			all := lines(t, log.Bytes())
			require.Len(t, all, 1)
			if tt.want == "" {
				assert.NotContains(t, all[0], "request_id")
			} else {
				assert.Regexp(t, tt.want, all[0]["request_id"])
			}
			if tt.sent {
				assert.Equal(t, all[0]["request_id"], resp.Header().Get("X-Request-ID"))
			}
		})
	}
}
