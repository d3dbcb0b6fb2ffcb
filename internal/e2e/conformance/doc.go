// Package conformance judges a server of files by tables of requests and of the answers that RFC 9110 and its
// neighbours allow.
//
// testdata/cases.json holds the tables, drawn from the suites of many servers and libraries (each case names
// its sources); testdata/fixtures.json the files that the server under test must offer. A [Target] plays
// a case over a connection of its own, in HTTP/1 by hand so that nothing of the answer is tidied up on the
// way, or in HTTP/2. A case is judged strictly: only outcomes that the text of an RFC allows count, and a
// server that lacks what a case needs fails it.
package conformance
