package blobdownload

import (
	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/internal/mediatype"
	"github.com/go-downloadview/downloadview/wrapper"
)

// WithStoredName returns the download with the file name in the stored Content-Disposition of an object as its Filename.
// The media type of the response and Inline depend on the extension of that name. The download is unchanged if it has a
// Filename, if the file is no object of a bucket, or if the extension of the key stands for another media type.
func (d *Download) WithStoredName(info *wrapper.Info) *Download {
	if d.Filename != "" || info.ContentDisposition == "" || d.File.Location().Bucket == "" {
		return d
	}
	name := disposition.Filename(info.ContentDisposition)
	byKey := mediatype.ByName(d.File.Base())
	if name == "" || byKey != "" && byKey != mediatype.ByName(name) {
		return d
	}
	c := *d
	c.Filename = name
	return &c
}
