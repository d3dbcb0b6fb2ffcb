// Package conformance tests a file server with tables of requests and of the responses that RFC 9110 and related
// RFCs allow.
//
// The cases of testdata/cases.json come from the suites of many servers and libraries; each case names its sources.
// testdata/fixtures.json has the files of the server under test. [Load] returns the cases, [Fixtures] the files.
//
// A [Target] is a server under test. It plays each [Case] over a new connection, in HTTP/2 or in HTTP/1. Its HTTP/1
// parser keeps every byte of the response, because a client library would hide errors. A case passes only with an
// [Outcome] that the text of an RFC allows. It fails if the server does not meet its needs.
package conformance
