package offload_test

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
	azuredriver "github.com/go-downloadview/downloadview/wrapper/azure"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs" // signs complete URLs
)

const presignedKey = "dir/report é #1?.txt"

// offered sets the header fields that every storage must send after a redirect.
func offered(_ *http.Request, d *blobdownload.Download) error {
	d.Filename, d.ContentType = "Bericht 2é.csv", "text/csv"
	d.Header = http.Header{"Cache-Control": {"public, max-age=9000"}}
	return nil
}

// stopped is a clock that stands still, so that no window ends.
func stopped() func() time.Time {
	now := time.Now()
	return func() time.Time { return now }
}

// redirected requests the object from an application with Presign and returns the Location.
func redirected(t *testing.T, s *blobdownload.Storage, p *proxy.Presign) string {
	t.Helper()
	if p.Now == nil {
		p.Now = stopped()
	}
	require.NoError(t, proxy.Validate(p))
	require.NoError(t, s.Bucket.WriteAll(t.Context(), presignedKey, []byte("0123456789"), nil))
	app := httptest.NewServer((&blobdownload.Server{Optimizer: p}).Handler(blobdownload.StorageView(s, keyOf).With(offered)))
	defer app.Close()
	first, body := get(t, app.URL+urlOf(presignedKey))
	require.Equal(t, http.StatusFound, first.StatusCode, body)
	again, _ := get(t, app.URL+urlOf(presignedKey))
	assert.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"), "one URL per window")
	return first.Header.Get("Location")
}

// checkOffered follows a link, without and with Range.
func checkOffered(t *testing.T, link string) {
	t.Helper()
	resp, body := get(t, link)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	assert.Equal(t, "0123456789", body)
	assert.Equal(t, `attachment; filename="Bericht 2_.csv"; filename*=UTF-8''Bericht%202%C3%A9.csv`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, "text/csv", strings.TrimSuffix(resp.Header.Get("Content-Type"), "; charset=utf-8"))
	assert.True(t, strings.HasPrefix(resp.Header.Get("Cache-Control"), "public, max-age="), resp.Header.Get("Cache-Control"))
	assert.NotContains(t, resp.Header.Get("Cache-Control"), "9000", "PS4: not longer than the URL")
	resp, body = get(t, link, "Range", "bytes=2-4")
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	assert.Equal(t, "234", body)
}

func localhost(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	return net.JoinHostPort("localhost", port)
}

// URLs are signed for the public endpoint, and the application requests nothing from it.
func TestPresignPublicEndpoint(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	public := localhost(t, s.host)
	options := s.Client().Options()
	options.BaseEndpoint = aws.String("http://" + public)
	counter := wirecount.New(t)
	options.HTTPClient = counter
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	link := redirected(t, s.storage, &proxy.Presign{
		AllowHTTP: true, Hosts: []string{public},
		Public: blobdownload.Storages{{Name: "s3", Bucket: wrapper.NewBucket(b), Keys: blobdownload.AnyKey}},
	})
	assert.Equal(t, public, hostOf(t, link))
	assert.Empty(t, counter.Take())
	checkOffered(t, link)
	// The host is signed: the URL is invalid with the internal one.
	resp, _ := get(t, strings.Replace(link, public, s.host, 1))
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestPresignAzure(t *testing.T) {
	t.Parallel()
	server := azureserver.Start(t)
	counter := wirecount.New(t)
	b, containerURL := server.Bucket(t, "signed", counter)
	require.NoError(t, azuredriver.UseSharedKey(b, azureserver.Account, azureserver.Key))
	storage := &blobdownload.Storage{Name: "azure", Bucket: wrapper.NewBucket(b)}
	host := hostOf(t, containerURL)

	now := stopped()
	link := redirected(t, storage, &proxy.Presign{Lifetime: proxy.Lifetime{Now: now}, AllowHTTP: true, Hosts: []string{host}})
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // signatures have whole seconds
	other := redirected(t, storage, &proxy.Presign{Lifetime: proxy.Lifetime{Now: now}, AllowHTTP: true, Hosts: []string{host}})
	assert.Equal(t, link, other, "every process signs the same URL")
	assert.Equal(t, host, hostOf(t, link))
	checkOffered(t, link)
	for _, bad := range []string{
		strings.Replace(link, "attachment", "inline", 1), strings.Replace(link, "text%2Fcsv", "text%2Fhtml", 1),
		strings.Replace(link, "dir/", "Dir/", 1), strings.Replace(link, "sp=r", "sp=rw", 1), strings.Replace(link, "se=20", "se=21", 1),
	} {
		require.NotEqual(t, link, bad)
		resp, _ := get(t, bad)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, "tampered: %s", bad)
	}
}

// The emulator has no https, for which the URL is signed.
func TestPresignGCS(t *testing.T) { // not parallel: it sets the environment
	server := gcsserver.Start(t, http.DefaultTransport.(*http.Transport).Clone())
	host := os.Getenv("STORAGE_EMULATOR_HOST")
	storage := &blobdownload.Storage{Name: "gcs", Bucket: wrapper.NewBucket(server.Bucket(t))}
	now := stopped()
	link := redirected(t, storage, &proxy.Presign{Lifetime: proxy.Lifetime{Expiry: time.Minute, Now: now}, Hosts: []string{host}})
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // signatures have whole seconds
	assert.Equal(t, link, redirected(t, storage, &proxy.Presign{Lifetime: proxy.Lifetime{Expiry: time.Minute, Now: now}, Hosts: []string{host}}),
		"every process signs the same URL")
	u, err := url.Parse(link)
	require.NoError(t, err)
	assert.Equal(t, "https", u.Scheme)
	assert.Equal(t, host, u.Host)
	link = strings.Replace(link, "https://", "http://", 1)
	checkOffered(t, link)
	for _, bad := range []string{
		strings.Replace(link, "csv", "exe", 1), strings.Replace(link, "text%2Fcsv", "text%2Fhtml", 1), link + "&response-content-language=x",
	} {
		require.NotEqual(t, link, bad)
		resp, _ := get(t, bad)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, "tampered: %s", bad)
	}
}

// URLs of a bucket that cannot sign are the application's own signed links.
func TestPresignOwnLinks(t *testing.T) {
	t.Parallel()
	for name, bucketURL := range map[string]string{"mem": "mem://", "file": "file://" + t.TempDir() + "?no_tmp_dir=true"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := blobdownload.OpenStorage(t.Context(), bucketURL)
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
			files := httptest.NewUnstartedServer(nil)
			secret := make([]byte, blobdownload.MinSecret)
			_, _ = rand.Read(secret)
			signer := func(base string) *blobdownload.Signer {
				signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
					Keys: []blobdownload.SigningKey{{ID: "1", Secret: secret}}, URL: base + "/dl/", Audience: "files",
				})
				require.NoError(t, err)
				return signer
			}
			host := files.Listener.Addr().String()
			s.Signer = signer("http://" + host)
			files.Config.Handler = s.Signer.Require(new(blobdownload.Server).Handler(blobdownload.LinkView(s)))
			files.Start()
			t.Cleanup(files.Close)

			now := stopped()
			link := redirected(t, s, &proxy.Presign{Lifetime: proxy.Lifetime{Now: now}, AllowHTTP: true, Hosts: []string{host}})
			checkOffered(t, link)
			for i := strings.LastIndexByte(link, '/') + 1; i < len(link); i += 7 {
				bad := []byte(link)
				bad[i] ^= 1
				resp, body := get(t, string(bad))
				assert.Equal(t, http.StatusForbidden, resp.StatusCode, "byte %d", i)
				assert.NotContains(t, body, "0123456789")
			}
			resp, _ := get(t, link+"?x=1")
			assert.Equal(t, http.StatusForbidden, resp.StatusCode)

			other := redirected(t, s, &proxy.Presign{Lifetime: proxy.Lifetime{Now: now}, AllowHTTP: true, Hosts: []string{host}})
			assert.Equal(t, link, other, "every process signs the same URL")

			public := localhost(t, host)
			link = redirected(t, s, &proxy.Presign{AllowHTTP: true, Hosts: []string{public}, Public: blobdownload.Storages{
				{Name: s.Name, Bucket: s.Bucket, Signer: signer("http://" + public)},
			}})
			assert.Equal(t, public, hostOf(t, link))
			checkOffered(t, link)
		})
	}
}
