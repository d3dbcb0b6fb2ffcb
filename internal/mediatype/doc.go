// Package mediatype decides the Content-Type of a download and whether a browser may show it.
//
// What a storage says about an object often comes from whoever uploaded it, so it is input:
// Clean parses it and writes it anew. What a name suggests comes from a table of this
// package, so that an answer does not depend on the mime.types of the machine.
package mediatype
