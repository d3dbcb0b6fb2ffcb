// Package guard makes an HTTP client for untrusted URLs: a filter against server-side request forgery.
//
// A URL is checked before it is requested ([CheckURL]), an address when a connection to it is made ([Options.Control]), and
// the size of a response while it is read ([Transport]). Each hop of a redirect is checked like the first URL.
package guard
