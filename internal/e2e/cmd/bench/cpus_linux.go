package main

import (
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// cpuSet is a set of CPUs. The zero value means any.
type cpuSet = unix.CPUSet

// maxCPUs is how many a cpuSet can have.
const maxCPUs = 1024

// divide returns the CPU of the measured servers, and those of the client and the store. Both are zero on a machine with
// one CPU.
func divide() (servers, others cpuSet) {
	var all cpuSet
	if unix.SchedGetaffinity(0, &all) != nil || all.Count() < 2 {
		return cpuSet{}, cpuSet{}
	}
	for cpu := range maxCPUs {
		switch {
		case !all.IsSet(cpu):
		case servers.Count() == 0:
			servers.Set(cpu)
		default:
			others.Set(cpu)
		}
	}
	return servers, others
}

// confine keeps this process, and what it starts, on some CPUs.
func confine(to cpuSet) error {
	if to.Count() == 0 {
		return nil
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetaffinity(id, &to); err != nil {
			return os.NewSyscallError("sched_setaffinity", err)
		}
	}
	runtime.GOMAXPROCS(to.Count())
	return nil
}

// startOn calls a function that starts a process, which inherits the CPUs of its thread.
func startOn(to cpuSet, start func() error) error {
	if to.Count() == 0 {
		return start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var now cpuSet
	if err := unix.SchedGetaffinity(0, &now); err != nil {
		return os.NewSyscallError("sched_getaffinity", err)
	}
	if err := unix.SchedSetaffinity(0, &to); err != nil {
		return os.NewSyscallError("sched_setaffinity", err)
	}
	err := start()
	if failure := unix.SchedSetaffinity(0, &now); err == nil {
		err = os.NewSyscallError("sched_setaffinity", failure)
	}
	return err
}
