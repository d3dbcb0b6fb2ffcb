package main

import (
	"net/http"
	"slices"
	"time"
)

// The groups of workloads, in the order of the document.
const (
	localGroup    = "Local files"
	memoryGroup   = "Memory"
	s3Group       = "S3"
	protocolGroup = "TLS and HTTP/2"
	secureGroup   = "S3 over TLS and HTTP/2"
	offloadGroup  = "Offload"
	scaleGroup    = "Scale"
)

var (
	files    = []string{"wrapper.FS", "PathView", "file://"}
	others   = []string{"http.ServeFile", "http.FileServerFS", "ServeContent, fileblob", "PocketBase, file", "nginx", "Caddy"}
	local    = slices.Concat(others, files)
	wholes   = slices.Concat(others, []string{"sendfile loop"}, files)
	overNet  = slices.Concat([]string{"http.ServeFile"}, files)
	inMemory = []string{"ServeContent, memblob", "mem://"}
	remote   = []string{
		"GetObject, 256 KiB", "GetObject, 32 KiB", "ServeContent, s3blob", "PocketBase, S3", "rclone", "nginx proxy", "net/http, unsigned",
		"splice relay", "s3://",
	}
	sdk  = []string{"GetObject, 256 KiB", "GetObject, 32 KiB", "s3://"}
	ours = slices.Concat(files, []string{"mem://", "s3://", "archive.Zip", "redirect, s3://", "X-Accel, s3://", "X-Accel, file://"})
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// manyRequests are those of a figure by the size of a body.
var manyRequests = map[int64]int{kib: 2000, 4 * kib: 2000, 64 * kib: 1000, mib: 200, 10 * mib: 30, 256 * mib: 2, gib: 1}

// busyConnections keep a server busy with small responses. With a single connection, most of the CPU time would be that of
// waking up.
const busyConnections = 16

// fewRounds are enough for large bodies.
const fewRounds = 7

// workloads compare each subject with the first one.
func workloads() []workload {
	var all []workload
	all = append(all, bodies(localGroup, "", "", wholes, kib, 64*kib, mib, 10*mib, 256*mib, gib)...)
	all = append(all, small(localGroup, "local ", local)...)
	all = append(all, bodies(memoryGroup, "memory, ", "", inMemory, kib, 4*kib, 64*kib, mib, 10*mib)...)
	all = append(all, bodies(s3Group, "S3, ", "", remote, kib, 4*kib, 64*kib, mib, 10*mib, 256*mib)...)
	all = append(all, small(s3Group, "S3 ", []string{"GetObject, 256 KiB", "s3://"})...)
	all = append(all, bodies(s3Group, "CRC-32, ", crc32Bucket, sdk, 10*mib, 256*mib)...)
	all = append(all, bodies(s3Group, "CRC-64/NVME, ", crc64Bucket, sdk, 10*mib, 256*mib)...)
	all = append(all, protocols()...)
	all = append(all, offloaded()...)
	all = append(all, scale()...)
	for i := range all {
		w := &all[i]
		if w.unit == "" {
			w.unit = microseconds
		}
		if w.bucket == "" {
			w.bucket = plainBucket
		}
	}
	return all
}

// bodies are whole responses of several sizes.
func bodies(group, prefix, bucket string, subjects []string, sizes ...int64) []workload {
	var all []workload
	for _, size := range sizes {
		w := workload{group: group, object: sized(size), bucket: bucket, requests: manyRequests[size], subjects: subjects}
		w.name, w.full = prefix+w.object.name, size > 10*mib
		if size <= 64*kib {
			w.connections = busyConnections
		}
		if w.full {
			w.rounds = fewRounds
		}
		all = append(all, w)
	}
	return all
}

// small are the requests without a body, and a thousand ranges of one object.
func small(group, prefix string, subjects []string) []workload {
	w := workload{group: group, object: sized(10 * mib), requests: 1000, connections: busyConnections, subjects: subjects}
	head, conditional, ranges := w, w, w
	head.name, head.method = prefix+"HEAD", http.MethodHead
	conditional.name, conditional.conditional = prefix+"304", true
	ranges.name, ranges.ranges = prefix+"ranges", true
	return []workload{head, conditional, ranges}
}

// protocols are local files and objects of S3 over TLS and HTTP/2.
func protocols() []workload {
	var all []workload
	for _, protocol := range []string{overTLS, overH2, overH2C} {
		local := bodies(protocolGroup, protocol+", ", "", overNet, kib, 10*mib, 256*mib)
		remote := bodies(secureGroup, protocol+", S3, ", "", sdk, 4*kib, 10*mib)
		for _, w := range slices.Concat(local, remote) {
			w.protocol = protocol
			w.requests = w.requests*2/3 + 1
			all = append(all, w)
		}
	}
	return all
}

// offloaded are responses that leave the body to a proxy or to the store, and a handler that does nothing.
func offloaded() []workload {
	w := workload{group: offloadGroup, object: sized(4 * kib), offload: true, requests: 3000, connections: busyConnections}
	empty, redirect, accel := w, w, w
	empty.name, empty.subjects = "empty answer", []string{"empty handler"}
	redirect.name, redirect.redirect, redirect.subjects = "redirect", true, []string{"redirect, s3://"}
	accel.name, accel.subjects = "X-Accel-Redirect", []string{"X-Accel by hand", "X-Accel, s3://", "X-Accel, file://"}
	return []workload{empty, redirect, accel}
}

// scale are figures of many clients, of a slow store and of an idle server.
func scale() []workload {
	const clients, rounds, hold = 1000, 3, 2 * time.Second
	large, medium, tiny := sized(256*mib), sized(10*mib), sized(4*kib)
	idle := []string{"http.ServeFile", "nginx", "Caddy", "file://", "s3://"}
	all := []workload{
		{
			name: "slow clients, disk", unit: kibibytes, object: medium, clients: clients, hold: hold, figure: heldMemory,
			subjects: []string{"http.ServeFile", "nginx", "sendfile loop", "wrapper.FS", "file://"},
		},
		{
			name: "slow clients, S3", unit: kibibytes, object: medium, clients: clients, hold: hold, figure: heldMemory,
			subjects: []string{"GetObject, 32 KiB", "nginx proxy", "splice relay", "s3://"},
		},
		{
			name: "parallel clients", unit: growth, object: sized(mib), clients: clients, figure: costGrowth,
			subjects: []string{"http.ServeFile", "GetObject, 256 KiB", "wrapper.FS", "file://", "s3://"},
		},
		waits("hot object, half", 50, "http.ServeFile", "nginx", "wrapper.FS", "file://"),
		waits("hot object, 99 %", 99, "http.ServeFile", "nginx", "wrapper.FS", "file://"),
		waits("hot S3 object, half", 50, "GetObject, 256 KiB", "nginx proxy", "s3://"),
		waits("hot S3 object, 99 %", 99, "GetObject, 256 KiB", "nginx proxy", "s3://"),
		{
			name: "capped store, 256 MiB", unit: throughput, object: large, bucket: cappedBucket, figure: speed, rounds: 1,
			subjects: []string{"GetObject, 256 KiB", "rclone", "s3://"},
		},
		{
			name: "capped store, peak memory", unit: mebibytes, object: large, bucket: cappedBucket, figure: peakMemory,
			subjects: []string{"s3://"},
		},
		{
			name: "capped store, first byte", unit: milliseconds, object: large, bucket: cappedBucket, figure: firstByte,
			requests: 20, subjects: []string{"GetObject, 256 KiB", "s3://"},
		},
		{
			name: "zip of small objects", unit: seconds, object: tiny, bucket: slowBucket, members: 1000, figure: archiveTime, rounds: 1,
			subjects: []string{"one after the other", "archive.Zip"},
		},
		{name: "start", unit: milliseconds, object: tiny, figure: startTime, subjects: idle},
		{name: "idle memory", unit: mebibytes, object: tiny, figure: idleMemory, subjects: idle},
	}
	for i := range all {
		all[i].group = scaleGroup
		if all[i].rounds == 0 {
			all[i].rounds = rounds
		}
	}
	return all
}

// waits are requests of 500 clients of one object, each after its last response.
func waits(name string, percent int, subjects ...string) workload {
	return workload{
		name: name, unit: milliseconds, object: sized(64 * kib), clients: 500, requests: 20, figure: responseTime, percent: percent,
		subjects: subjects,
	}
}
