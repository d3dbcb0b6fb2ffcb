// Package edge is a reverse proxy for tests, which runs in the process of the test: [Nginx] answers
// X-Accel-Redirect as nginx does. A [Location] is an internal location of it.
//
// It tests a whole deployment without an installed server and without a port. A response shows which header fields of
// the application survive, how the URI is decoded, and whether nginx or the application evaluates preconditions.
// Package storagetest/servers starts the real nginx instead.
package edge
