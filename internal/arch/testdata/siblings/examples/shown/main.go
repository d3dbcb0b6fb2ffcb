package main

import "github.com/go-downloadview/downloadview/wrapper"

func main() { wrapper.Shown() }
