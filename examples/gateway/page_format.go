package main

import (
	"fmt"
	"net/url"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// sizeText returns a size for people, in units of 1000 bytes.
func sizeText(n int64) string {
	if n < 0 {
		return "unknown"
	}
	if n == 1 {
		return "1 byte"
	}
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	value := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		value /= 1000
		switch {
		case value < 9.95:
			return fmt.Sprintf("%.1f %s", value, unit)
		case value < 999.5:
			return fmt.Sprintf("%.0f %s", value, unit)
		}
	}
	return fmt.Sprintf("%.0f EB", value/1000)
}

// timeText returns a time for people. The page's script replaces it with the browser's local time.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006, 15:04 UTC")
}

// contentTypeByName returns the media type that the extension of a name suggests.
func contentTypeByName(name string) string {
	contentType, _ := (&blobdownload.Download{File: wrapper.Bytes(name, nil)}).Offer("")
	return contentType
}

func signPath(bucket, path string) string {
	return "/sign/" + url.PathEscape(bucket) + "/" + escapePath(path)
}
