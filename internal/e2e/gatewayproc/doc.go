// Package gatewayproc builds examples/gateway and runs it as a process of its own.
package gatewayproc
