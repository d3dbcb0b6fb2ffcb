// Package e2e is the root of the end-to-end tests and benchmarks. It has no code of its own.
//
// It is a nested module, so that storage emulators, S3 servers and peers are no dependencies of a program that
// imports the library. Run the commands in this directory. A test is skipped if the server that it needs is not
// installed; with CI=true it fails.
//
//	question                                                    folder       command
//	Does the gateway's binary serve every storage?              gateway      go test ./gateway
//	Do the bytes survive a bad network to the storage?          network      go test ./network
//	Does a bit flipped in transit fail every download?          integrity    go test ./integrity
//	Do random faults of a storage ever yield a wrong body?      faults       go test ./faults
//	Does a failed transfer survive gin, echo, chi, gorilla?     middleware   go test ./middleware
//	Does inline content play and open in a real browser?        browser      go test ./browser
//	Do S3, GCS and Azure keep the contract, and at what cost?   providers    go test ./providers
//	Is one shared access signature enough for Azure?            azuresas     go test ./azuresas
//	Do Google's default credentials work, via TLS and a proxy?  googleauth   go test ./googleauth
//	What works without a provider package?                      portable     go test ./portable
//	Do nginx, Apache, lighttpd and Caddy send the same?         offload      go test ./offload
//	Which requests does each response cost? (golden files)      trace        go test ./trace
//	Do all responses conform to the RFCs?                       conformance  go test ./conformance/...
//	Does a served storage conform, over HTTP/1 and HTTP/2?      cmd          go test ./cmd/...
//	What do stalled and aborting clients cost?                  load         go test ./load
//	How do other Go servers compare?                            peers        go test -v -run TestPeers ./peers
//	How much CPU does a download cost, beside the SDK's?        bench        go test -run '^$' -bench . ./bench
//	What do nginx, Caddy, net/http and the SDK cost beside it?  cmd          make bench-quick
//	Do unzip, Java and Python unpack archives, also resumed?    archive      go test ./archive
//	Is a link for three downloads good for exactly three?       allowance    go test ./allowance
//	Does the gateway's page work in a browser?                  page         go test ./page
//
// The other folders are helpers of these tests:
//
//	s3server, gcsserver, azureserver  start a storage server for one test
//	gatewayproc                       builds examples/gateway and runs it as a process
//	wire                              a TCP proxy that delays, throttles, drops and corrupts responses
//	wirecount                         an http.RoundTripper that counts requests, connections and open bodies
//
// Tests that write documentation or golden files do so with -update: trace, offload and peers.
package e2e
