package proxy_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// tenant returns a storage named "docs" with one object.
func tenant(t *testing.T, content string) *blobdownload.Storage {
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k.txt", []byte(content), nil))
	return &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)}
}

// urlOf signs URLs of one tenant.
type urlOf string

func (u urlOf) SignedURL(context.Context, wrapper.SignOptions) (string, error) { return string(u), nil }

// serveTenant serves k.txt of a tenant.
func serveTenant(t *testing.T, o blobdownload.Optimizer, s *blobdownload.Storage) http.Header {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	d := &blobdownload.Download{File: s.File("k.txt").WithSigner(urlOf("https://store/" + s.Bucket.ID()[len("bucket#"):] + "/k.txt"))}
	require.NoError(t, (&blobdownload.Server{Optimizer: o, Logger: slog.New(slog.DiscardHandler)}).Serve(w, r, d))
	h := w.Header()
	h.Set("X-Body", w.Body.String())
	return h
}

func TestS1AMountServesOneBucketOfAName(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.Optimizer{
		"XAccel":    &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_a/"}}},
		"XSendfile": &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/a"}}},
		"CDN":       &proxy.CDN{Mounts: []proxy.Mount{{Store: "docs", Location: "https://cdn/"}}, Signer: &countingSigner{}},
		"Public":    &proxy.Presign{Public: blobdownload.Storages{publicStorage(t)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := tenant(t, "a"), tenant(t, "b")
			offloads := func(h http.Header) bool {
				return h.Get("X-Accel-Redirect")+h.Get("X-Sendfile")+h.Get("Location") != ""
			}
			assert.True(t, offloads(serveTenant(t, o, a)))
			assert.True(t, offloads(serveTenant(t, o, a)))
			h := serveTenant(t, o, b)
			assert.False(t, offloads(h), "the proxy would send a's file")
			assert.Equal(t, "b", h.Get("X-Body"))
			assert.False(t, offloads(serveTenant(t, o, a)), "either bucket can be meant")
		})
	}
}

// publicStorage is the public storage of all tenants.
func publicStorage(t *testing.T) *blobdownload.Storage {
	s := tenant(t, "public")
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: make([]byte, 32)}}, URL: "https://public/dl/",
	})
	require.NoError(t, err)
	s.Signer = signer
	return s
}

func TestS1SignedURLsAreCachedByBucket(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.Optimizer{
		"Presign": &proxy.Presign{}, "XAccelPresigned": &proxy.XAccelPresigned{Location: "/_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{}
			for _, s := range []*blobdownload.Storage{tenant(t, "a"), tenant(t, "b")} {
				h := serveTenant(t, o, s)
				seen[h.Get("Location")+h.Get("X-Accel-Redirect")] = true
			}
			assert.Len(t, seen, 2)
		})
	}
}

func TestS1FilesOfNoBucketShareNoURL(t *testing.T) {
	t.Parallel()
	o := &proxy.Presign{}
	for _, u := range []string{"https://store/a", "https://store/b"} {
		d := &blobdownload.Download{File: wrapper.New("k", keyOnly{}).WithStore("docs").WithSigner(urlOf(u))}
		to, err := o.Optimize(httptest.NewRequest(http.MethodGet, "/", http.NoBody), d)
		require.NoError(t, err)
		assert.Equal(t, u, to.Header.Get("Location"))
	}
}

// keyOnly has a key and no bucket.
type keyOnly struct{ tenBytes }

func (keyOnly) Location() wrapper.Location { return wrapper.Location{Key: "k"} }

func TestS1ANameThatIsGivenTwiceIsAFault(t *testing.T) {
	t.Parallel()
	o := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_a/"}}}
	require.NoError(t, proxy.Validate(o, "docs", "other"))
	require.ErrorContains(t, proxy.Validate(o, "docs", "docs"), `"docs" is the name of two storages`)
	twice := blobdownload.Storages{tenant(t, "a"), tenant(t, "b")}
	require.ErrorContains(t, (&proxy.Presign{Public: twice}).Validate(), "Presign.Public")
	require.ErrorContains(t, (&proxy.XAccelPresigned{Location: "/_u", Public: twice}).Validate(), "XAccelPresigned.Public")
	require.ErrorContains(t, twice.Check(t.Context()), "duplicate name")
	require.NoError(t, twice[:1].Check(t.Context()))
}

func TestI9AProxyServesNoOldVersion(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"7", `"e"`} {
		d := &blobdownload.Download{File: tenant(t, "a").File("k.txt").WithVersion(version)}
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		for name, o := range map[string]blobdownload.Optimizer{
			"XAccel":    &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_a/"}}},
			"XSendfile": &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/a/"}}},
			"CDN": &proxy.CDN{
				Mounts: []proxy.Mount{{Store: "docs", Location: "https://cdn.example.com/"}},
				Signer: &proxy.CloudCDN{KeyName: "k", Key: make([]byte, 16)},
			},
		} {
			to, err := o.Optimize(r, d)
			require.NoError(t, err, name)
			assert.Nil(t, to, name)
			d := &blobdownload.Download{File: d.File.WithVersion("")}
			if name != "XSendfile" { // it requests metadata of the current version
				to, err = o.Optimize(r, d)
				require.NoError(t, err, name)
				assert.NotNil(t, to, "%s: the current version", name)
			}
		}
	}
}

func TestI9ASignedURLIsForTheNamedVersion(t *testing.T) {
	t.Parallel()
	source, d := signedObject("k", signsAs("https://s/k"))
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	o := &proxy.Presign{}
	d.File = d.File.WithVersion("7")
	to, err := o.Optimize(r, d)
	require.NoError(t, err)
	require.NotNil(t, to)
	assert.Equal(t, "7", source.last.Version)
	d.File = d.File.WithVersion(`"e"`)
	to, err = o.Optimize(r, d)
	require.NoError(t, err)
	assert.Nil(t, to, "no URL is signed for an entity-tag")
}
