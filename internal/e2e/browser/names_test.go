package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// hostileNames are names of downloads, and the names under which browsers save them. They remove a dot at the beginning and
// replace joiners. Further changes of one browser are harmless too.
var hostileNames = []struct {
	name, saved       string
	chromium, firefox string // where the browser differs
}{
	{name: "plain.txt", saved: "plain.txt"},
	{name: "two  blanks.txt", saved: "two  blanks.txt", firefox: "two blanks.txt"},
	{name: " .. /..bashrc", saved: "bashrc"},
	{name: "../../../etc/passwd", saved: "passwd"},
	{name: `..\..\windows\win.ini`, saved: "win.ini"},
	{name: "/etc/cron.d/job", saved: "job"},
	{name: `C:\autoexec.bat`, saved: "autoexec.bat"},
	{name: "D:drive.txt", saved: "drive.txt"},
	{name: ".htaccess", saved: "htaccess"},
	{name: "...dots.txt", saved: "dots.txt"},
	{name: "ends in dots.txt...", saved: "ends in dots.txt"},
	{name: "ends in blanks.txt   ", saved: "ends in blanks.txt"},
	{name: "line\r\nSet-Cookie: a=b.txt", saved: "lineSet-Cookie_ a=b.txt"},
	{name: "nul\x00byte.txt", saved: "nulbyte.txt"},
	{name: "tab\tand\x1bescape\x7f.txt", saved: "tabandescape.txt"},
	{name: "gnp.\u202eexe.png", saved: "gnp.exe.png"},
	{name: "zero\u200bwidth\ufeff.txt", saved: "zerowidth.txt"},
	{name: "quote\".txt\"; filename=\"evil.exe", saved: "quote_.txt_; filename=_evil.exe"},
	{name: "semi;filename*=UTF-8''evil.exe", saved: "semi;filename_=UTF-8''evil.exe"},
	{name: "comma,apostrophe'.txt", saved: "comma,apostrophe'.txt"},
	{name: "percent%2e%2e%2fup.txt", saved: "percent%2e%2e%2fup.txt", firefox: "percent.._up.txt"},
	{name: "encoded =?utf-8?b?ZXZpbC5leGU=?=.txt", saved: "encoded =_utf-8_b_ZXZpbC5leGU=_=.txt"},
	{name: "ask?star*.txt", saved: "ask_star_.txt"},
	{name: "pipe|less<more>.txt", saved: "pipe_less_more_.txt"},
	{name: "colon:stream.txt", saved: "colon_stream.txt"},
	{name: "NUL", saved: "_NUL"},
	{name: "con.txt", saved: "_con.txt"},
	{name: "COM1.tar.gz", saved: "_COM1.tar.gz"},
	{name: "日本語の報告書.txt", saved: "日本語の報告書.txt"},
	{name: "naïve café.txt", saved: "naïve café.txt"},
	{name: "de\u0301compose\u0301.txt", saved: "de\u0301compose\u0301.txt", chromium: "d\u00e9compos\u00e9.txt"},
	{name: "emoji 🎉👩\u200d👧.txt", saved: "emoji 🎉👩_👧.txt"},
	{name: "עברית.txt", saved: "עברית.txt"},
	{name: "not\xffutf8\xc3.txt", saved: "not_utf8_.txt"},
	{name: "tilde~hash#dollar$.txt", saved: "tilde~hash#dollar$.txt"},
	{name: "shortcut.lnk", saved: "shortcut.lnk", firefox: "shortcut.lnk.download"},
	{name: "desktop.ini", saved: "desktop.ini"},
	{name: "page.html.exe", saved: "page.html.exe"},
	{name: strings.Repeat("long", 100) + ".txt", saved: strings.Repeat("long", 36) + "lo.txt"},
	{name: strings.Repeat("漢", 200) + ".txt", saved: strings.Repeat("漢", 78) + ".txt"},
	{name: "", saved: "unnamed"}, // by the URL
}

// A download is saved under a harmless name, the same in each browser.
func TestSavedNames(t *testing.T) {
	server := &blobdownload.Server{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i, err := strconv.Atoi(strings.TrimSuffix(r.URL.Path[1:], "/unnamed"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		d := &blobdownload.Download{File: wrapper.Bytes("", fmt.Appendf(nil, "content %d", i)), Filename: hostileNames[i].name}
		_ = server.Serve(w, r, d)
	}))
	t.Cleanup(s.Close)
	inBrowsers(t, func(t *testing.T, b *browser) {
		p := b.open(t)
		t.Cleanup(b.removeSaved)
		for i := range hostileNames {
			_ = p.navigate(fmt.Sprint(s.URL, "/", i, "/unnamed")) // that a download begins is an error in some browsers
		}
		var saved map[string]string
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			saved = savedNames(t, b.saves)
			assert.Len(c, saved, len(hostileNames))
		}, 20*time.Second, 100*time.Millisecond)
		for i, n := range hostileNames {
			want := n.saved
			if own := map[*browser]string{chromium: n.chromium, firefox: n.firefox}[b]; own != "" {
				want = own
			}
			assert.Equal(t, want, saved[fmt.Sprint("content ", i)], "%q", n.name)
		}
	})
}

// removeSaved removes all downloads.
func (b *browser) removeSaved() {
	entries, _ := os.ReadDir(b.saves)
	for _, e := range entries {
		_ = os.Remove(filepath.Join(b.saves, e.Name()))
	}
}

// savedNames returns the names of complete downloads in a directory, by their content.
func savedNames(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := map[string]string{}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".crdownload" || ext == ".part" {
			continue
		}
		if content, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && strings.HasPrefix(string(content), "content ") {
			names[string(content)] = e.Name()
		}
	}
	return names
}
