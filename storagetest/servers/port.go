package servers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports are below the range that Linux uses for outgoing connections (from 32768 on), so no connection takes a port
// between the check and the server's bind.
const (
	firstPort = 20000
	lastPort  = 32000
)

var (
	portsMu sync.Mutex
	ports   = map[int]bool{} // returned by FreePort in this program
)

// FreePort returns a free TCP port of 127.0.0.1 that it has not returned before. Another program may take the port
// before the caller binds it; then call FreePort again. It is safe for concurrent use.
func FreePort() (int, error) {
	portsMu.Lock()
	defer portsMu.Unlock()
	for range 1000 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if ports[port] {
			continue
		}
		var l net.ListenConfig
		listener, err := l.Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		ports[port] = true
		if err := listener.Close(); err != nil {
			return 0, fmt.Errorf("free port: %w", err)
		}
		return port, nil
	}
	return 0, errors.New("free port: none was found")
}
