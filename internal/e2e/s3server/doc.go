// Package s3server gives a test a real S3 server: versitygw on a free loopback port, with signatures
// verified and every object a plain file under Root.
//
// The server is a child process, the test binary itself started again. versitygw changes the working
// directory of its process and allows one instance in it; in a child neither touches the test, any number
// of servers can run beside one another, and the memory and goroutines that a test measures are its own.
//
// With DOWNLOADVIEW_S3=minio the child runs MinIO instead, a program of its own that make minio builds, and
// ends it with the test.
package s3server
