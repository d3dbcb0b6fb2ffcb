package main

import (
	"fmt"
	"net/http"
)

// route is a way in which the program serves a GET.
type route struct {
	name     string
	s3       bool   // the bucket is S3, else a directory
	optimize string // the optimizer
	field    string // response header field that offloads the download; "" if the program streams it
}

const offloadField = "X-Accel-Redirect"

var routes = []route{
	{name: "s3", s3: true},
	{name: "file"},
	{name: "xaccel", optimize: "xaccel", field: offloadField},
	{name: "xaccel-s3", s3: true, optimize: "xaccel", field: offloadField},
	{name: "presign", s3: true, optimize: "presign", field: "Location"},
}

// check fails unless the response used the route: a walk of an error page would be short.
func (r route) check(resp *http.Response, got, size int64) error {
	switch {
	case r.field != "" && resp.Header.Get(r.field) == "":
		return fmt.Errorf("GET returned %s without %s", resp.Status, r.field)
	case r.field == "" && (resp.StatusCode != http.StatusOK || got != size):
		return fmt.Errorf("GET returned %s with %d bytes; want 200 with %d", resp.Status, got, size)
	}
	return nil
}
