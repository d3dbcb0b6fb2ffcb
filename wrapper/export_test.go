package wrapper

import "net/http"

// TransportOf is what a guarded client connects by.
func TransportOf(c *http.Client) *http.Transport { return c.Transport.(*guard).Transport }
