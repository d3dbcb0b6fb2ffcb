package page_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A storage that goes down while a person browses has words, a way on, and does not affect the other bucket.
func TestStorageDownWhileBrowsing(t *testing.T) {
	s3 := newRemote(t)
	gateway := startGateway(t, "-bucket", "cloud="+s3.URL, "-bucket", "disk=file://"+directory(t))
	b := newTab(t)
	b.open(t, gateway+"/b/cloud/")
	s3.down.Store(true)
	b.click(t, `a[href="/b/cloud/pictures/"]`)
	b.eventually(t, `document.querySelector(".notice h2")?.textContent.startsWith("The storage")`)
	b.shot(t, "storage down")
	assert.NotContains(t, evaluate[string](t, b, `document.body.textContent`), s3.Endpoint)
	b.click(t, `nav a[href="/b/disk/"]`)
	b.eventually(t, `document.querySelector('a[href="/b/disk/pictures/"]') !== null`)
	b.open(t, gateway+"/b/cloud/pictures/")
	b.eventually(t, `document.querySelector(".ways a")?.textContent === "Try again"`)
	s3.down.Store(false)
	b.click(t, ".ways a")
	b.eventually(t, `document.querySelectorAll("tbody tr").length === 4`)
	b.forgive() // the 502
}

// A file that is deleted between the listing and the click is not there in words, as is a missing bucket.
func TestDeletedMeanwhile(t *testing.T) {
	s3 := newRemote(t)
	dir := directory(t)
	gateway := startGateway(t, "-bucket", "cloud="+s3.URL, "-bucket", "disk=file://"+dir)
	b := newTab(t)
	b.open(t, gateway+"/b/disk/pictures/")
	require.NoError(t, os.Remove(filepath.Join(dir, "pictures", "noon.jpg")))
	evaluate[any](t, b, `document.querySelector("input[value='noon.jpg']").click()`)
	b.click(t, "#zip")
	b.eventually(t, `document.querySelector("#progress-text").textContent.startsWith("A file was deleted meanwhile")`)
	b.click(t, `th a[href$="noon.jpg"]`)
	b.eventually(t, `document.querySelector(".notice h2")?.textContent === "Nothing is here"`)
	b.click(t, ".ways a")
	b.eventually(t, `document.querySelectorAll("tbody tr").length === 3`)

	require.NoError(t, os.RemoveAll(s3.dir))
	l, status := list(t, gateway+"/b/cloud/")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Empty(t, l.Files)
	b.open(t, gateway+"/b/cloud/")
	b.eventually(t, `document.querySelector(".notice h2")?.textContent === "The bucket does not exist"`)
	b.forgive() // the 404s
}

// A signed link is copied with its expiry, and downloads the file.
func TestSignedLink(t *testing.T) {
	gateway := startGateway(t)
	b := newTab(t)
	b.open(t, gateway+bucket+"pictures/")
	b.click(t, `[data-sign][aria-label="Copy a signed link to dawn.jpg"]`)
	b.eventually(t, `document.querySelector("#link").open && document.querySelector("#link-url").value !== ""`)
	b.shot(t, "signed link")
	assert.Regexp(t, `dawn\.jpg until \d+ \w+ \d+, \d\d:\d\d`, evaluate[string](t, b, `document.querySelector("#link p").textContent`))
	link := evaluate[string](t, b, `document.querySelector("#link-url").value`)
	require.True(t, strings.HasPrefix(link, gateway+"/d/"), link)
	b.open(t, gateway+bucket+"pictures/dawn.jpg")
	evaluate[any](t, b, `(a => { a.href = `+"`"+link+"`"+`; a.click() })(document.createElement("a"))`)
	assert.Equal(t, objects(t)["pictures/dawn.jpg"], b.downloaded(t, "dawn.jpg"))
}

// Rejected credentials are a refusal in words.
func TestStorageRefusesAccess(t *testing.T) {
	s3 := newRemote(t)
	gateway := startGateway(t, "-bucket", s3.URL)
	s3.denied.Store(true)
	_, status := list(t, gateway+bucket)
	assert.Equal(t, http.StatusForbidden, status)
}
