package offload_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// Doctor of a gateway with a bucket in S3, whose objects nginx or the client requests with a presigned URL.
func TestDoctorOfAStore(t *testing.T) {
	t.Parallel()
	nginx := []string{"-optimize", "xaccel-presigned", "-mount", "default=/_url", "-allow-http"}
	client := []string{"-optimize", "presign", "-allow-http"}
	for _, tc := range []struct {
		name, want string // "" for a valid configuration
		flags      []string
		unlisted   bool // the storage is not on nginx's list
		change     func(string) string
		direct     bool // without a proxy
	}{
		{name: "nginx is sound", flags: nginx},
		{name: "a client that is redirected is sound", flags: client, direct: true},
		{name: "behind nginx as well", flags: client},
		{name: "the store is not listed", want: "for presigned URLs list the store in the map of allowed ones", flags: nginx, unlisted: true},
		{name: "no such location", want: "edge: does not find the file that it is told", flags: nginx, change: replace("location = /_url", "location = /_other")},
		{name: "the location is open", want: "edge: the location /_url is reachable from outside: it relays everybody", flags: nginx, change: without("/_url", "internal;")},
		{name: "http is not allowed", want: "application: sends the file itself", flags: client[:2], direct: true},
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
				assert.Equal(t, "all links work\n", out)
				return
			}
			assert.Equal(t, 1, code, out)
			assert.Contains(t, out, tc.want)
		})
	}
}
