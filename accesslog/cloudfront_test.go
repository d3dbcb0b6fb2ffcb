package accesslog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The lines of a file of CloudFront: the header of all 33 fields, and a response of a range.
const (
	cloudFrontHeader = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) " +
		"cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken " +
		"x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port " +
		"time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n"
	cloudFrontLine = "2026-12-04\t21:02:31\tLAX1\t1392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/v/a%2520b.mp4\t206\t-\t" +
		"Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)\tx-request-id=7d67853853eedd192065717f340e9b1a&Expires=1\t-\tHit\t" +
		"SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\td111111abcdef8.cloudfront.net\thttps\t23\t0.101\t-\tTLSv1.3\t" +
		"TLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\tvideo/mp4\t1000\t500\t1499"
)

func TestCloudFrontRecord(t *testing.T) {
	t.Parallel()
	all, skipped := read(t, cloudFrontHeader+cloudFrontLine+"\r\n"+cloudFrontLine+"\t\n", accesslog.CloudFront) // some lines end with a tab
	require.Len(t, all, 2)
	assert.Zero(t, skipped)
	assert.Equal(t, all[0], all[1])
	r := all[0]
	assert.Equal(t, "7d67853853eedd192065717f340e9b1a", r.RequestID)
	assert.Equal(t, "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==", r.ServerID)
	assert.True(t, time.Date(2026, 12, 4, 21, 2, 31, 0, time.UTC).Equal(r.Time))
	assert.Equal(t, []string{"GET", "/v/a b.mp4", "", "192.0.2.100"}, []string{r.Method, r.Path, r.Key, r.Client.String()})
	assert.Equal(t, []any{206, int64(1000), int64(1000)}, []any{r.Status, r.Bytes, r.Length})
	assert.Equal(t, []time.Duration{101 * time.Millisecond, time.Millisecond}, []time.Duration{r.Elapsed, r.FirstByte})
	assert.Equal(t, wrapper.Range{Off: 500, N: 1000}, r.Range)
	assert.Equal(t, accesslog.Complete, r.Completeness)
}

func TestCloudFrontCompleteness(t *testing.T) {
	t.Parallel()
	const result, detailed, began = "\t-\tHit\tSOX", "\tHit\tvideo", "\tHit\tHTTP"
	for _, tt := range []struct {
		name          string
		change        []string
		want          accesslog.Completeness
		bytes, length int64
	}{
		{"complete", nil, accesslog.Complete, 1000, 1000},
		{"fewer bytes than the body", []string{"1392", "700"}, accesslog.Incomplete, 700, 1000},
		{"as many bytes as the body, header included", []string{"1392", "1000"}, accesslog.Incomplete, 1000, 1000},
		{"ClientCommError", []string{result, "\t-\tError\tSOX", detailed, "\tClientCommError\tvideo"}, accesslog.Incomplete, 1000, 1000},
		{"AbortedOrigin", []string{result, "\t-\tError\tSOX", detailed, "\tAbortedOrigin\tvideo", "1392", "800"}, accesslog.Incomplete, 800, 1000},
		{"an error after a success", []string{result, "\t-\tError\tSOX", detailed, "\tError\tvideo"}, accesslog.Incomplete, 1000, 1000},
		{"an error page of the origin", []string{
			"\t206\t", "\t502\t", result, "\t-\tError\tSOX", began, "\tError\tHTTP", detailed, "\tAbortedOrigin\tvideo",
		}, accesslog.Complete, 1000, 1000},
		{"no response", []string{
			"\t206\t", "\t000\t", "1392", "0", result, "\t-\tError\tSOX", began, "\tError\tHTTP", detailed, "\tClientCommError\tvideo", "\t1000\t", "\t-\t",
		}, accesslog.Incomplete, -1, -1},
		{"no Content-Length", []string{"\t1000\t", "\t-\t"}, accesslog.Unknown, -1, -1},
		{"HEAD", []string{"GET", "HEAD"}, accesslog.Complete, 0, 0},
		{"304", []string{"\t206\t", "\t304\t", "\t1000\t", "\t-\t"}, accesslog.Complete, 0, 0},
		{"HEAD, disconnected", []string{"GET", "HEAD", result, "\t-\tError\tSOX", detailed, "\tClientCommError\tvideo"}, accesslog.Incomplete, 0, 0},
	} {
		all, skipped := read(t, cloudFrontHeader+replaced(cloudFrontLine, tt.change...)+"\n", accesslog.CloudFront)
		require.Len(t, all, 1, tt.name)
		assert.Zero(t, skipped)
		assert.Equal(t, tt.want, all[0].Completeness, tt.name)
		assert.Equal(t, []int64{tt.bytes, tt.length}, []int64{all[0].Bytes, all[0].Length}, tt.name)
	}
}

// The header defines where the fields are. Version 2 of the logs contains those that were chosen.
func TestCloudFrontGoesByTheHeader(t *testing.T) {
	t.Parallel()
	const chosen = "#Version: 1.0\n#Fields: sc-content-len sc-status cs-uri-stem cs-method sc-bytes date time\n"
	all, skipped := read(t, chosen+"10\t200\t/a\tGET\t300\t2026-12-04\t21:02:31\n"+cloudFrontHeader+cloudFrontLine+"\n", accesslog.CloudFront)
	require.Len(t, all, 2)
	assert.Zero(t, skipped)
	assert.Equal(t, []any{"/a", int64(10), accesslog.Complete, false}, []any{all[0].Path, all[0].Bytes, all[0].Completeness, all[0].Client.IsValid()})
	assert.Equal(t, "/v/a b.mp4", all[1].Path)
}

// LG6: lines that are truncated or of another format are counted, and the next line is read.
func TestCloudFrontSkipsOtherLines(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"truncated":        cloudFrontLine[:200],
		"its end":          cloudFrontLine[20:],
		"one more value":   cloudFrontLine + "\tx",
		"nginx":            nginxLine,
		"S3":               s3Line,
		"a control":        replaced(cloudFrontLine, "Mozilla", "M\x1b[2J"),
		"negative bytes":   replaced(cloudFrontLine, "1392", "-1392"),
		"a length of text": replaced(cloudFrontLine, "\t1000\t", "\tmany\t"),
		"no time":          replaced(cloudFrontLine, "21:02:31", "noon"),
		"a long status":    replaced(cloudFrontLine, "\t206\t", "\t2060\t"),
	} {
		all, skipped := read(t, cloudFrontHeader+line+"\n"+cloudFrontLine+"\n", accesslog.CloudFront)
		assert.Len(t, all, 1, name)
		assert.EqualValues(t, 1, skipped, name)
	}
	for name, header := range map[string]string{
		"no header": "", "another comment": "#Software: x\n", "twice the same field": strings.Replace(cloudFrontHeader[14:], "c-port", "date", 1),
		"no field of bytes": strings.Replace(cloudFrontHeader[14:], "sc-bytes", "bytes", 1),
	} {
		all, skipped := read(t, header+cloudFrontLine+"\n", accesslog.CloudFront)
		assert.Empty(t, all, name)
		assert.EqualValues(t, 1+strings.Count(header, "\n"), skipped, name)
	}
	all, skipped := read(t, cloudFrontHeader+cloudFrontLine, accesslog.CloudFront)
	assert.Empty(t, all, "the last number may be truncated")
	assert.EqualValues(t, 1, skipped)
	all, skipped = read(t, cloudFrontHeader+replaced(cloudFrontLine, "GET", "POST")+"\n", accesslog.CloudFront)
	assert.Empty(t, all)
	assert.Zero(t, skipped)
}

// LG2: an id that another parameter hides by its encoding does not replace the signed one.
func TestCloudFrontRequestIDs(t *testing.T) {
	t.Parallel()
	const id = "x-request-id=7d67853853eedd192065717f340e9b1a"
	for query, want := range map[string]string{
		id: "7d67853853eedd192065717f340e9b1a", "x-request-id=a%253D": "a=", "x-request-id=a%3D": "a=", "-": "", "x-request-id=a%250Ab": "",
		id + "&y=1%26x-request-id%3Dforged": "7d67853853eedd192065717f340e9b1a", id + "&x-request-id=other": "",
	} {
		all, _ := read(t, cloudFrontHeader+strings.Replace(cloudFrontLine, id, query, 1)+"\n", accesslog.CloudFront)
		if assert.Len(t, all, 1, query) {
			assert.Equal(t, want, all[0].RequestID, query)
		}
	}
}

func FuzzCloudFront(f *testing.F) {
	f.Add(cloudFrontHeader + cloudFrontLine + "\n")
	f.Add("#Fields: sc-content-len sc-status cs-uri-stem cs-method sc-bytes date time\n10\t200\t/a\tGET\t300\t2026-12-04\t21:02:31\n")
	f.Add(cloudFrontHeader + replaced(cloudFrontLine, "Hit\tvideo", "ClientCommError\tvideo"))
	f.Fuzz(func(t *testing.T, text string) {
		checkLog(t, text, accesslog.CloudFront, cloudFrontHeader+cloudFrontLine)
	})
}
