// Package storagetest is what downloads are tested with: buckets that remember every call and can fail in every
// way, a contract that every file must keep, and checks that read like the specification.
//
// A check takes what a handler wrote or what a client received, and an expectation whose zero fields are not
// checked. It fails the test with one message that shows what differs. An expectation that no response can
// meet fails as well, and says why: no check passes without having compared anything.
//
// Package storagetest/servers starts the real front servers that a download may be handed over to.
package storagetest
