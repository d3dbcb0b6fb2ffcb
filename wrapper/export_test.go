package wrapper

import "net/http"

// TransportOf returns the transport of a guarded client.
func TransportOf(c *http.Client) *http.Transport { return c.Transport.(*guard).Transport }
