package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// origin serves one resource, and counts its requests.
func origin(t *testing.T) (resource string, options wrapper.ClientOptions, requests *int) {
	t.Helper()
	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests++
		http.ServeContent(w, r, "logo.svg", time.Unix(1e9, 0), strings.NewReader("<svg/> and more"))
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	require.NoError(t, err)
	return server.URL + "/logo.svg", wrapper.ClientOptions{Ports: []uint16{uint16(port)}}, requests
}

func TestARangeIsForwardedToTheOrigin(t *testing.T) {
	t.Parallel()
	resource, options, requests := origin(t)
	options.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	h := handler(options, map[string]string{"logo": resource})
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/remote/logo", storagetest.Range(0, 5))), storagetest.Want{
		Status: http.StatusPartialContent, Body: "<svg/>", ContentRange: "bytes 0-5/15", Disposition: "attachment", Filename: "logo.svg",
	})
	assert.Equal(t, 1, *requests)
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/remote/other")), storagetest.Want{Status: http.StatusNotFound})
	assert.Equal(t, 1, *requests)
}

func TestAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	resource, options, requests := origin(t)
	h := handler(options, map[string]string{"logo": resource})
	response := storagetest.Serve(h, storagetest.Get(t, "/remote/logo"))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusBadGateway, Body: "Bad Gateway\n"})
	assert.Zero(t, *requests)
}
