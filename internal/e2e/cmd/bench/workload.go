package main

import "net/http"

// workload is one kind of request, sent to several subjects.
type workload struct {
	Name     string
	Method   string // "" is GET
	Range    bool   // 100 bytes
	Offload  bool   // a response without a body
	Redirect bool
	object   object
	requests int // of one round
	full     bool
	subjects []string // the limit first, then the others, ours last
}

func (w *workload) method() string {
	if w.Method == "" {
		return http.MethodGet
	}
	return w.Method
}

func (w *workload) status() int {
	switch {
	case w.Redirect:
		return http.StatusFound
	case w.Range:
		return http.StatusPartialContent
	default:
		return http.StatusOK
	}
}

// body returns the bytes that a client receives.
func (w *workload) body() []byte {
	switch {
	case w.Method == http.MethodHead || w.Offload:
		return nil
	case w.Range:
		return w.object.content()[100:200]
	default:
		return w.object.content()
	}
}

func (w *workload) length() int {
	switch {
	case w.Method == http.MethodHead || w.Offload:
		return 0
	case w.Range:
		return 100
	default:
		return w.object.size
	}
}

var (
	local    = []string{"http.ServeFile", "http.FileServerFS", "ServeContent, fileblob", "wrapper.FS", "PathView", "file://"}
	inMemory = []string{"ServeContent, memblob", "mem://"}
	remote   = []string{"GetObject, 256 KiB", "GetObject, 32 KiB", "ServeContent, s3blob", "s3://"}
)

// workloads compare each subject with the first one.
func workloads() []workload {
	all := []workload{{Name: "empty answer", Offload: true, object: objects[0], requests: 4000, subjects: []string{"empty handler"}}}
	for _, group := range []struct {
		name     string
		subjects []string
	}{{"local", local}, {"memory", inMemory}, {"S3", remote}} {
		for _, c := range []struct {
			object   object
			requests int
		}{{objects[0], 2000}, {objects[1], 2000}, {objects[2], 1000}, {objects[3], 200}, {objects[4], 30}, {objects[5], 3}} {
			all = append(all, workload{
				Name: group.name + " " + c.object.name, object: c.object, requests: c.requests, full: c.object.size > 10<<20,
				subjects: group.subjects,
			})
		}
	}
	return append(all,
		workload{Name: "local, 100 B of 10 MiB", Range: true, object: objects[4], requests: 2000, subjects: local},
		workload{
			Name: "S3, 100 B of 10 MiB", Range: true, object: objects[4], requests: 1000,
			subjects: []string{"ServeContent, s3blob", "s3://"},
		},
		workload{
			Name: "redirect", Offload: true, Redirect: true, object: objects[1], requests: 3000,
			subjects: []string{"redirect, s3://"},
		},
		workload{
			Name: "X-Accel-Redirect", Offload: true, object: objects[1], requests: 3000,
			subjects: []string{"X-Accel by hand", "X-Accel, s3://", "X-Accel, file://"},
		},
	)
}
