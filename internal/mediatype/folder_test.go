package mediatype_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

func TestTypesOfFolders(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"application/x-directory":                true,
		"application/x-directory; charset=UTF-8": true, // s3fs sends one
		"Application/X-Directory":                true,
		"application/directory":                  true,
		"httpd/unix-directory":                   true,
		"application/x-directory-x":              false,
		"application/octet-stream":               false,
		"directory":                              false,
		"":                                       false,
	} {
		assert.Equal(t, want, mediatype.IsFolder(contentType), contentType)
	}
}
