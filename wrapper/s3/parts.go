package s3

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// PartEnds requests the list of parts where it shows more than the request for one part does: that one shows two ends. Few
// stores list parts, and on S3 that requires a permission of its own, s3:GetObjectAttributes.
func (s *store) PartEnds(ctx context.Context, key string, info *wrapper.Info, after int, at int64) ([]int64, error) {
	r := &request{store: s, ctx: ctx, version: info.Version, fields: http.Header{"If-Match": {pin(info)}}}
	if err := r.prepare(key); err != nil {
		return nil, err
	}
	if partsOf(info)-after <= 3 || !s.lists.Load() {
		return s.endsOfPart(r, info, after+2)
	}
	ends, err := s.listedEnds(r, info, after, at)
	if err == nil && len(ends) == 0 || refusesList(err) {
		s.unlisted.Store(true)
		s.lists.Store(false)
		return nil, nil
	}
	return ends, err
}

// partsOf returns the number of parts of an object.
func partsOf(info *wrapper.Info) (n int) {
	for i := range info.Digests {
		n = max(n, info.Digests[i].Parts)
	}
	return n
}

// refusesList reports whether a store does not list the parts of any object.
func refusesList(err error) bool {
	e, ok := errors.AsType[*wrapper.UpstreamError](err)
	if !ok || e.Status == http.StatusNotFound {
		return false
	}
	retry, ok := errors.AsType[wrapper.Retryable](err)
	if !ok {
		return true
	}
	_, again := retry.Retryable()
	return !again
}

// partsAttempt is an attempt of a request about the parts of an object. Its refusals have the remedies of a request for the
// object.
type partsAttempt struct {
	request *request
	send    func(method string) (*http.Response, error)
}

// Try makes a request.
func (a partsAttempt) Try(method string) (*http.Response, error) { return a.send(method) }

// Remedy removes the cause of a refusal, and reports whether it did.
func (a partsAttempt) Remedy(e *upstream.APIError) bool { return a.request.Remedy(e) }

// endsOfPart returns where a part begins and ends.
func (s *store) endsOfPart(r *request, info *wrapper.Info, number int) ([]int64, error) {
	send := func(method string) (*http.Response, error) {
		if method != http.MethodHead {
			return nil, errors.ErrUnsupported // the code of a refusal does not matter
		}
		return s.route.sendPart(r.ctx, r, number)
	}
	resp, err := s.service.Send(&upstream.Call{Method: http.MethodHead, Key: r.Key, Attempt: partsAttempt{r, send}})
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if tag := resp.Header.Get("ETag"); resp.StatusCode < 300 && tag != "" && info.ETag != "" && !sameTag(tag, info.ETag) {
		if pin(info) == "" {
			return nil, wrapper.ErrChanged
		}
		return nil, invalidPart{wrapper.ErrChanged}
	}
	if resp.StatusCode != http.StatusPartialContent {
		return nil, &wrapper.UpstreamError{Status: resp.StatusCode}
	}
	field := resp.Header.Get("Content-Range")
	if field == "" {
		return nil, errors.ErrUnsupported
	}
	start, n, _, ok := fields.ContentRange(field)
	if !ok {
		return nil, invalidPart{fmt.Errorf("Content-Range of a part: %q is no range", field)}
	}
	return []int64{start, start + n}, nil
}

// invalidPart is the error of a response that contradicts the request: that of another version despite If-Match, or that of no
// range. Another request may succeed.
type invalidPart struct{ error }

func (e invalidPart) Unwrap() error { return e.error }

func (invalidPart) Retryable() (after time.Duration, ok bool) { return 0, true }

// pin returns the If-Match of a request for a part. A weak entity-tag never matches.
func pin(info *wrapper.Info) string {
	if strings.HasPrefix(info.ETag, "W/") {
		return ""
	}
	return info.ETag
}

// sameTag compares entity-tags as If-None-Match does. Some stores send them without quotes.
func sameTag(a, b string) bool {
	opaque := func(tag string) string { return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) }
	return opaque(a) == opaque(b)
}

// listLimit is how much of a list of parts is read. A page has 1,000 parts of less than 400 bytes.
const listLimit = 1 << 20

// listedEnds returns the ends of the parts on one page of the list.
func (s *store) listedEnds(r *request, info *wrapper.Info, after int, at int64) ([]int64, error) {
	send := func(string) (*http.Response, error) { return s.route.sendParts(r.ctx, r, after) }
	call := &upstream.Call{Method: http.MethodGet, Key: r.Key, Attempt: partsAttempt{r, send}}
	resp, err := s.service.Send(call) //nolint:bodyclose // by NewList
	if err != nil {
		return nil, err
	}
	body := resume.NewList(resp.Body, listLimit)
	defer body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &wrapper.UpstreamError{Status: resp.StatusCode}
	}
	var list struct {
		ETag  string
		Sizes []int64 `xml:"ObjectParts>Part>Size"`
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(body); err != nil {
		return nil, fmt.Errorf("list of parts: %w", err)
	}
	if xml.Unmarshal(text.Bytes(), &list) != nil {
		return nil, nil // the content of the object, from a store that ignores the query
	}
	if !sameTag(list.ETag, info.ETag) {
		return nil, wrapper.ErrChanged
	}
	ends := list.Sizes
	for i, size := range list.Sizes {
		at += size
		ends[i] = at
	}
	return ends, nil
}
