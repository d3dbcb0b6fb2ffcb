package blobdownload_test

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// D5: every type, an image's too, was sent with a charset.
func TestD5_NoCharsetOnBinaryTypes(t *testing.T) {
	t.Parallel()
	mem := &blobdownload.Storage{Bucket: memBucket(t)}
	file := &blobdownload.Storage{Bucket: fileBucket(t, t.TempDir())}
	for _, c := range []struct{ key, stored, want string }{
		{"a.png", "image/png", "image/png"},
		{"b.png", "application/octet-stream", "image/png"},
		{"c.png", "image/png; charset=utf-8", "image/png"},
		{"a.tar.gz", "application/octet-stream", "application/gzip"},
		{"a.pdf", "binary/octet-stream", "application/pdf"},
		{"a.bin", "application/octet-stream", "application/octet-stream"},
		{"a.json", "application/json", "application/json"},
		{"a.txt", "application/octet-stream", "text/plain; charset=utf-8"},
		{"b.txt", "text/plain", "text/plain; charset=utf-8"},
		{"c.txt", "text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1"},
		{"noextension", "application/octet-stream", "application/octet-stream"},
	} {
		for kind, s := range map[string]*blobdownload.Storage{"mem": mem, "file": file} {
			put(t, s.Bucket, c.key, c.stored, []byte("content"))
			t.Run(kind+" "+c.key, func(t *testing.T) {
				t.Parallel()
				resp := ask(t, quiet().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key="+c.key)
				assert.Equal(t, c.want, resp.Header.Get("Content-Type"))
				assert.NotContains(t, resp.Header, "Content-Encoding")
				assert.Equal(t, `attachment; filename="`+c.key+`"`, resp.Header.Get("Content-Disposition"))
			})
		}
	}
}

// D6: content shown inline lost its name.
func TestD6_InlineKeepsTheFilename(t *testing.T) {
	t.Parallel()
	named := func(name string) func(*http.Request) string { return func(*http.Request) string { return name } }
	view := virtual(func(string) *wrapper.File { return wrapper.Bytes("dir/a.png", []byte("content")) }).Inline()
	for _, c := range []struct {
		name string
		view blobdownload.View
		want string
	}{
		{"own name", view, `inline; filename="a.png"`},
		{"given name", view.Named(named("b c.png")), `inline; filename="b c.png"`},
		{"not ASCII", view.Named(named("é.png")), `inline; filename="_.png"; filename*=UTF-8''%C3%A9.png`},
		{"a type that runs", view.As("image/svg+xml"), `attachment; filename="a.png"`},
		{"a name that runs", view.Named(named("a.html")), `attachment; filename="a.html"`},
		{"as attachment after all", view.Attachment(), `attachment; filename="a.png"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, ask(t, quiet().Handler(c.view), "GET", "/").Header.Get("Content-Disposition"))
		})
	}
}

// D7: five of six facts that an application knew were ignored, or a 500.
func TestD7_KnownFactsAreUsedAndSpareTheStat(t *testing.T) {
	t.Parallel()
	later := changed.Add(time.Hour)
	all := wrapper.Info{
		Size: 7, ModTime: later, ETag: `"known"`, ContentType: "image/gif", ContentEncoding: "br", ContentLanguage: "nl",
	}
	for _, c := range []struct {
		name         string
		known        wrapper.Info
		field, value string
		stats        int
	}{
		{"size", wrapper.Info{Size: 7}, "Content-Length", "7", 0},
		{"modification time", all, "Last-Modified", "Mon, 06 May 2024 08:08:09 GMT", 0},
		{"entity-tag", all, "ETag", `"known"`, 0},
		{"type", all, "Content-Type", "image/gif", 0},
		{"encoding", all, "Content-Encoding", "br", 0},
		{"language", all, "Content-Language", "nl", 0},
		{"type alone", wrapper.Info{ContentType: "image/gif"}, "Content-Type", "image/gif", 1},
		{"name", all, "Content-Disposition", `attachment; filename="n.gif"`, 0},
		{"none", wrapper.Info{}, "ETag", `"v1"`, 1},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				t.Parallel()
				p := newProbe("content")
				h := quiet().Handler(func(*http.Request) (*blobdownload.Download, error) {
					return &blobdownload.Download{File: p.file("a").WithInfo(c.known), Filename: "n.gif"}, nil
				})
				resp := ask(t, h, method, "/")
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.Equal(t, c.value, resp.Header.Get(c.field))
				stats, opens, _ := p.counts()
				assert.Equal(t, c.stats, stats)
				assert.Equal(t, method == "GET", opens == 1)
			})
		}
	}
}

// signer is a source that signs.
type signer struct {
	*probe
	asked wrapper.SignOptions
}

func (s *signer) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	s.asked = o
	return "https://cloud.example/a?sig=x", nil
}

// D16: a signature never expired unless asked to.
func TestD16_SignaturesExpireByDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		expiry, asked time.Duration // asked 0: refused
	}{
		{"default", 0, wrapper.DefaultExpiry},
		{"a second", time.Second, time.Second},
		{"seven days", 7 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"no fractions", 1500 * time.Millisecond, time.Second},
		{"below a second", 999 * time.Millisecond, 0},
		{"negative", -time.Hour, 0},
		{"above seven days", 7*24*time.Hour + time.Second, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &signer{probe: newProbe("content")}
			u, err := wrapper.New("a", s).SignedURL(t.Context(), wrapper.SignOptions{Expiry: c.expiry})
			assert.Equal(t, c.asked, s.asked.Expiry)
			if c.asked == 0 {
				require.ErrorContains(t, err, "Expiry")
				assert.Empty(t, u)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "https://cloud.example/a?sig=x", u)
			assert.Equal(t, "GET", s.asked.Method)
		})
	}
	assert.Positive(t, wrapper.DefaultExpiry)
	assert.LessOrEqual(t, wrapper.DefaultExpiry, time.Hour)
}

// D18: content of unknown length was an empty download.
func TestD18_UnknownSizeIsNotZero(t *testing.T) {
	t.Parallel()
	unsized := newProbe("content")
	unsized.info.Size = wrapper.UnknownSize
	places := append(madePlaces([]byte("content")), place{
		name: "source", view: virtual(func(string) *wrapper.File { return unsized.file("a") }),
	})
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			srv := live(t, quiet().Handler(p.view))
			for name, header := range map[string][]string{"whole": nil, "range": {"Range", "bytes=0-1"}} {
				resp := get(t, srv, "/?key="+theKey, header...)
				assert.Equal(t, http.StatusOK, resp.StatusCode, name)
				assert.NotEqual(t, "0", resp.Header.Get("Content-Length"), name)
				assert.Equal(t, "none", resp.Header.Get("Accept-Ranges"), name)
				assert.Equal(t, "content", text(t, resp), name)
			}
			head, err := try(t, srv, "HEAD", "/?key="+theKey)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, head.StatusCode)
			assert.EqualValues(t, -1, head.ContentLength)
		})
	}
}

// D19: the length of text was that of its characters.
func TestD19_LengthsAreInBytes(t *testing.T) {
	t.Parallel()
	content := "é世界🙂"
	for _, p := range storedPlaces(t, []byte(content)) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quiet().Handler(p.view)
			resp := ask(t, h, "GET", "/?key="+theKey)
			assert.Equal(t, strconv.Itoa(len(content)), resp.Header.Get("Content-Length"))
			assert.Equal(t, content, text(t, resp))
			part := ask(t, h, "GET", "/?key="+theKey, "Range", "bytes=1-2")
			assert.Equal(t, http.StatusPartialContent, part.StatusCode)
			assert.Equal(t, content[1:3], text(t, part))
			assert.Equal(t, "bytes 1-2/12", part.Header.Get("Content-Range"))
		})
	}
}
