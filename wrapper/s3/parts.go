package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// PartEnds requests the list of parts where it shows more than the request for one part does: that one shows two ends. Few
// stores list parts, and on S3 that requires a permission of its own, s3:GetObjectAttributes.
func (s *store) PartEnds(ctx context.Context, key string, info *wrapper.Info, after int, at int64) ([]int64, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return nil, err
	}
	creds, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if partsOf(info)-after <= 3 || !s.lists.Load() {
		return s.endsOfPart(ctx, full, info, after+2, creds)
	}
	ends, err := s.listedEnds(ctx, full, info, after, at, creds)
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

// endsOfPart returns where a part begins and ends.
func (s *store) endsOfPart(ctx context.Context, full string, info *wrapper.Info, number int, creds aws.Credentials) ([]int64, error) {
	try := upstream.Try(func(method string) (*http.Response, error) {
		if method != http.MethodHead {
			return nil, errors.ErrUnsupported // the code of a refusal does not matter
		}
		return s.route.sendPart(ctx, full, info, number, creds)
	})
	resp, err := s.service.Send(&upstream.Call{Method: http.MethodHead, Key: full, Attempt: try})
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusPartialContent {
		return nil, &wrapper.UpstreamError{Status: resp.StatusCode}
	}
	if strings.Trim(resp.Header.Get("ETag"), `"`) != strings.Trim(info.ETag, `"`) {
		return nil, wrapper.ErrChanged
	}
	spec, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes "), "/")
	first, last, _ := strings.Cut(spec, "-")
	start, err1 := strconv.ParseInt(first, 10, 64)
	end, err2 := strconv.ParseInt(last, 10, 64)
	if err1 != nil || err2 != nil {
		return nil, errors.ErrUnsupported
	}
	return []int64{start, end + 1}, nil
}

// listLimit is how much of a list of parts is read. A page has 1,000 parts of less than 400 bytes.
const listLimit = 1 << 20

// listedEnds returns the ends of the parts on one page of the list.
func (s *store) listedEnds(
	ctx context.Context, full string, info *wrapper.Info, after int, at int64, creds aws.Credentials,
) ([]int64, error) {
	try := func(string) (*http.Response, error) { return s.route.sendParts(ctx, full, info, after, creds) }
	resp, err := s.service.Send(&upstream.Call{Method: http.MethodGet, Key: full, Attempt: upstream.Try(try)}) //nolint:bodyclose // by NewList
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
	if err := xml.NewDecoder(body).Decode(&list); err != nil {
		return nil, fmt.Errorf("list of parts: %w", err)
	}
	if strings.Trim(list.ETag, `"`) != strings.Trim(info.ETag, `"`) {
		return nil, wrapper.ErrChanged
	}
	ends := list.Sizes
	for i, size := range list.Sizes {
		at += size
		ends[i] = at
	}
	return ends, nil
}
