// Package allowance counts the downloads of a link from the parts that are delivered. It keeps no connection: a [State] is
// read, changed and stored for each part, before the part is sent.
//
// A download is one delivery of every byte, in any number of requests. The count is that of the least delivered byte: n
// copies of the content exist only if each of its bytes was delivered n times. Ranges, resumed and segmented downloads
// need no identification. A part that is delivered twice is no download. A failed download has delivered its parts, but
// not all parts, so it does not raise the count.
//
// Leases keep clients from competing for the last downloads. At most as many clients as downloads remain hold one. A lease ends
// with a complete download, or some time after the client's last part.
package allowance
