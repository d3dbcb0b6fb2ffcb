package main

import (
	"context"
	"errors"
	"net/http"

	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// listStatus returns the status of a listing that failed. The check reads with the least permission: a missing bucket and
// wrong credentials fail it, a bucket that only refuses to be listed does not.
func listStatus(ctx context.Context, b *servedBucket, err error) int {
	switch gcerrors.Code(err) {
	case gcerrors.PermissionDenied:
		return http.StatusForbidden
	case gcerrors.NotFound:
		return http.StatusNotFound
	case gcerrors.DeadlineExceeded, gcerrors.Canceled:
		return http.StatusGatewayTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, storageTimeout)
	defer cancel()
	if status := blobdownload.Status(b.storage.Check(ctx)); status != http.StatusInternalServerError {
		return status
	}
	return http.StatusBadGateway
}

// isBadRequest reports whether the storage has rejected a request as invalid, as it does with a page token that it has not
// issued. The error of S3 has the status alone.
func isBadRequest(err error) bool {
	s, ok := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err)
	return gcerrors.Code(err) == gcerrors.InvalidArgument || ok && s.HTTPStatusCode() == http.StatusBadRequest
}

// storageNotice returns the words for a storage that failed with a status.
func storageNotice(status int, ways ...link) *notice {
	n := &notice{Status: status, Ways: ways}
	switch status {
	case http.StatusNotFound:
		n.Heading = "The bucket does not exist"
		n.Text = "The storage has no bucket of this name. An operator has to create it or to correct its address."
	case http.StatusForbidden:
		n.Heading = "The storage refuses access"
		n.Text = "The gateway's credentials do not permit this. Links to single files may still work."
	case http.StatusGatewayTimeout:
		n.Heading, n.Text = "The storage does not respond", "It did not answer in time. Other buckets are not affected."
	case http.StatusServiceUnavailable:
		n.Heading, n.Text = "The storage is unavailable", "It is closed, or its directory is gone. Other buckets are not affected."
	default:
		n.Heading, n.Text = "The storage failed", "The gateway cannot reach it at the moment. Other buckets are not affected."
	}
	return n
}
