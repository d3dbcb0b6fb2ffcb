package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// rightsOfTest are those of the tests: alice reads two folders and signs in one, bob reads a bucket, every user one folder.
var rightsOfTest = []right{
	{User: "alice", Bucket: "docs", Prefix: "team/a/"},
	{User: "alice", Bucket: "docs", Prefix: "shared/"},
	{User: "alice", Bucket: "docs", Prefix: "shared/out/", Sign: true},
	{User: "bob", Bucket: "pics"},
	{User: "*", Bucket: "docs", Prefix: "public/"},
}

func requestOf(t *testing.T, user string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	assert.NoError(t, err)
	if user == "" {
		return r
	}
	return withUser(r, user)
}

// Each row is four combinations of user, path and operation.
func TestRights(t *testing.T) {
	t.Parallel()
	a := access{sign: true, rights: rightsOfTest}
	const yes, no = true, false
	for _, tt := range []struct {
		user, bucket, path    string
		list, read, zip, sign bool
	}{
		// alice
		{"alice", "docs", "", yes, no, no, no}, // a parent of her folders
		{"alice", "docs", "team/", yes, no, no, no},
		{"alice", "docs", "team/a/", yes, yes, yes, no},
		{"alice", "docs", "team/a/x.txt", yes, yes, yes, no},
		{"alice", "docs", "team/a/b/x.txt", yes, yes, yes, no},
		{"alice", "docs", "team/b/", no, no, no, no},
		{"alice", "docs", "team/b/x.txt", no, no, no, no},
		{"alice", "docs", "team/a", no, no, no, no}, // a file beside the folder
		{"alice", "docs", "team/ab/x.txt", no, no, no, no},
		{"alice", "docs", "team", no, no, no, no},
		{"alice", "docs", "x.txt", no, no, no, no},
		{"alice", "docs", "shared/x.txt", yes, yes, yes, no},
		{"alice", "docs", "shared/out/x.txt", yes, yes, yes, yes},
		{"alice", "docs", "shared/output.txt", yes, yes, yes, no},
		{"alice", "docs", "public/x.txt", yes, yes, yes, no},
		{"alice", "pics", "", no, no, no, no},
		{"alice", "pics", "x.png", no, no, no, no},
		{"alice", "none", "", no, no, no, no},
		// bob
		{"bob", "pics", "", yes, yes, yes, no},
		{"bob", "pics", "a/b/c.png", yes, yes, yes, no},
		{"bob", "docs", "", yes, no, no, no},
		{"bob", "docs", "public/", yes, yes, yes, no},
		{"bob", "docs", "team/a/x.txt", no, no, no, no},
		{"bob", "docs", "shared/out/x.txt", no, no, no, no},
		// a user without rights of her own
		{"carol", "docs", "public/x.txt", yes, yes, yes, no},
		{"carol", "docs", "public", no, no, no, no},
		{"carol", "docs", "team/", no, no, no, no},
		{"carol", "pics", "", no, no, no, no},
		// names that look like the user of every right, and no user
		{"Alice", "docs", "team/a/x.txt", no, no, no, no},
		{"", "docs", "", no, no, no, no},
		{"", "docs", "public/x.txt", no, no, no, no},
		{"", "pics", "", no, no, no, no},
	} {
		r := requestOf(t, tt.user)
		for op, want := range map[operation]bool{opList: tt.list, opRead: tt.read, opZip: tt.zip, opSign: tt.sign} {
			assert.Equal(t, want, a.allows(r, tt.bucket, tt.path, op), "%s %s/%s operation %d", tt.user, tt.bucket, tt.path, op)
		}
	}
}

func TestOpenAccess(t *testing.T) {
	t.Parallel()
	for _, sign := range []bool{false, true} {
		a := access{open: true, sign: sign}
		r := requestOf(t, "")
		for _, op := range []operation{opList, opRead, opZip} {
			assert.True(t, a.allows(r, "docs", "x", op))
		}
		assert.Equal(t, sign, a.allows(r, "docs", "x", opSign))
		below, whole := a.folders(r, "docs", "")
		assert.Empty(t, below)
		assert.True(t, whole)
	}
}

// Without a signer no right permits to sign.
func TestNoSignerNoLinks(t *testing.T) {
	t.Parallel()
	a := access{rights: rightsOfTest}
	assert.False(t, a.allows(requestOf(t, "alice"), "docs", "shared/out/x.txt", opSign))
}

// Above their folders, users see the way to them and no other name.
func TestFoldersAboveARight(t *testing.T) {
	t.Parallel()
	a := access{rights: rightsOfTest}
	for _, tt := range []struct {
		user, bucket, prefix string
		below                []string
		whole                bool
	}{
		{"alice", "docs", "", []string{"public/", "shared/", "team/"}, false},
		{"alice", "docs", "team/", []string{"team/a/"}, false},
		{"alice", "docs", "team/a/", nil, true},
		{"alice", "docs", "team/b/", nil, false},
		{"alice", "docs", "shared/", nil, true},
		{"alice", "pics", "", nil, false},
		{"bob", "pics", "", nil, true},
		{"bob", "docs", "", []string{"public/"}, false},
		{"carol", "docs", "", []string{"public/"}, false},
		{"carol", "none", "", nil, false},
		{"", "docs", "", nil, false},
	} {
		below, whole := a.folders(requestOf(t, tt.user), tt.bucket, tt.prefix)
		assert.Equal(t, tt.whole, whole, "%s %s/%s", tt.user, tt.bucket, tt.prefix)
		assert.Equal(t, tt.below, below, "%s %s/%s", tt.user, tt.bucket, tt.prefix)
	}
}
