package offload_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// nginx, or the client, fetches the objects from S3 by a signed URL.
func TestDoctorWithSignedURLs(t *testing.T) {
	t.Parallel()
	nginx := []string{"-optimize", "xaccel-presigned", "-mount", "default=/_url", "-allow-http"}
	client := []string{"-optimize", "presign", "-allow-http"}
	for _, tc := range []struct {
		name, want string // "" if everything works
		flags      []string
		unlisted   bool // the storage is not in nginx's list of allowed ones
		change     func(string) string
		direct     bool // without a proxy
	}{
		{name: "nginx works", flags: nginx},
		{name: "a redirect of the client works", flags: client, direct: true},
		{name: "a redirect of the client behind nginx works", flags: client},
		{name: "the storage is not listed", want: "for presigned URLs list the storage in the map of allowed ones", flags: nginx, unlisted: true},
		{name: "no such location", want: "proxy: does not find the file", flags: nginx, change: replace("location = /_url", "location = /_other")},
		{name: "the location is open", want: "proxy: the location /_url is reachable from outside: it relays all clients", flags: nginx, change: without("/_url", "internal;")},
		{name: "http is not allowed", want: "application: streams the file", flags: client[:2], direct: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			server := s3server.Start(t)
			bucket := []string{"-bucket", server.URL(s3server.BucketName)}
			addr := gateway(t, append(bucket, tc.flags...)...)
			edge := "http://" + addr
			if !tc.direct {
				f := *frontOf("nginx")
				f.change = tc.change
				store := hostOf(t, *server.Client().Options().BaseEndpoint)
				if tc.unlisted {
					store = ""
				}
				edge = f.run(t, addr, filesDir(t), store)
			}
			out, code := runDoctor(t, append(append(bucket, tc.flags...), "-app", "http://"+addr, "-edge", edge)...)
			if tc.want == "" {
				assert.Zero(t, code, out)
				assert.Equal(t, "all components work\n", out)
				return
			}
			assert.Equal(t, 1, code, out)
			assert.Contains(t, out, tc.want)
		})
	}
}
