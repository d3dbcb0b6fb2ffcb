// Package splice passes bytes from one TCP connection to another without copying them, by splice(2) of Linux.
//
// A [Pipe] is a buffer in the kernel. Its window is a slice that stands for it in calls of Read: a connection made by [Dial]
// that reads into a window moves the bytes to the pipe instead. Every reader between the connection and the owner of the
// pipe, such as the body of an HTTP response, counts the bytes like any others. A reader with bytes of its own, or TLS, fills
// the window as it fills any slice. The owner sends what is in the pipe, and then the rest of the window.
//
// A reader in between must not look at the bytes, unless it calls [Mirror] first. It must not drop bytes that it has read
// into the window.
package splice
