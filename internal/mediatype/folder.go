package mediatype

// IsFolder reports whether a Content-Type is one with which tools store an empty object that stands for a folder.
func IsFolder(contentType string) bool {
	kind, _, ok := parse(contentType)
	return ok && folders[kind]
}

var folders = map[string]bool{
	"application/directory":   true, // OpenStack Swift
	"application/x-directory": true, // S3 clients such as s3fs
	"httpd/unix-directory":    true, // Nextcloud
}
