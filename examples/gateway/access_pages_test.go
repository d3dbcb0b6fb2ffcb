package main

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each row is five operations on one path by one user: the page, the page as JSON, the file, an archive and a link. A path
// without the right has the response of one that does not exist.
func TestRightsOfEachRoute(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	const ok, no = http.StatusOK, http.StatusNotFound
	combinations := 0
	for _, tt := range []struct {
		user, path                   string
		page, json, read, zip, signs int
	}{
		{"alice", "docs/", ok, ok, no, no, no}, // the way to her folders
		{"alice", "docs/team/", ok, ok, no, no, no},
		{"alice", "docs/team/a/", ok, ok, no, ok, no},
		{"alice", "docs/team/a/x.txt", ok, ok, ok, ok, no},
		{"alice", "docs/team/b/", no, no, no, no, no},
		{"alice", "docs/team/b/x.txt", no, no, no, no, no},
		{"alice", "docs/shared/out/x.txt", ok, ok, ok, ok, ok},
		{"alice", "docs/public/", ok, ok, no, ok, no},
		{"alice", "docs/.secret", no, no, no, no, no},
		{"alice", "pics/", no, no, no, no, no},
		{"alice", "pics/x.png", no, no, no, no, no},
		{"bob", "docs/", ok, ok, no, no, no},
		{"bob", "docs/team/", no, no, no, no, no},
		{"bob", "docs/team/a/x.txt", no, no, no, no, no},
		{"bob", "docs/public/x.txt", ok, ok, ok, ok, no},
		{"bob", "pics/", ok, ok, no, ok, no},
		{"bob", "pics/x.png", ok, ok, ok, ok, no},
		{"carol", "docs/", ok, ok, no, no, no},
		{"carol", "docs/public/x.txt", ok, ok, ok, ok, no},
		{"carol", "docs/shared/out/x.txt", no, no, no, no, no},
		{"carol", "pics/x.png", no, no, no, no, no},
		{"carol", "none/x.png", no, no, no, no, no},
	} {
		as := basicAuth(tt.user, tt.user)
		bucket, key, _ := strings.Cut(tt.path, "/")
		folder, name := path.Split(key)
		zip := "/zip/" + bucket + "?" + url.Values{"prefix": {folder}}.Encode()
		if name != "" {
			zip += "&" + url.Values{"name": {name}}.Encode()
		}
		for _, op := range []struct {
			target string
			fields []string
			want   int
		}{
			{"/b/" + tt.path, []string{"Accept", "text/html"}, tt.page},
			{"/b/" + tt.path, []string{"Accept", "application/json"}, tt.json},
			{"/f/" + tt.path, nil, tt.read},
			{zip, nil, tt.zip},
			{"/sign/" + tt.path, nil, tt.signs},
		} {
			got := request(t, g.handler, op.target, append(op.fields, as...)...)
			assert.Equal(t, op.want, got.Code, "%s %s %v", tt.user, op.target, op.fields)
			combinations++
		}
	}
	assert.Equal(t, 110, combinations)
}

// No listing, archive or error has a name that the user may not read.
func TestNoNameLeaks(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	as := basicAuth("carol", "carol")
	for _, target := range []string{
		"/", "/b/docs/", "/b/docs/?begins=t", "/b/docs/?sort=size", "/b/docs/?n=1", "/zip/docs", "/zip/docs?prefix=", "/b/docs/public/",
	} {
		for _, accept := range []string{"text/html", "application/json", "*/*"} {
			body := request(t, g.handler, target, append(as, "Accept", accept)...).Body.String()
			for _, secret := range []string{"team", "shared", ".secret", "pics"} {
				assert.NotContains(t, body, secret, "%s as %s", target, accept)
			}
		}
	}
}

// For a user without the right, the page of a path that exists and that of one that does not differ in that path alone.
func TestForbiddenPagesAreThoseOfUnknownPaths(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	as := basicAuth("carol", "carol")
	for _, accept := range []string{"text/html", "application/json"} {
		for _, pair := range [][2]string{
			{"/b/docs/team/a/x.txt", "/b/docs/TEAM/A/X.TXT"}, {"/b/docs/team/", "/b/docs/TEAM/"}, {"/b/pics/", "/b/PICS/"},
			{"/zip/docs?prefix=team/", "/zip/docs?prefix=TEAM/"}, {"/zip/pics", "/zip/PICS"},
		} {
			forbidden, none := request(t, g.handler, pair[0], append(as, "Accept", accept)...), request(t, g.handler, pair[1], append(as, "Accept", accept)...)
			assert.Equal(t, http.StatusNotFound, forbidden.Code, pair[0])
			assert.Equal(t, none.Code, forbidden.Code, pair[0])
			assert.Equal(t, strings.ToLower(none.Body.String()), strings.ToLower(forbidden.Body.String()), "%s as %s", pair[0], accept)
			assert.Equal(t, none.Header(), forbidden.Header(), pair[0])
		}
	}
}
