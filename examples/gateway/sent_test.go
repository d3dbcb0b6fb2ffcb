package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/proxy"
)

func sentOf(t *testing.T, h http.Handler, id string) (f delivery) {
	t.Helper()
	w := get(t, h, "/sent/"+id)
	require.Equal(t, http.StatusOK, w.Code)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	return f
}

// The figures follow the chosen way of sending.
func TestModeSwitchChangesTheFigures(t *testing.T) {
	t.Parallel()
	s := siteOf(memBucket(t, "a.txt"))
	s.server.Optimizer = &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	h := s.handler()
	page := get(t, h, "/b/docs/?mode=stream").Body.String()
	assert.Contains(t, page, `value="stream" selected`)
	assert.Contains(t, page, `href="/f/docs/a.txt?mode=stream"`)

	one, two := strings.Repeat("1", 32), strings.Repeat("2", 32)
	assert.Equal(t, http.StatusAccepted, get(t, h, "/sent/"+one).Code)
	assert.Equal(t, "/_files/a.txt", get(t, h, "/f/docs/a.txt?sent="+one).Header().Get("X-Accel-Redirect"))
	assert.Equal(t, "a.txt", get(t, h, "/f/docs/a.txt?mode=stream&sent="+two).Body.String())
	offloaded, streamed := sentOf(t, h, one), sentOf(t, h, two)
	assert.Contains(t, offloaded.Mode, "X-Accel-Redirect")
	assert.Zero(t, offloaded.Bytes)
	assert.Equal(t, "streamed by the gateway", streamed.Mode)
	assert.EqualValues(t, 5, streamed.Bytes)
	assert.Equal(t, http.StatusOK, streamed.Status)
}

func TestWithoutOptimizerThereIsNoSwitch(t *testing.T) {
	t.Parallel()
	assert.NotContains(t, get(t, handlerOf(t, map[string]string{"a": ""}), "/b/docs/").Body.String(), `name="mode"`)
}

func TestSentLogIsBounded(t *testing.T) {
	t.Parallel()
	var l sentLog
	for i := range 3 * maxSent {
		l.add(fmt.Sprint(i), delivery{})
	}
	assert.Len(t, l.files, maxSent)
	assert.Len(t, l.ids, maxSent)
	_, ok := l.get(fmt.Sprint(3*maxSent - 1))
	assert.True(t, ok)
}
