// Package upstream has what the providers of package wrapper share: a request to a store, one judge of its
// responses, its clock, and the transport.
//
// A client's request takes three forms on its way to a store. wrapper.Request has the fields that the client
// sent. The arguments of wrapper.Store's Send (a method, a key, a version, header fields) are what the planner
// leaves of them for one request to any store. [Request], an http.Request, is what goes over the wire: it is
// signed as it is sent. Where an SDK sends, its own input takes the place of the last.
package upstream
