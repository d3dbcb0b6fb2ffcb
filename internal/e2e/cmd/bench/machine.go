package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// machine is where and with which versions a run measured.
type machine struct {
	Go         string
	CPU        string // model
	CPUs       int
	Kernel     string
	Congestion string   // the congestion control of TCP
	Load       float64  // the average load of the minute before the run
	Versions   []string // of the subjects

	Apart       bool `json:",omitzero"` // the measured server has a CPU of its own
	Connections int  `json:",omitzero"` // of small responses
}

// busy is the load from which on figures are doubtful.
const busy = 0.5

// modules are those whose versions matter to a subject.
var modules = []string{
	"gocloud.dev", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2", "github.com/pocketbase/pocketbase",
}

func thisMachine() machine {
	m := machine{
		Go: runtime.Version(), CPU: "unknown", CPUs: runtime.NumCPU(),
		Kernel: oneLine("/proc/sys/kernel/osrelease"), Congestion: oneLine("/proc/sys/net/ipv4/tcp_congestion_control"),
	}
	load, _, _ := strings.Cut(oneLine("/proc/loadavg"), " ")
	m.Load, _ = strconv.ParseFloat(load, 64)
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return m
	}
	for _, dep := range info.Deps {
		for _, name := range modules {
			if dep.Path == name {
				m.Versions = append(m.Versions, name+" "+dep.Version)
			}
		}
	}
	return m
}

func oneLine(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}
