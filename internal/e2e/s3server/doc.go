// Package s3server starts a real S3 server for a test: versitygw on a free loopback port. It verifies signatures and
// stores every object as a plain file under Root.
//
// The server is a child process: the test binary, started again. versitygw changes the working directory of its
// process and allows one instance per process. In a child process it affects no test, several servers can run in
// parallel, and a test measures its own memory and goroutines only.
//
// With DOWNLOADVIEW_S3=minio the child starts MinIO instead, a program that make minio builds. MinIO ends with the test.
package s3server
