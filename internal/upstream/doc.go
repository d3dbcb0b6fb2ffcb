// Package upstream has what the providers of package wrapper share: a request to a store, one judge of its
// responses, its clock, and the transport.
//
// A client's request takes three forms on its way to a store. wrapper.Request has the fields that the client
// sent. The arguments of wrapper.Store's Send are the part of them that one request to any store can carry: a method,
// a key, a version, header fields. [Request] is an http.Request, the form that goes over the wire: it is
// signed as it is sent. Where an SDK sends, its own input takes the place of the last.
package upstream
