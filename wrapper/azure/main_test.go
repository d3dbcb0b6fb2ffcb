package azure_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/objectserver"
)

const account = "testaccount"

var accountKey = []byte("the key of the test's own account")

// service is the account's endpoint. Go CDK reads the environment once in a process, so all tests share it.
var service *objectserver.Server

// withService runs the tests with nothing but a connection string in the environment.
type withService struct{ *testing.M }

func (m withService) Run() int {
	service = newService()
	defer service.Close()
	for _, name := range []string{"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"} {
		_ = os.Unsetenv(name)
	}
	_ = os.Setenv("AZURE_STORAGE_CONNECTION_STRING", strings.Join([]string{
		"DefaultEndpointsProtocol=http", "AccountName=" + account,
		"AccountKey=" + base64.StdEncoding.EncodeToString(accountKey), "BlobEndpoint=" + service.URL + "/" + account,
	}, ";"))
	return m.M.Run()
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(withService{m}) }

func newService() *objectserver.Server {
	return (&objectserver.Server{
		Key: func(r *http.Request) string {
			key := strings.TrimPrefix(r.URL.Path, "/"+account+"/")
			if id := versionOf(r); id != "" {
				return key + "@" + id
			}
			return key
		},
		Metadata: listVersions,
		Verify:   verify,
		Decorate: decorate,
		NotFound: "BlobNotFound",
	}).Start()
}

func verify(r *http.Request, now time.Time) *objectserver.Refusal {
	container, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"+account+"/"), "/")
	switch {
	case r.URL.Query().Has("sig"):
		if !validSAS(r.URL, r.Method, now) {
			return &objectserver.Refusal{Status: http.StatusForbidden, Code: "AuthenticationFailed"}
		}
	case !validSharedKey(r, now):
		return &objectserver.Refusal{Status: http.StatusForbidden, Code: "AuthenticationFailed"}
	}
	if field := r.Header.Get("X-Ms-Range"); field != "" { // takes precedence over Range
		r.Header.Set("Range", field)
	}
	switch container {
	case "missing":
		return &objectserver.Refusal{Status: http.StatusNotFound, Code: "ContainerNotFound"}
	case "archive":
		return &objectserver.Refusal{Status: http.StatusConflict, Code: "BlobArchived"}
	}
	return nil
}

// decorate adds the fields that every response of the service has, and the overrides of a signed URL.
func decorate(h http.Header, r *http.Request, o *objectserver.Object, _ int, code string) {
	h.Set("X-Ms-Request-Id", "00000000-0000-0000-0000-000000000000")
	h.Set("X-Ms-Version", r.Header.Get("X-Ms-Version"))
	if code != "" {
		h.Set("X-Ms-Error-Code", code)
	}
	if o == nil {
		return
	}
	h.Set("X-Ms-Blob-Type", "BlockBlob")
	if id := versionOf(r); id != "" {
		h.Set("X-Ms-Version-Id", id)
	}
	if strings.HasPrefix(r.URL.Path, "/"+account+"/bare/") {
		return // a proxy on the way dropped the rest
	}
	h.Set("X-Ms-Creation-Time", o.Modified.UTC().Format(http.TimeFormat))
	q := r.URL.Query()
	for parameter, field := range map[string]string{"rscd": "Content-Disposition", "rsct": "Content-Type", "rscc": "Cache-Control"} {
		if v := q.Get(parameter); v != "" {
			h.Set(field, v)
		}
	}
}
