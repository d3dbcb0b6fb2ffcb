//go:build !race

package bench

import (
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// remoteStack is the most memory of goroutine stacks for a slow client of S3, in bytes. The handler's goroutine has 8 KiB, the
// two of the connection to the store have 4 KiB each, and that which detects that the client leaves has 2 KiB.
const remoteStack = 25 << 10

func TestStacksOfSlowClients(t *testing.T) {
	const clients = 200
	u, err := url.Parse(startS3(t, "large", 16<<20, aws.ResponseChecksumValidationWhenSupported).ours)
	require.NoError(t, err)
	var before held
	for i := range clients + 1 {
		conn, err := net.Dial("tcp", u.Host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = io.WriteString(conn, "GET "+u.Path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1)) // the header is written at the greatest depth
		require.NoError(t, err)
		if i == 0 {
			before = inUse()
		}
	}
	perClient := (inUse().stack - before.stack) / clients
	t.Logf("%d bytes", perClient)
	assert.LessOrEqual(t, perClient, int64(remoteStack))
}
