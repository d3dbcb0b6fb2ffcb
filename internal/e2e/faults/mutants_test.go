package faults_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/wrapper"
)

// mutants are servers that break the promise: each changes the responses of the right one.
var mutants = []struct {
	name   string
	class  string // of the violations that the oracle must report
	change func(r *http.Request, w *httptest.ResponseRecorder)
}{
	{"truncates cleanly", "bytes", func(r *http.Request, w *httptest.ResponseRecorder) {
		if w.Code == http.StatusOK && r.Method == http.MethodGet && w.Body.Len() > 1 {
			w.Body.Truncate(w.Body.Len() / 2)
			w.Header().Set("Content-Length", fmt.Sprint(w.Body.Len()))
		}
	}},
	{"flips a bit", "bytes", func(_ *http.Request, w *httptest.ResponseRecorder) {
		if w.Code < 300 && w.Body.Len() > 0 && !strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/") {
			w.Body.Bytes()[w.Body.Len()-1] ^= 1
		}
	}},
	{"shifts Content-Range", "bytes", func(_ *http.Request, w *httptest.ResponseRecorder) {
		var first, last, total int64
		if n, _ := fmt.Sscanf(w.Header().Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); n == 3 && first > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first-1, last-1, total))
		}
	}},
	{"sends the whole length with a 206", "range", func(_ *http.Request, w *httptest.ResponseRecorder) {
		if w.Code == http.StatusPartialContent {
			w.Header().Set("Content-Range", strings.Replace(w.Header().Get("Content-Range"), "/", "0/", 1))
		}
	}},
	{"sends the entity-tag of another object", "validator", func(_ *http.Request, w *httptest.ResponseRecorder) {
		if w.Code < 300 {
			w.Header().Set("ETag", `"of another object"`)
		}
	}},
	{"answers a 412 by a 304", "condition", func(r *http.Request, w *httptest.ResponseRecorder) {
		if w.Code == http.StatusPreconditionFailed {
			w.Code = http.StatusNotModified
			w.Body.Reset()
		}
	}},
	{"sends two entity-tags", "fields", func(_ *http.Request, w *httptest.ResponseRecorder) {
		w.Header().Add("ETag", `"second"`)
		w.Header().Add("ETag", `"third"`)
	}},
	{"sends the object with an error", "error-body", func(_ *http.Request, w *httptest.ResponseRecorder) {
		if w.Code == http.StatusOK {
			w.Code = http.StatusBadGateway
		}
	}},
}

// mutantTrials are enough for each mutant to be noticed many times.
const mutantTrials = 250

// TestOracleReportsMutants runs trials without a fault of the storage. The oracle accepts all responses of the server,
// and reports each mutant of it.
func TestOracleReportsMutants(t *testing.T) {
	if *modeFlag != "" || *trialFlag >= 0 {
		t.Skip("the flags name trials of TestFaults")
	}
	quiet := func() *mode {
		return &mode{
			name: "quiet", stores: []string{"s3", "url"}, objects: one, requests: few(1, 3), kinds: kinds[:1], rate: 0, tb: t,
			file: func(t *trial, s *step) *wrapper.File { return t.base(s.obj) },
		}
	}
	classes := func(t *testing.T, wrap func(http.Handler) http.Handler) map[string]int {
		numbers := make([]int, mutantTrials)
		for i := range numbers {
			numbers[i] = i
		}
		found := map[string]int{}
		for _, tr := range runTrials(t, startEnv(t, quiet(), wrap), defaultSeed, numbers).trials {
			for _, v := range tr.violations {
				found[v.class]++
			}
		}
		return found
	}
	t.Run("none", func(t *testing.T) { assert.Empty(t, classes(t, nil)) })
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			found := classes(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := httptest.NewRecorder()
					h.ServeHTTP(rec, r)
					m.change(r, rec)
					maps.Copy(w.Header(), rec.Header())
					w.WriteHeader(rec.Code)
					_, _ = w.Write(rec.Body.Bytes())
				})
			})
			assert.NotZero(t, found[m.class], "violations: %v", found)
		})
	}
}
