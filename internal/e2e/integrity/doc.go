// Package integrity tests that a bit flipped between a storage and a server fails the download, for every kind of upload.
package integrity
