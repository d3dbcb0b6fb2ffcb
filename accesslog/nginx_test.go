package accesslog_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/wrapper"
)

// nginxLine is a line of the log_format "downloads".
const nginxLine = `{"time":"2026-11-29T08:38:27+01:00","id":"7d67853853eedd192065717f340e9b1a","client":"2001:db8::7","method":"GET",` +
	`"uri":"/f/docs/a%20b.pdf?inline=1","status":"206","bytes":"500","completion":"OK","length":"500","range":"bytes 100-599/70000",` +
	`"coding":"","elapsed":"1.052"}`

func TestNginxRecord(t *testing.T) {
	t.Parallel()
	all, skipped := read(t, nginxLine+"\r\n\n"+nginxLine, accesslog.Nginx) // nginx's line is whole without its line break
	require.Len(t, all, 2)
	assert.Zero(t, skipped)
	assert.Equal(t, all[0], all[1])
	r := all[0]
	assert.Equal(t, "7d67853853eedd192065717f340e9b1a", r.RequestID)
	assert.True(t, time.Date(2026, 11, 29, 7, 38, 27, 0, time.UTC).Equal(r.Time))
	assert.Equal(t, netip.MustParseAddr("2001:db8::7"), r.Client)
	assert.Equal(t, []any{"GET", "/f/docs/a b.pdf", "", ""}, []any{r.Method, r.Path, r.Key, r.ServerID})
	assert.Equal(t, []any{206, int64(500), int64(500)}, []any{r.Status, r.Bytes, r.Length})
	assert.Equal(t, 1052*time.Millisecond, r.Elapsed)
	assert.Equal(t, wrapper.Range{Off: 100, N: 500}, r.Range)
	assert.Equal(t, accesslog.Complete, r.Completeness)
	require.NoError(t, r.Err)
	assert.Nil(t, r.Download)
}

func TestNginxCompleteness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change []string
		want   accesslog.Completeness
		bytes  int64
		length int64
	}{
		{"complete", nil, accesslog.Complete, 500, 500},
		{"the client has disconnected", []string{`"OK"`, `""`}, accesslog.Incomplete, 500, 500},
		{"in the middle", []string{`"OK"`, `""`, `"bytes":"500"`, `"bytes":"70"`}, accesslog.Incomplete, 70, 500},
		{"the application has truncated the body", []string{`"bytes":"500"`, `"bytes":"70"`}, accesslog.Incomplete, 70, 500},
		{"no Content-Length", []string{`"length":"500"`, `"length":""`}, accesslog.Unknown, 500, -1},
		{"more than Content-Length", []string{`"bytes":"500"`, `"bytes":"501"`}, accesslog.Unknown, 501, 500},
		{"chunked", []string{`"length":"500"`, `"length":""`, `"coding":""`, `"coding":"chunked"`}, accesslog.Unknown, -1, -1},
		{"chunked, disconnected", []string{`"length":"500"`, `"length":""`, `"coding":""`, `"coding":"chunked"`, `"OK"`, `""`}, accesslog.Incomplete, -1, -1},
		{"HEAD", []string{`GET`, `HEAD`, `"bytes":"500"`, `"bytes":"0"`}, accesslog.Complete, 0, 0},
		{"HEAD, chunked", []string{`GET`, `HEAD`, `"bytes":"500"`, `"bytes":"0"`, `"length":"500"`, `"length":""`, `"coding":""`, `"coding":"chunked"`}, accesslog.Complete, 0, 0},
		{"304", []string{`206`, `304`, `"bytes":"500"`, `"bytes":"0"`, `"length":"500"`, `"length":""`}, accesslog.Complete, 0, 0},
		{"no response", []string{`206`, `000`, `"OK"`, `""`, `"bytes":"500"`, `"bytes":"0"`, `"length":"500"`, `"length":""`}, accesslog.Incomplete, 0, -1},
		{"499", []string{`206`, `499`, `"OK"`, `""`, `"bytes":"500"`, `"bytes":"0"`, `"length":"500"`, `"length":""`}, accesslog.Incomplete, 0, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			all, skipped := read(t, replaced(nginxLine, tt.change...)+"\n", accesslog.Nginx)
			require.Len(t, all, 1)
			assert.Zero(t, skipped)
			assert.Equal(t, tt.want, all[0].Completeness)
			assert.Equal(t, []int64{tt.bytes, tt.length}, []int64{all[0].Bytes, all[0].Length})
			switch tt.want {
			case accesslog.Complete:
				assert.NoError(t, all[0].Err)
			case accesslog.Incomplete:
				assert.ErrorIs(t, all[0].Err, accesslog.ErrIncomplete)
			default:
				assert.ErrorIs(t, all[0].Err, accesslog.ErrUnknown)
			}
		})
	}
}

// LG1, LG5: what a client chooses stays a value.
func TestNginxHostileValues(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		`/a%0d%0ab`: "/a\r\nb", `/a\"},{\"id\":\"x`: `/a"},{"id":"x`, `/a\\x22`: `/a\x22`, `/a\u000ab`: "/a\nb", `/%zz`: `/%zz`, "/\xff": "/\uFFFD",
		`/%ff`: "/\uFFFD", `/a\tb`: "/a\tb", `http://evil.example/b?c`: "/b", `https://evil.example`: "/", ``: "", `*`: "*", `/%2e%2e/x`: "/../x",
	} {
		all, skipped := read(t, strings.Replace(nginxLine, "/f/docs/a%20b.pdf?inline=1", uri, 1), accesslog.Nginx)
		assert.Zero(t, skipped, uri)
		if assert.Len(t, all, 1, uri) {
			assert.Equal(t, want, all[0].Path)
			assert.Equal(t, "7d67853853eedd192065717f340e9b1a", all[0].RequestID)
			assert.Equal(t, int64(500), all[0].Bytes)
		}
	}
	for id := range map[string]bool{"": true, `a b`: true, `a\nb`: true, `a\u001b[2J`: true, strings.Repeat("a", 65): true} {
		all, _ := read(t, strings.Replace(nginxLine, "7d67853853eedd192065717f340e9b1a", id, 1), accesslog.Nginx)
		if assert.Len(t, all, 1, id) {
			assert.Empty(t, all[0].RequestID, "an invalid id is none")
		}
	}
}

// LG4, LG6: lines that are truncated or of another format are counted, and the next line is read.
func TestNginxSkipsOtherLines(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"truncated":             nginxLine[:len(nginxLine)-2],
		"its end":               nginxLine[40:],
		"two in one":            nginxLine + nginxLine,
		"combined":              `127.0.0.1 - - [29/Nov/2026:08:38:27 +0000] "GET / HTTP/1.1" 200 10 "-" "curl/7.88.1"`,
		"a member is missing":   replaced(nginxLine, `"coding":"",`, ""),
		"null":                  replaced(nginxLine, `"coding":""`, `"coding":null`),
		"numbers":               replaced(nginxLine, `"206"`, `206`),
		"a list":                "[" + nginxLine + "]",
		"negative bytes":        replaced(nginxLine, `"bytes":"500"`, `"bytes":"-500"`),
		"bytes with a sign":     replaced(nginxLine, `"bytes":"500"`, `"bytes":"+500"`),
		"too many bytes":        replaced(nginxLine, `"bytes":"500"`, `"bytes":"9223372036854775808"`),
		"no bytes":              replaced(nginxLine, `"bytes":"500"`, `"bytes":""`),
		"a length of words":     replaced(nginxLine, `"length":"500"`, `"length":"many"`),
		"a status of words":     replaced(nginxLine, `206`, `OK`),
		"a long status":         replaced(nginxLine, `206`, `2060`),
		"a duration of words":   replaced(nginxLine, `1.052`, `NaN`),
		"an endless duration":   replaced(nginxLine, `1.052`, `99999999999999`),
		"a duration's decimals": replaced(nginxLine, `1.052`, `1.-52`),
		"no time":               replaced(nginxLine, `2026-11-29T08:38:27+01:00`, `yesterday`),
		"a raw control":         replaced(nginxLine, `inline`, "in\x01line"),
		"binary":                "\x1f\x8b\x08\x00\x00",
	} {
		all, skipped := read(t, line+"\n"+nginxLine+"\n", accesslog.Nginx)
		assert.Len(t, all, 1, name)
		assert.EqualValues(t, 1, skipped, name)
	}
	all, skipped := read(t, replaced(nginxLine, "GET", "POST")+"\n"+replaced(nginxLine, `"GET"`, `""`), accesslog.Nginx)
	assert.Empty(t, all)
	assert.Zero(t, skipped, "another method is no download, and not foreign")
	all, _ = read(t, replaced(nginxLine, `"2001:db8::7"`, `"unix:"`, `bytes 100-599/70000`, `bytes */70000`)+"\n"+
		replaced(nginxLine, `bytes 100-599/70000`, `bytes 0-9223372036854775807/*`, `"2001:db8::7"`, `"fe80::1%eth0"`), accesslog.Nginx)
	require.Len(t, all, 2)
	for _, r := range all {
		assert.False(t, r.Client.IsValid())
		assert.Zero(t, r.Range.N)
	}
}

func FuzzNginx(f *testing.F) {
	f.Add(nginxLine)
	f.Add(replaced(nginxLine, `206`, `000`, `"OK"`, `""`))
	// Written by nginx 1.22.1: a hostile target, a truncated body, a request without a method.
	f.Add(`{"time":"2026-11-29T08:38:27+00:00","id":"7d67853853eedd192065717f340e9b1a","client":"127.0.0.1","method":"GET",` +
		`"uri":"/more/q\"uo\\te` + "\x80\xff" + `%0a%22","status":"200","bytes":"34","completion":"OK","length":"34","range":"","coding":"","elapsed":"0.000"}`)
	f.Add(`{"time":"2026-11-29T08:38:27+00:00","id":"a66e1de37f41ec10bde6fe9e4c205839","client":"127.0.0.1","method":"GET",` +
		`"uri":"/more/trunc","status":"200","bytes":"5008","completion":"OK","length":"","range":"","coding":"chunked","elapsed":"0.000"}`)
	f.Add(`{"time":"2026-11-29T08:38:27+00:00","id":"8d4d7acd9b13354e94483e4b61b3ffde","client":"127.0.0.1","method":"",` +
		`"uri":"","status":"414","bytes":"177","completion":"OK","length":"177","range":"","coding":"","elapsed":"0.000"}`)
	f.Add(replaced(nginxLine, `/f/docs/a%20b.pdf?inline=1`, `/\"},{\"\\x22%0a\u001b`))
	f.Fuzz(func(t *testing.T, text string) { checkLog(t, text, accesslog.Nginx, nginxLine) })
}
