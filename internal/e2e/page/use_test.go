package page_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const bucket = "/b/default/"

// A person browses, filters, looks, plays and downloads. All storages have the same page.
func TestPageOfEveryStorage(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (gateway string, lists func() int64){
		"mem": func(t *testing.T) (string, func() int64) { return startGateway(t), nil },
		"file": func(t *testing.T) (string, func() int64) {
			return startGateway(t, "-bucket", "file://"+withMany(t, directory(t))), nil
		},
		"s3": func(t *testing.T) (string, func() int64) {
			r := newRemote(t)
			withMany(t, r.dir)
			return startGateway(t, "-bucket", r.URL), r.lists.Load
		},
	} {
		t.Run(name, func(t *testing.T) {
			gateway, lists := start(t)
			t.Run("browse", func(t *testing.T) { browse(t, gateway) })
			t.Run("image", func(t *testing.T) { image(t, gateway) })
			t.Run("video", func(t *testing.T) { video(t, gateway) })
			t.Run("download", func(t *testing.T) { download(t, gateway) })
			t.Run("archives", func(t *testing.T) { archives(t, gateway) })
			t.Run("interrupted", func(t *testing.T) { interrupted(t, gateway) })
			if name != "mem" {
				t.Run("20,029 keys", func(t *testing.T) { pages(t, gateway, lists) })
			}
		})
	}
}

func browse(t *testing.T, gateway string) {
	b := newTab(t)
	b.open(t, gateway+"/")
	b.eventually(t, `location.pathname === "`+bucket+`"`)
	b.click(t, `a[href="`+bucket+`pictures/"]`)
	b.eventually(t, `document.querySelector("h1")?.textContent === "pictures" && document.querySelectorAll("tbody tr").length === 4`)
	b.shot(t, "folder")
	require.NoError(t, chromedp.Do(b, chromedp.SendKeys(chromedp.CSS("#begins"), "d\r")))
	b.eventually(t, `location.search === "?begins=d" && document.querySelectorAll("tbody tr").length === 3`)
	b.click(t, ".crumbs a")
	b.eventually(t, `location.pathname === "`+bucket+`"`)
	assert.NotContains(t, evaluate[string](t, b, `document.body.textContent`), ".hidden")
	b.open(t, gateway+bucket+"odd%20names/")
	assert.NotContains(t, evaluate[string](t, b, `document.querySelector("table").textContent`), "\u202e")
	b.shot(t, "odd names")
}

func image(t *testing.T, gateway string) {
	b := newTab(t)
	b.open(t, gateway+bucket+"pictures/")
	b.click(t, `th a[href$="dawn.jpg"]`)
	b.eventually(t, `document.querySelector(".preview img")?.naturalWidth === 1200`)
	b.shot(t, "image")
}

// The picture of a film follows the seek.
func video(t *testing.T, gateway string) {
	b := newTab(t)
	b.open(t, gateway+bucket+"media/day.webm")
	const film = `document.querySelector("video")`
	b.eventually(t, film+`?.readyState >= 2`)
	assert.InDelta(t, 24, evaluate[float64](t, b, film+`.duration`), 0.2)
	brightness := func() float64 {
		return evaluate[float64](t, b, `(() => {
			const c = document.createElement("canvas")
			c.width = c.height = 16
			const x = c.getContext("2d")
			x.drawImage(`+film+`, 0, 0, 16, 16)
			return x.getImageData(0, 0, 16, 16).data.reduce((sum, v) => sum + v, 0) / 1024
		})()`)
	}
	seek := func(seconds int) {
		evaluate[chromedp.Void](t, b, fmt.Sprintf(film+`.currentTime = %d`, seconds))
		b.eventually(t, fmt.Sprintf(film+`.seeking === false && `+film+`.readyState >= 2 && `+film+`.currentTime === %d`, seconds))
	}
	seek(8) // noon
	noon := brightness()
	b.shot(t, "noon")
	seek(19) // night
	assert.Less(t, brightness(), noon-40)
	assert.Contains(t, b.statuses("day.webm?inline"), 206)
}

func download(t *testing.T, gateway string) {
	b := newTab(t)
	b.open(t, gateway+bucket+"odd%20names/")
	b.click(t, `a[data-download][aria-label="Download 季度报告 🎉.txt"]`)
	assert.Equal(t, oddContent, string(b.downloaded(t, "季度报告 🎉.txt")))
	b.eventually(t, `[...document.querySelectorAll("[data-how]")].some(e => e.textContent.includes("65 bytes through the gateway"))`)
	b.shot(t, "downloaded")
}

func archives(t *testing.T, gateway string) {
	b := newTab(t)
	b.open(t, gateway+bucket+"pictures/")
	for _, name := range []string{"dawn.jpg", "dusk.jpg", "noon.jpg"} {
		b.click(t, `input[value="`+name+`"]`)
	}
	b.eventually(t, `document.querySelector("#count").textContent === "3 selected"`)
	b.click(t, "#zip")
	unpacked(t, b.downloaded(t, "pictures (3 selected).zip"), "pictures/", "dawn.jpg", "dusk.jpg", "noon.jpg")
	b.shot(t, "archive")
	b.click(t, "#zip-all")
	unpacked(t, b.downloaded(t, "pictures.zip"), "pictures/", "dawn.jpg", "disc.png", "dusk.jpg", "noon.jpg")
}

// unpacked requires that an archive holds objects under a prefix.
func unpacked(t *testing.T, archive []byte, prefix string, names ...string) {
	t.Helper()
	want := objects(t)
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var found []string
	for _, f := range z.File {
		found = append(found, f.Name)
		r, err := f.Open()
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, want[prefix+f.Name], got, f.Name)
	}
	assert.Equal(t, names, found)
}

// G1: all keys are reachable, page by page. lists counts the listing requests; nil means that the storage is local.
func pages(t *testing.T, gateway string, lists func() int64) {
	b := newTab(t)
	b.open(t, gateway+bucket+"many/")
	for first := range 4 {
		b.eventually(t, fmt.Sprintf(`document.readyState === "complete" && document.querySelectorAll("tbody tr").length === 200
			&& document.querySelector("tbody a").textContent === "%05d.txt"`, 200*first))
		if first < 3 {
			b.click(t, `a[rel=next]`)
		}
	}
	seen := map[string]bool{}
	for next := bucket + "many/?n=1000"; next != ""; {
		var before int64
		if lists != nil {
			before = lists()
		}
		l, status := list(t, gateway+next)
		require.Equal(t, 200, status)
		if lists != nil {
			assert.EqualValues(t, 1, lists()-before, "listing requests of one page")
		}
		for _, f := range l.Files {
			seen[f.Name] = true
		}
		next = l.Next
	}
	assert.Len(t, seen, many)
}
